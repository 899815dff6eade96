package product

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"matpool/blas"
	"matpool/internal/pair"
	"matpool/internal/pair/pairtest"
	"matpool/internal/status"
)

// A faulty Multiplier computes one element wrongly.
type faulty struct{ blas.Multiplier }

func (m faulty) Mul(ctx context.Context, c blas.Matrix, a, b blas.Factor, progress func(int64)) error {
	err := m.Multiplier.Mul(ctx, c, a, b, progress)
	c.Data[1]++
	return err
}

func (m faulty) Split(int) ([]blas.Multiplier, error) { return []blas.Multiplier{m}, nil }

// A product that is computed wrongly is not written, and the error names it and the machine.
func TestWrongProductNamesTheMachine(t *testing.T) {
	t.Chdir(t.TempDir())
	p := pairtest.Make(t, ".", [][3]int{{40, 50, 60}})[0]
	m := pairtest.Multiplier(t, 1)
	machine, _ := os.Hostname()
	err := Write(t.Context(), Options{Force: true, Pairs: []pair.Pair{p}, Multiplier: blas.Checked(faulty{m})}, pairtest.Quietly)
	if !errors.Is(err, blas.ErrWrong) || !strings.Contains(err.Error(), machine) || !strings.Contains(err.Error(), p.A) || status.Of(err) != status.Failure {
		t.Errorf("error %v, status %d", err, status.Of(err))
	}
	if _, err := os.Stat(p.C); err == nil {
		t.Error("the product was written")
	}
	if err := Write(t.Context(), Options{Force: true, Pairs: []pair.Pair{p}, Multiplier: blas.Checked(m)}, pairtest.Quietly); err != nil {
		t.Error(err)
	}
}
