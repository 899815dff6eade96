package cli

import (
	"fmt"
	"io"

	"matpool/internal/text"
)

// PrintNorm prints the norm of a sum as the end of the last line, or as the only one.
func PrintNorm(stdout io.Writer, quiet bool, norm float64, terms int, what string) error {
	line := text.PythonFloat(norm)
	if !quiet {
		line = fmt.Sprintf("norm of the sum of %s: %s", text.Count(terms, what), line)
	}
	_, err := fmt.Fprintln(stdout, line)
	return err
}
