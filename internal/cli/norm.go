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
		text = fmt.Sprintf("norm of the sum of %s: %s", Count(terms, what), text)
	}
	_, err := fmt.Fprintln(stdout, text)
	return err
}

// Number prints a number with commas: 100,000.
func Number(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Count returns a number of things in words: 1 file, 2 files.
func Count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}
