package flow

import (
	"bytes"
	"errors"
	"testing"
)

func TestPrintNorm(t *testing.T) {
	for _, test := range []struct {
		quiet bool
		norm  float64
		want  string
	}{
		{false, 7496.135068553137, "norm of the sum of 3 files: 7496.135068553137\n"},
		{true, 1e22, "1e+22\n"},
	} {
		var stdout bytes.Buffer
		if err := PrintNorm(&stdout, test.norm, "3 files", test.quiet); err != nil || stdout.String() != test.want {
			t.Errorf("%q, %v; want %q", stdout.String(), err, test.want)
		}
	}
	if err := PrintNorm(full{}, 1, "1 file", true); !errors.Is(err, errFull) {
		t.Errorf("on a full disk: %v", err)
	}
}

type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }
