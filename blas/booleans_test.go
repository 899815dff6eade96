package blas

import (
	"bytes"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"matpool/elem"
)

// A boolean product is true where a term is, wherever it stands among the words and pieces of a row, in any order of memory, with
// any number of threads, and whatever byte stands for true.
func TestBooleans(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, k := range []int{1, 7, 8, 9, 63, 64, 65, boolPiece - 1, boolPiece, boolPiece + 1, 3*boolPiece + 5} {
		for _, shape := range [][2]int{{1, 1}, {boolRows + 1, 1}, {1, 70}, {boolRows, 3}, {2*boolRows + 1, 90}} {
			for _, trueIn := range []int{1, 2, 2 * k} { // how many values
				a, b := boolFactor(rng, shape[0], k, trueIn), boolFactor(rng, k, shape[1], trueIn)
				want := make([]byte, shape[0]*shape[1])
				for i := range shape[0] {
					for j := range shape[1] {
						for x := range k {
							if a.at(i, x)[0] != 0 && b.at(x, j)[0] != 0 {
								want[i*shape[1]+j] = 1
							}
						}
					}
				}
				for threads := 1; threads <= 2; threads++ {
					for order := range 4 {
						x, y := a, b
						if order&1 != 0 {
							x = otherOrder(x)
						}
						if order&2 != 0 {
							y = otherOrder(y)
						}
						m, err := New("generic", threads)
						if err != nil {
							t.Fatal(err)
						}
						var done atomic.Int64
						got, err := Matmul(t.Context(), m, make([]float64, len(want)), x, y, func(n int64) { done.Add(n) })
						if err != nil || !bytes.Equal(got, want) {
							t.Errorf("%d×%d×%d, order %d: %v\n%v\n%v", shape[0], k, shape[1], order, err, got, want)
						}
						if all := Multiplications(shape[0], k, shape[1], elem.Bool, elem.Bool); done.Load() != all {
							t.Errorf("%d multiplications of %d", done.Load(), all)
						}
					}
				}
			}
		}
	}
}

// boolFactor returns a matrix of which one value in a number is true: any byte but 0. Its lines are apart.
func boolFactor(rng *rand.Rand, rows, cols, trueIn int) Factor {
	f := Factor{Rows: rows, Cols: cols, Type: elem.Bool, Stride: cols + 3, Data: make([]byte, rows*(cols+3))}
	for i := range f.Data {
		f.Data[i] = 255 // between the lines, where it must not matter
	}
	for i := range rows {
		for j := range cols {
			f.Data[i*f.Stride+j] = 0
			if rng.IntN(trueIn) == 0 {
				f.Data[i*f.Stride+j] = byte(1 + rng.IntN(255))
			}
		}
	}
	return f
}

// otherOrder returns the same matrix in Fortran order, without gaps.
func otherOrder(f Factor) Factor {
	g := DenseFactor(f.Cols, f.Rows, f.Type, make([]byte, f.Rows*f.Cols))
	for i := range f.Rows {
		for j := range f.Cols {
			g.Data[j*g.Stride+i] = f.Data[i*f.Stride+j]
		}
	}
	return g.T()
}

// Eight bytes give eight bits, in their order.
func TestEightBits(t *testing.T) {
	for bits := range uint64(256) {
		for _, value := range []uint64{1, 0x7f, 0x80, 0xff} {
			var x uint64
			for i := range 8 {
				x |= bits >> i & 1 * value << (8 * i)
			}
			if got := eightBits(x); got != bits {
				t.Fatalf("%x gives %b, want %b", x, got, bits)
			}
		}
	}
}
