package blas

import (
	"errors"
	"strings"
	"testing"
)

func TestUnknownKernelIsRefused(t *testing.T) {
	_, err := New("mmx", 1)
	if !errors.Is(err, ErrKernel) || !strings.Contains(err.Error(), `"mmx"; this processor has `) {
		t.Errorf("error %v", err)
	}
}

// A kernel that the processor lacks is refused, not run.
func TestKernelOfAnotherProcessorIsRefused(t *testing.T) {
	for _, k := range implementations() {
		_, err := New(k.name, 1)
		if (k.missing() != "") != errors.Is(err, ErrKernel) {
			t.Errorf("kernel %s lacks %q; New says: %v", k.name, k.missing(), err)
		}
		if k.missing() != "" && !strings.Contains(err.Error(), k.missing()) {
			t.Errorf("error %q does not name %q", err, k.missing())
		}
	}
}

// Block sizes are multiples of every tile, or packed strips would not fit.
func TestTilesFitBlocks(t *testing.T) {
	for _, k := range kernels() {
		if k.blockRows%k.rows != 0 || k.blockDepth%Panel != 0 || blockCols%k.cols != 0 {
			t.Errorf("kernel %s: %d×%d does not divide %d×%d, or %d is no multiple of %d", k.name, k.rows, k.cols, k.blockRows, blockCols, k.blockDepth, Panel)
		}
	}
}

func TestFastestKernelIsTheDefault(t *testing.T) {
	m, err := New("", 1)
	if err != nil {
		t.Fatal(err)
	}
	want, err := New(Kernels()[0], 1)
	if err != nil {
		t.Fatal(err)
	}
	if m.String() != want.String() {
		t.Errorf("%v, want %v", m, want)
	}
}
