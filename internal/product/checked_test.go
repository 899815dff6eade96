package product

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
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

func (m faulty) Gram(ctx context.Context, c blas.Matrix, x blas.Factor, progress func(int64)) error {
	err := m.Multiplier.Gram(ctx, c, x, progress)
	c.Data[1]++
	return err
}

func (m faulty) Split(int) ([]blas.Multiplier, error) { return []blas.Multiplier{m}, nil }

// A product that is computed wrongly is not written, and the error names it and the machine, whatever form its factors have.
func TestWrongProductNamesTheMachine(t *testing.T) {
	good, numbers := pairtest.Multiplier(t, 1), pairtest.Seeded(1)
	machine, _ := os.Hostname()
	for form, change := range map[string]func(*pair.Pair){
		"plain":      func(*pair.Pair) {},
		"transposed": func(p *pair.Pair) { p.Form = pair.Transposed },
		"gram":       func(p *pair.Pair) { p.Form, p.B = pair.Gram, "" },
		"fixed a":    func(p *pair.Pair) { p.Fixed = pair.FixedA },
		"fixed b":    func(p *pair.Pair) { p.Fixed = pair.FixedB },
		"random":     func(p *pair.Pair) { p.Random = &pair.Random{Numbers: &numbers, Size: 50} },
	} {
		t.Run(form, func(t *testing.T) {
			t.Chdir(t.TempDir())
			pairtest.Make(t, ".", pairtest.Equal(2, [3]int{50, 50, 50}))
			p := pairtest.Of("a.npy", "b.npy", "c.npy")
			change(&p)
			for _, name := range []string{"a", "b"} {
				os.Link(name+"0.npy", name+".npy") // a fixed one has no index
			}
			write := func(m blas.Multiplier) error {
				return Write(t.Context(), Options{Force: true, Pairs: p.Range(0, 2), Multiplier: blas.Checked(m)}, pairtest.Quietly)
			}
			err := write(faulty{good})
			named := func(p pair.Pair) bool {
				name := p.Name()
				if r := p.Random; r != nil {
					name = fmt.Sprintf("A%d times B%[1]d", r.Index)
				}
				return strings.HasPrefix(err.Error(), name+", made on machine "+machine)
			}
			if !errors.Is(err, blas.ErrWrong) || !slices.ContainsFunc(p.Range(0, 2), named) || status.Of(err) != status.Failure {
				t.Errorf("error %v, status %d", err, status.Of(err))
			}
			if _, err := os.Stat("c0.npy"); err == nil {
				t.Error("the product was written")
			}
			if err := write(good); err != nil {
				t.Error(err)
			}
		})
	}
}
