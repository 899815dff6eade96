package sum

import (
	"bytes"
	"errors"
	"io"
	"math"
	"testing"

	"matpool/internal/sum/ddsum"
)

func TestPrintNorm(t *testing.T) {
	const begin, end = "matprod: warning: this norm proves nothing: ", " for a float64, as in numpy\n"
	for _, test := range []struct {
		quiet          bool
		norm           ddsum.Norm
		stdout, stderr string
	}{
		{false, ddsum.Norm{Value: 7496.135068553137}, "norm of the sum of 3 files: 7496.135068553137\n", ""},
		{true, ddsum.Norm{Value: 1e22}, "1e+22\n", ""},
		{true, ddsum.Norm{Value: 0}, "0.0\n", ""},
		{true, ddsum.Norm{Value: math.Inf(1)}, "inf\n", ""},
		{true, ddsum.Norm{Value: 0, Void: true}, "0.0\n", begin + "the sum is not zero, but its squares are too small" + end},
		{false, ddsum.Norm{Value: math.Inf(1), Void: true}, "norm of the sum of 3 files: inf\n", begin + "the sum is finite, but its squares are too large" + end},
	} {
		var stdout, stderr bytes.Buffer
		err := PrintNorm(&stdout, &stderr, "matprod", Result{Norm: test.norm}, "", "the sum of 3 files", test.quiet)
		if err != nil || stdout.String() != test.stdout || stderr.String() != test.stderr {
			t.Errorf("%q, %q, %v; want %q, %q", &stdout, &stderr, err, test.stdout, test.stderr)
		}
	}
	for output, want := range map[string]string{"": "no space left", "sum.npy": "sum.npy: is complete, but its norm cannot be printed: no space left"} {
		err := PrintNorm(full{}, io.Discard, "matprod", Result{Norm: ddsum.Norm{Value: 1}}, output, "the sum of 1 file", true)
		if !errors.Is(err, errFull) || err.Error() != want {
			t.Errorf("on a full disk: %v", err)
		}
	}
}

type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }
