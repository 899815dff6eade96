package blas

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"matpool/elem"
)

// stackOf returns n matrices, one behind the other, of values that are special, or random bytes.
func stackOf(rng *rand.Rand, n, rows, cols int, t elem.Type, o order) Factor {
	f := DenseFactor(rows, cols, t, nil)
	if o.trans {
		f = DenseFactor(cols, rows, t, nil).T()
	}
	for range n {
		g := factor(rng, 1, rows*cols, t, order{swap: o.swap}, false, false)
		f.Data = append(f.Data, g.Data[:rows*cols*t.Size()]...)
	}
	f.Swap = o.swap
	return f
}

// A stackCase is a stack of products, and what the definition makes of each.
type stackCase struct {
	n    int
	a, b Factor
	want []byte
}

func newStackCase(n int, a, b Factor) stackCase {
	x := stackCase{n: n, a: a, b: b}
	for i := range n {
		x.want = append(x.want, matmulByDefinition(a.inStack("A", n).from(a.Data, i, 1), b.inStack("B", n).from(b.Data, i, 1))...)
	}
	return x
}

func (x stackCase) check(t *testing.T, m Multiplier) {
	t.Helper()
	memory := make([]float64, x.n*x.a.Rows*x.b.Cols*Parts(x.a.Type, x.b.Type))
	for i := range memory {
		memory[i] = 42
	}
	got, err := MatmulStack(t.Context(), m, memory, x.n, x.a, x.b)
	if err != nil || !sameValues(got, x.want, elem.Result(x.a.Type, x.b.Type)) {
		t.Fatalf("%d products %d×%d×%d of %v and %v: %.100x, %v; the definition gives %.100x", x.n, x.a.Rows, x.a.Cols, x.b.Cols, x.a.Type, x.b.Type, got, err, x.want)
	}
}

// The products of stacks are those that each pair has by itself: of every two types, in all orders, where one
// factor is a single one, and of sizes around those at which another way is taken.
func TestStacks(t *testing.T) {
	rng := rand.New(rand.NewPCG(31, 32))
	sizes := []int{0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 16, 17, 25, 33, 64, 65}
	depths := []int{0, 1, 2, 3, 4, 10, 16, 33, 127, 128, 129, 256, 257}
	pick := func(from []int) int { return from[rng.IntN(len(from))] }
	var cases []stackCase
	for _, ta := range elem.Types() {
		for _, tb := range elem.Types() {
			for range 3 {
				rows, depth, cols := pick(sizes), pick(depths), pick(sizes)
				n := 2 + rng.IntN(10_000/max(1, rows*depth, depth*cols, rows*cols, rows*depth*cols)+1)
				nA, nB := n, n
				switch rng.IntN(4) {
				case 0:
					nA = 1
				case 1:
					nB = 1
				}
				cases = append(cases, newStackCase(n, stackOf(rng, nA, rows, depth, ta, orders()[rng.IntN(4)]), stackOf(rng, nB, depth, cols, tb, orders()[rng.IntN(4)])))
			}
		}
	}
	forEach(t, func(t *testing.T, m Multiplier) {
		for _, x := range cases {
			x.check(t, m)
		}
	})
}

// matmulByDefinition returns the values of a product: by the definition, or of integers modulo 2⁶⁴.
func matmulByDefinition(a, b Factor) []byte {
	t := elem.Result(a.Type, b.Type)
	values := make([]byte, a.Rows*b.Cols*t.Size())
	if !t.IsInteger() {
		c := newMatrix(a.Rows, b.Cols*Parts(a.Type, b.Type))
		Define(c, a, b)
		elem.FromFloat64(values, c.Data, t)
		return values
	}
	at := func(f Factor, i, j int) int64 {
		if f.Trans {
			i, j = j, i
		}
		var v [1]int64
		elem.ToInt64(v[:], f.Data[(i*f.Stride+j)*f.Type.Size():][:f.Type.Size()], f.Type, f.Swap)
		return v[0]
	}
	c := make([]int64, a.Rows*b.Cols)
	for i := range a.Rows {
		for j := range b.Cols {
			for k := range a.Cols {
				c[i*b.Cols+j] += at(a, i, k) * at(b, k, j)
			}
		}
	}
	elem.FromInt64(values, c, t)
	return values
}

// sameValues compares results; a NaN is a NaN.
func sameValues(x, y []byte, t elem.Type) bool {
	if t.IsInteger() || t == elem.Bool || bytes.Equal(x, y) {
		return bytes.Equal(x, y)
	}
	floats := func(b []byte) []float64 {
		f := make([]float64, len(b)/t.Size()*t.Parts())
		elem.ToFloat64(f, b, t, false)
		return f
	}
	return slices.EqualFunc(floats(x), floats(y), sameBits)
}

// Zeros with a sign, values that underflow, infinities and NaN are as the definition has them.
func TestStacksOfSpecialValues(t *testing.T) {
	rng := rand.New(rand.NewPCG(33, 34))
	special := specials()
	var cases []stackCase
	for _, s := range [][3]int{{1, 3, 1}, {3, 3, 3}, {4, 4, 8}, {10, 10, 10}, {9, 2, 17}} {
		for _, types := range [][2]elem.Type{{elem.Float64, elem.Float64}, {elem.Complex128, elem.Complex128}, {elem.Float64, elem.Complex128}, {elem.Complex128, elem.Float64}} {
			a, b := stackOf(rng, 50, s[0], s[1], types[0], order{}), stackOf(rng, 50, s[1], s[2], types[1], order{})
			for _, f := range []Factor{a, b} {
				values, _ := floatsOf(f.Data)
				for i := range values {
					if rng.IntN(2) == 0 {
						values[i] = special[rng.IntN(len(special))]
					}
				}
			}
			cases = append(cases, newStackCase(50, a, b))
		}
	}
	forEach(t, func(t *testing.T, m Multiplier) {
		for _, x := range cases {
			x.check(t, m)
		}
	})
}

// A stack ends when its context does.
func TestStackIsCancelled(t *testing.T) {
	m, err := New("", 1)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, size := range []int{3, 100} {
		a := DenseFactor(size, size, elem.Float64, make([]byte, 2*8*size*size))
		if _, err := MatmulStack(ctx, m, make([]float64, 2*size*size), 2, a, a); err != context.Canceled {
			t.Errorf("%d: %v", size, err)
		}
	}
}

func BenchmarkStack(b *testing.B) {
	for _, s := range [][4]int{{1000000, 1, 3, 1}, {100000, 3, 3, 3}, {10000, 10, 10, 10}, {10000, 16, 16, 16}, {1000, 32, 32, 32}, {1000, 64, 64, 64}} {
		for _, t := range []elem.Type{elem.Float64, elem.Float32, elem.Complex128, elem.Int64, elem.Int8} {
			b.Run(fmt.Sprintf("%d×%d×%d×%d/%v", s[0], s[1], s[2], s[3], t), func(b *testing.B) {
				m, err := New("", 1)
				if err != nil {
					b.Fatal(err)
				}
				rng := rand.New(rand.NewPCG(1, 1))
				x, y := stackOf(rng, 1, 1, s[0]*s[1]*s[2], t, order{}), stackOf(rng, 1, 1, s[0]*s[2]*s[3], t, order{})
				x.Rows, x.Cols, x.Stride, y.Rows, y.Cols, y.Stride = s[1], s[2], s[2], s[2], s[3], s[3]
				memory := make([]float64, s[0]*s[1]*s[3]*t.Parts())
				for b.Loop() {
					if _, err := MatmulStack(b.Context(), m, memory, s[0], x, y); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(s[0]), "ns/product")
			})
		}
	}
}
