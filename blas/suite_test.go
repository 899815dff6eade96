package blas

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
)

// The suite holds for every implementation: each test runs with each kernel that this processor has, with one, two and
// three threads. With one of them it runs checked, too, which must raise no false alarm: the kernels have the same bits.
func forEach(t *testing.T, test func(t *testing.T, m Multiplier)) {
	for _, kernel := range Kernels() {
		for _, threads := range []int{1, 2, 3} {
			t.Run(fmt.Sprintf("%s/threads=%d", kernel, threads), func(t *testing.T) {
				m, err := New(kernel, threads)
				if err != nil {
					t.Fatal(err)
				}
				test(t, m)
			})
		}
	}
	t.Run("checked", func(t *testing.T) {
		m, err := New("", 2)
		if err != nil {
			t.Fatal(err)
		}
		test(t, Checked(m))
	})
}

// A form says which of a product's matrices are transposed views.
type form struct{ transC, transA, transB bool }

func (f form) String() string {
	t := map[bool]string{false: "", true: "ᵀ"}
	return "C" + t[f.transC] + "=A" + t[f.transA] + "B" + t[f.transB]
}

func forms() []form {
	var all []form
	for i := range 8 {
		all = append(all, form{i&1 != 0, i&2 != 0, i&4 != 0})
	}
	return all
}

// padded returns a rows×cols view whose values come from fill, in memory whose
// other values are all NaN: before, after and between the rows.
func padded(rows, cols, pad int, trans bool, fill func() float64) (Matrix, []float64) {
	r, c := rows, cols
	if trans {
		r, c = cols, rows
	}
	stride := c + pad
	memory := make([]float64, 7+r*stride+7)
	for i := range memory {
		memory[i] = math.NaN()
	}
	m := Matrix{Rows: r, Cols: c, Data: memory[7:], Stride: max(stride, 1)}
	for i := range r {
		for j := range c {
			m.Data[i*stride+j] = fill()
		}
	}
	if r > 0 && c > 0 {
		m.Data = m.Data[:(r-1)*stride+c]
	}
	if trans {
		m = m.T()
	}
	return m, memory
}

func sameBits(x, y float64) bool {
	return math.Float64bits(x) == math.Float64bits(y) || math.IsNaN(x) && math.IsNaN(y)
}

// checkAgainstDefinition computes one product both ways and compares C and all of
// the memory around it.
func checkAgainstDefinition(t *testing.T, m Multiplier, f form, rows, k, cols, pad int, fill func() float64) {
	t.Helper()
	a, memoryA := padded(rows, k, pad, f.transA, fill)
	b, memoryB := padded(k, cols, pad, f.transB, fill)
	c, memoryC := padded(rows, cols, pad, f.transC, fill)
	for i := range rows {
		for j := range cols {
			c.Data[c.index(i, j)] = math.NaN() // what C held must not matter
		}
	}
	wantA, wantB, wantC := clone(memoryA), clone(memoryB), clone(memoryC)
	want := c
	want.Data = wantC[7:][:len(c.Data)]
	Define(want, a.Factor(), b.Factor())
	mul(t, m, c, a, b)
	for _, x := range []struct {
		name      string
		got, want []float64
	}{{"A's memory", memoryA, wantA}, {"B's memory", memoryB, wantB}, {"C or the memory around it", memoryC, wantC}} {
		for i := range x.got {
			if !sameBits(x.got[i], x.want[i]) {
				t.Fatalf("%v %d×%d×%d, padding %d: %s at %d: %x (%v), the definition gives %x (%v)", f, rows, k, cols, pad,
					x.name, i, math.Float64bits(x.got[i]), x.got[i], math.Float64bits(x.want[i]), x.want[i])
			}
		}
	}
}

func clone(x []float64) []float64 { return append([]float64(nil), x...) }

func mul(t *testing.T, m Multiplier, c, a, b Matrix) {
	t.Helper()
	if err := m.Mul(t.Context(), c, a.Factor(), b.Factor(), nil); err != nil {
		t.Fatal(err)
	}
}

func normal(rng *rand.Rand) func() float64 {
	return func() float64 { return rng.NormFloat64() }
}

// Small sizes in every form: 0, 1, and around each tile's edges.
func TestSmallSizes(t *testing.T) {
	sizes := []int{0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 23, 24, 25}
	forEach(t, func(t *testing.T, m Multiplier) {
		rng := rand.New(rand.NewPCG(1, 2))
		for _, f := range forms() {
			for _, rows := range sizes {
				for _, cols := range sizes {
					checkAgainstDefinition(t, m, f, rows, rng.IntN(12), cols, rng.IntN(3), normal(rng))
				}
			}
		}
	})
}

// Sizes around the panel, the row block, the column block, and many at random.
func TestLargeSizes(t *testing.T) {
	forEach(t, func(t *testing.T, m Multiplier) {
		rng := rand.New(rand.NewPCG(3, 4))
		shapes := [][3]int{
			{127, 255, 127}, {128, 256, 128}, {129, 257, 129}, {8, 1000, 8}, {3, 513, 5},
			{121, 130, 50}, {241, 256, 47}, {1, 300, 2017}, {2, 5, 4040}, {2500, 3, 1}, {130, 260, 2040},
		}
		for range 12 {
			shapes = append(shapes, [3]int{1 + rng.IntN(260), 1 + rng.IntN(800), 1 + rng.IntN(260)})
		}
		for i, s := range shapes {
			checkAgainstDefinition(t, m, forms()[(5*i+i/8)%8], s[0], s[1], s[2], i%4, normal(rng))
		}
	})
}

// Sizes at which factors begin to be packed, and strides of which a cache holds few rows.
func TestSizesAroundPacking(t *testing.T) {
	forEach(t, func(t *testing.T, m Multiplier) {
		rng := rand.New(rand.NewPCG(15, 16))
		for i, s := range [][3]int{
			{fewRows, 20, fewCols}, {fewRows + 1, 30, fewCols + 1}, {fewRows + 5, 530, 28}, {21, 257, fewCols + 3},
			{100, 100, 100}, {30, 40, 256}, {8, 300, 512}, {9, 300, 512},
		} {
			checkAgainstDefinition(t, m, form{}, s[0], s[1], s[2], 0, normal(rng))
			checkAgainstDefinition(t, m, forms()[i], s[0], s[1], s[2], 1, normal(rng))
		}
	})
}

func specials() []float64 {
	return []float64{0, math.Copysign(0, -1), 1, -1, math.Inf(1), math.Inf(-1), math.NaN(), math.SmallestNonzeroFloat64,
		-math.SmallestNonzeroFloat64, 0x1p-1022, -0x1p-540, 0x1p-540, math.MaxFloat64, -math.MaxFloat64, 1e-300, 3}
}

// Values with which a shortcut would show: infinities, NaN, both zeros, the
// smallest and the largest numbers, products that underflow.
func TestSpecialValues(t *testing.T) {
	special := specials()
	forEach(t, func(t *testing.T, m Multiplier) {
		rng := rand.New(rand.NewPCG(5, 6))
		for i := range 200 {
			// A few of them among zeros, or else every element would be NaN.
			few := func() float64 {
				if rng.IntN(8) > 0 {
					return special[rng.IntN(4)]
				}
				return special[rng.IntN(len(special))]
			}
			checkAgainstDefinition(t, m, forms()[i%8], rng.IntN(30), rng.IntN(140), rng.IntN(30), rng.IntN(2), few)
		}
	})
}

// A chain that underflows to −0 is added to +0, which gives +0.
func TestNegativeZeroDoesNotEscape(t *testing.T) {
	forEach(t, func(t *testing.T, m Multiplier) {
		c, a, b := Dense(1, 1, []float64{5}), Dense(1, 1, []float64{-0x1p-600}), Dense(1, 1, []float64{0x1p-600})
		if chain := math.FMA(a.Data[0], b.Data[0], 0); !math.Signbit(chain) {
			t.Fatalf("the chain is %v: this test tests nothing", chain)
		}
		mul(t, m, c, a, b)
		if math.Float64bits(c.Data[0]) != 0 {
			t.Errorf("got %v, want +0", c.Data[0])
		}
	})
}

// Products of integers below 2⁵³ are exact.
func TestIntegersAreExact(t *testing.T) {
	const rows, k, cols = 50, 300, 60
	forEach(t, func(t *testing.T, m Multiplier) {
		rng := rand.New(rand.NewPCG(7, 8))
		integer := func() float64 { return float64(rng.IntN(1<<22) - 1<<21) } // k · 2⁴² < 2⁵³
		a, _ := padded(rows, k, 0, false, integer)
		b, _ := padded(k, cols, 0, true, integer)
		c := Dense(rows, cols, make([]float64, rows*cols))
		mul(t, m, c, a, b)
		for i := range rows {
			for j := range cols {
				var want int64
				for l := range k {
					want += int64(a.At(i, l)) * int64(b.At(l, j))
				}
				if c.At(i, j) != float64(want) {
					t.Fatalf("element (%d, %d): %v, want %d", i, j, c.At(i, j), want)
				}
			}
		}
	})
}

// |C − AB| ≤ γₖ|A||B|, held against exact arithmetic.
func TestErrorBound(t *testing.T) {
	const rows, k, cols = 12, 500, 12
	const u = 0x1p-53
	forEach(t, func(t *testing.T, m Multiplier) {
		rng := rand.New(rand.NewPCG(9, 10))
		a, _ := padded(rows, k, 0, false, normal(rng))
		b, _ := padded(k, cols, 0, false, normal(rng))
		c := Dense(rows, cols, make([]float64, rows*cols))
		mul(t, m, c, a, b)
		for i := range rows {
			for j := range cols {
				exact, size := new(big.Float).SetPrec(2000), 0.0
				for l := range k {
					x, y := big.NewFloat(a.At(i, l)), big.NewFloat(b.At(l, j))
					exact.Add(exact, new(big.Float).SetPrec(106).Mul(x, y))
					size += math.Abs(a.At(i, l) * b.At(l, j))
				}
				diff, _ := exact.Sub(exact, big.NewFloat(c.At(i, j))).Float64()
				if bound := k * u / (1 - k*u) * size; math.Abs(diff) > bound {
					t.Fatalf("element (%d, %d) is off by %g, more than %g", i, j, diff, bound)
				}
			}
		}
	})
}

// Views of views: parts of a matrix multiply in place.
func TestViews(t *testing.T) {
	forEach(t, func(t *testing.T, m Multiplier) {
		rng := rand.New(rand.NewPCG(11, 12))
		a, _ := padded(60, 90, 3, false, normal(rng))
		c, _ := padded(60, 40, 0, true, normal(rng))
		b, _ := padded(40, 90, 1, false, normal(rng))
		b = b.T()
		want := Dense(60, 40, make([]float64, 60*40))
		Define(want, a.Factor(), b.Factor())
		for i := 0; i < 60; i += 17 {
			rows := min(17, 60-i)
			mul(t, m, c.View(i, 0, rows, 40), a.View(i, 0, rows, 90), b)
		}
		for i := range 60 {
			for j := range 40 {
				if c.At(i, j) != want.At(i, j) {
					t.Fatalf("element (%d, %d): %v, want %v", i, j, c.At(i, j), want.At(i, j))
				}
			}
		}
	})
}

// A product does not allocate, but for starting its threads: nothing that grows with its size.
func TestAllocations(t *testing.T) {
	forEach(t, func(t *testing.T, m Multiplier) {
		x := make([]float64, 3*200*200)
		c, a, b := Dense(200, 200, x[:40000]), Dense(200, 200, x[40000:80000]), Dense(200, 200, x[80000:])
		allocs := testing.AllocsPerRun(5, func() { mul(t, m, c, a, b) })
		limit := float64(4 + 4*m.Threads())
		if _, ok := m.(checked); ok {
			limit = 100
		}
		if allocs > limit {
			t.Errorf("%v allocations, want at most %v", allocs, limit)
		}
	})
}

// A cancelled product ends early, says why, and the Multiplier can be used again.
func TestCancel(t *testing.T) {
	why := errors.New("why")
	forEach(t, func(t *testing.T, m Multiplier) {
		const n = 600
		x := make([]float64, 3*n*n)
		c, a, b := Dense(n, n, x[:n*n]), Dense(n, n, x[n*n:2*n*n]), Dense(n, n, x[2*n*n:])
		ctx, cancel := context.WithCancelCause(t.Context())
		var done atomic.Int64
		progress := func(more int64) {
			done.Add(more)
			cancel(why)
		}
		if err := m.Mul(ctx, c, a.Factor(), b.Factor(), progress); err != why || done.Load() == 0 || done.Load() > n*n*n/2 {
			t.Errorf("error %v after %d multiplications", err, done.Load())
		}
		done.Store(0)
		if err := m.Mul(t.Context(), c, a.Factor(), b.Factor(), progress); err != nil || done.Load() != n*n*n {
			t.Errorf("afterwards: %d multiplications, %v; want %d", done.Load(), err, n*n*n)
		}
	})
}

func TestMisuseIsRefused(t *testing.T) {
	m, err := New("", 1)
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float64, 100)
	y := make([]float64, 100)
	ok := Dense(3, 3, x[:9])
	for _, bad := range []struct {
		what    string
		c, a, b Matrix
		says    string
	}{
		{"sizes that do not fit", Dense(3, 3, y), Dense(3, 4, x), Dense(3, 3, x), "sizes do not fit"},
		{"a wrong C", Dense(3, 4, y), ok, ok, "sizes do not fit"},
		{"too little data", Dense(3, 3, y), Dense(3, 3, x[:8]), ok, "A holds 8 values"},
		{"too little data, transposed", Dense(3, 2, y), ok, Dense(2, 3, x[:5]).T(), "B holds 5 values"},
		{"a stride shorter than a row", Dense(3, 3, y), Matrix{Rows: 3, Cols: 3, Data: x, Stride: 2}, ok, "A has stride 2"},
		{"a negative size", Dense(-1, 3, y), Dense(-1, 3, x), ok, "negative size"},
		{"C inside A", Dense(3, 3, x[5:]), ok, Dense(3, 3, y), "shares memory"},
		{"C inside B", Dense(3, 3, x[8:]), Dense(3, 3, y), ok, "shares memory"},
		{"rows whose number overflows", Dense(3, 3, y), Matrix{Rows: 1 << 62, Cols: 3, Data: x, Stride: 4}, ok, "A holds 100 values"},
	} {
		func() {
			defer func() {
				if r := fmt.Sprint(recover()); !strings.Contains(r, bad.says) {
					t.Errorf("%s: panics with %q, want %q", bad.what, r, bad.says)
				}
			}()
			m.Mul(t.Context(), bad.c, bad.a.Factor(), bad.b.Factor(), nil)
		}()
	}
}

// The parts that a Multiplier is split into have its threads among them, and each gives
// the bits of the definition.
func TestSplit(t *testing.T) {
	for _, name := range Kernels() {
		m, err := New(name, 5)
		if err != nil {
			t.Fatal(err)
		}
		parts, err := m.Split(3)
		if err != nil {
			t.Fatal(err)
		}
		threads := 0
		rng := rand.New(rand.NewPCG(9, 10))
		for _, part := range parts {
			threads += part.Threads()
			checkAgainstDefinition(t, part, forms()[0], 130, 300, 70, 0, normal(rng))
		}
		if threads != 5 || len(parts) != 3 {
			t.Errorf("%s: %d parts with %d threads, want 3 with 5", name, len(parts), threads)
		}
	}
}
