//go:build openblas

package blas

import (
	"strings"
	"testing"

	"matpool/internal/elem"
)

// C code cannot stop where memory is lost. So OpenBLAS takes no mapped float64s, and says so
// before anything is lost.
func TestOpenBLASTakesNoMappedFloat64s(t *testing.T) {
	m, err := New("openblas", 1)
	if err != nil {
		t.Fatal(err)
	}
	a, _ := mapped(t, 200, 200, elem.Float64, func() error { return errA })
	refused := func(what string, do func()) {
		defer func() {
			if says, _ := recover().(string); !strings.Contains(says, "mapped factor of float64") {
				t.Errorf("%s: panic %q", what, says)
			}
		}()
		do()
	}
	b, c := newMatrix(200, 200), newMatrix(200, 200)
	refused("A", func() { m.Mul(t.Context(), c, a, b.Factor(), nil) })
	refused("B", func() { m.Mul(t.Context(), c, b.Factor(), a, nil) })
	refused("Gram", func() { m.Gram(t.Context(), c, a, nil) })
}
