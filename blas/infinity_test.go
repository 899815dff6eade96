package blas

import (
	"math"
	"testing"
	"unsafe"

	"matpool/elem"
)

// An infinite or NaN part of a complex B meets a real A in that part alone. If B is the real factor its im is 0, as numpy makes
// it, and 0·∞ a NaN in the other part. So in every kernel, in products and in stacks of small ones.
func TestInfinityMeetsRealFactors(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	real1, infinite := []float64{1}, []float64{inf, 0}
	for _, test := range []struct {
		what   string
		a, b   []float64
		re, im float64
	}{
		{"1·(∞+0i)", real1, infinite, inf, 0},
		{"1·(0+∞i)", real1, []float64{0, inf}, 0, inf},
		{"1·(NaN+2i)", real1, []float64{nan, 2}, nan, 2},
		{"0·(∞+2i)", []float64{0}, []float64{inf, 2}, nan, 0},
		{"(∞+0i)·1", infinite, real1, inf, nan},
		{"(0+∞i)·1", []float64{0, inf}, real1, nan, inf},
	} {
		forEach(t, func(t *testing.T, m Multiplier) {
			for _, n := range []int{1, 3} {
				one := func(x []float64) Factor {
					f := Factor{Rows: 1, Cols: 1, Type: elem.Float64, Stride: 1}
					if len(x) == 2 {
						f.Type = elem.Complex128
					}
					for range n {
						f.Data = append(f.Data, bytesOf(x)...)
					}
					return f
				}
				values, err := MatmulStack(t.Context(), m, make([]float64, 2*n), n, one(test.a), one(test.b))
				if err != nil {
					t.Fatal(err)
				}
				got := unsafe.Slice((*float64)(unsafe.Pointer(&values[0])), 2*n)
				for i := range n {
					if !sameBits(got[2*i], test.re) || !sameBits(got[2*i+1], test.im) {
						t.Errorf("%s, %d of them: %v + %vi, want %v + %vi", test.what, n, got[2*i], got[2*i+1], test.re, test.im)
					}
				}
			}
		})
	}
}
