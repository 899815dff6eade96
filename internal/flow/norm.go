package flow

import (
	"fmt"
	"io"

	"matpool/internal/text"
)

// PrintNorm prints the norm of the sum of some terms, such as "3 files", as Python prints
// it: at the end of a sentence, or alone if quiet is set.
func PrintNorm(w io.Writer, norm float64, terms string, quiet bool) error {
	line := text.PythonFloat(norm)
	if !quiet {
		line = fmt.Sprintf("norm of the sum of %s: %s", terms, line)
	}
	_, err := fmt.Fprintln(w, line)
	return err
}
