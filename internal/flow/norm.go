package flow

import (
	"fmt"
	"io"

	"matpool/internal/base/text"
	"matpool/internal/sum/ddsum"
)

// PrintNorm prints the norm of something, such as "the sum of 3 files", as Python prints
// it: at the end of a sentence, or alone if quiet is set. If the norm is void, a warning of
// the program goes to stderr.
func PrintNorm(stdout, stderr io.Writer, program string, norm ddsum.Norm, what string, quiet bool) error {
	line := text.PythonFloat(norm.Value)
	if !quiet {
		line = fmt.Sprintf("norm of %s: %s", what, line)
	}
	if _, err := fmt.Fprintln(stdout, line); err != nil {
		return err
	}
	if norm.Void {
		why := "the sum is not zero, but its squares are too small for a float64"
		if norm.Value > 0 {
			why = "the sum is finite, but its squares are too large for a float64"
		}
		fmt.Fprintf(stderr, "%s: warning: this norm proves nothing: %s, as in numpy\n", program, why)
	}
	return nil
}
