package blas

import (
	"math"
	"math/rand/v2"
	"testing"
)

// directKernels returns those kernels of this processor that read factors where they lie.
func directKernels() (all []kernel) {
	for _, k := range kernels() {
		if k.missing == "" && k.direct != (direct{}) {
			all = append(all, k)
		}
	}
	return all
}

// square multiplies two n×n matrices with the kernel and one thread.
func square(t *testing.T, k kernel, n int) *tiled {
	m, err := newTiled(k, 1)
	if err != nil {
		t.Fatal(err)
	}
	tiled := m.inGo()
	for _, packed := range [][]float64{tiled.workers[0].packedA, tiled.packedB[0]} {
		for i := range packed {
			packed[i] = math.NaN()
		}
	}
	checkAgainstDefinition(t, m, form{}, n, n, n, 0, normal(rand.New(rand.NewPCG(17, 18))))
	return tiled
}

// A small product packs nothing: the memory for packed factors stays as it was.
func TestSmallFactorsAreNotPacked(t *testing.T) {
	for _, k := range directKernels() {
		for _, n := range []int{8, 24, 100, 200} {
			m := square(t, k, n)
			for name, packed := range map[string][]float64{"A": m.workers[0].packedA, "B": m.packedB[0]} {
				for _, v := range packed {
					if !math.IsNaN(v) {
						t.Fatalf("%s: %d×%d: %s has been packed", k.name, n, n, name)
					}
				}
			}
		}
	}
}

// Strips are as narrow as C is, and no strip has a single vector where two have two.
func TestNoVectorIsComputedInVain(t *testing.T) {
	for _, k := range directKernels() {
		run := k.run
		for vectors := 2; vectors <= 13; vectors++ {
			total, rows := 0, vectors*k.vector
			k.run = func(c *tileColumn) {
				n := ceilDiv(c.cols, k.vector)
				if total += n * c.rows; n < 2 {
					t.Errorf("%s: %d vectors: a strip has only one", k.name, vectors)
				}
				run(c)
			}
			if square(t, k, rows); total != vectors*rows {
				t.Errorf("%s: %d vectors are computed for %d rows, want %d for each", k.name, total, rows, vectors)
			}
		}
	}
}
