package cli

import (
	"fmt"
	"io"

	"matpool/internal/pyfloat"
)

// PrintNorm prints the norm of a sum as the end of the last line, or as the only one.
func PrintNorm(stdout io.Writer, quiet bool, norm float64, terms int, what string) error {
	text := pyfloat.Format(norm)
	if !quiet {
		if terms != 1 {
			what += "s"
		}
		text = fmt.Sprintf("norm of the sum of %d %s: %s", terms, what, text)
	}
	_, err := fmt.Fprintln(stdout, text)
	return err
}
