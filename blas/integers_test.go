package blas

import (
	"bytes"
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"matpool/elem"
)

// Integers and booleans are exact, and wrap around as numpy's do.
func TestIntegersAreNumpys(t *testing.T) {
	type integers struct {
		a, b Factor
		want []byte
	}
	rng := rand.New(rand.NewPCG(19, 20))
	wrapped, exact := 0, 0
	var cases []integers
	for _, ta := range elem.Types() {
		for _, tb := range elem.Types() {
			if r := elem.Result(ta, tb); !r.IsInteger() && r != elem.Bool {
				continue
			}
			for i := range 4 {
				s := typeShapes[rng.IntN(len(typeShapes))]
				a := factor(rng, s[0], s[1], ta, orders()[rng.IntN(4)], i == 3, i%2 == 0)
				b := factor(rng, s[1], s[2], tb, orders()[rng.IntN(4)], i == 3, i%2 == 0)
				if isExact(a, b, a.Cols) {
					exact++
				} else {
					wrapped++
				}
				cases = append(cases, integers{a, b, integerProduct(a, b)})
			}
		}
	}
	if wrapped < 30 || exact < 30 {
		t.Errorf("%d by loops, %d by the kernel: this test tests little", wrapped, exact)
	}
	forEach(t, func(t *testing.T, m Multiplier) {
		for _, x := range cases {
			memory := make([]float64, x.a.Rows*x.b.Cols)
			for i := range memory {
				memory[i] = math.NaN()
			}
			var done int64
			got, err := Matmul(t.Context(), m, memory, x.a, x.b, adder(&done))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, x.want) {
				t.Fatalf("%v × %v, %d×%d×%d differs", x.a.Type, x.b.Type, x.a.Rows, x.a.Cols, x.b.Cols)
			}
			if all := Multiplications(x.a.Rows, x.a.Cols, x.b.Cols, x.a.Type, x.b.Type); done != all && x.a.Cols > 0 {
				t.Fatalf("progress came to %d of %d", done, all)
			}
		}
	})
}

// Large enough for several units of work, and threads.
func TestLargeIntegers(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 22))
	a, b := factor(rng, 150, 270, elem.Int64, order{}, false, false), factor(rng, 270, 530, elem.Int32, order{true, true}, false, false)
	want := integerProduct(a, b)
	forEach(t, func(t *testing.T, m Multiplier) {
		got, err := Matmul(t.Context(), m, make([]float64, 150*530), a, b, nil)
		if err != nil || !bytes.Equal(got, want) {
			t.Fatal("differs", err)
		}
	})
}

// The kernel takes over from the loops where 2⁵³ cannot be reached, not one below.
func TestBoundOfExactIntegers(t *testing.T) {
	one := func(t elem.Type, v int64, n int) []byte {
		values := make([]int64, n)
		for i := range values {
			values[i] = v
		}
		b := make([]byte, n*t.Size())
		elem.FromInt64(b, values, t)
		return b
	}
	for _, x := range []struct {
		t     elem.Type
		a, b  int64
		k     int
		exact bool
	}{
		{elem.Int64, 1 << 26, 1 << 26, 1, true},
		{elem.Int64, 1 << 26, 1 << 26, 2, false},
		{elem.Int64, -1 << 26, 1 << 27, 1, false},
		{elem.Int64, 1<<53 - 1, 1, 1, true},
		{elem.Int64, 0, math.MaxInt64, 3, true},
		{elem.Int64, math.MinInt64, 1, 1, false},
		{elem.Uint64, -1, 1, 1, false},
		{elem.Int32, math.MinInt32, 1 << 21, 1, true},
		{elem.Int32, math.MinInt32, 1 << 22, 1, false},
		{elem.Int8, -128, 127, 1000, true},
		{elem.Uint16, -1, -1, 1 << 20, true},
	} {
		a, b := DenseFactor(1, x.k, x.t, one(x.t, x.a, x.k)), DenseFactor(x.k, 1, x.t, one(x.t, x.b, x.k))
		if isExact(a, b, a.Cols) != x.exact {
			t.Errorf("%v: exact in float64s: %v", x, !x.exact)
		}
		m, _ := New("", 1)
		got, err := Matmul(t.Context(), m, make([]float64, 1), a, b, nil)
		if err != nil || !bytes.Equal(got, integerProduct(a, b)) {
			t.Errorf("%v: %v, %v", x, got, err)
		}
	}
}

// A cancelled product of integers ends within a panel, and says why.
func TestCancelIntegers(t *testing.T) {
	why := errors.New("why")
	forEach(t, func(t *testing.T, m Multiplier) {
		const n = 500
		rng := rand.New(rand.NewPCG(25, 26))
		a := factor(rng, n, n, elem.Int64, order{}, false, false)
		ctx, cancel := context.WithCancelCause(t.Context())
		var done int64
		add := adder(&done)
		_, err := Matmul(ctx, m, make([]float64, n*n), a, a, func(more int64) { add(more); cancel(why) })
		if err != why || done == 0 || done > int64(m.Threads()*intBlock*n*Panel) {
			t.Errorf("error %v after %d multiplications", err, done)
		}
	})
}

// integerProduct is what numpy computes, by its loops, in integers modulo 2⁶⁴.
func integerProduct(a, b Factor) []byte {
	t := elem.Result(a.Type, b.Type)
	x, y := intValues(a), intValues(b)
	sums := make([]int64, a.Rows*b.Cols)
	for i := range a.Rows {
		for k := range a.Cols {
			for j := range b.Cols {
				if v := x[i*a.Cols+k] * y[k*b.Cols+j]; t == elem.Bool {
					sums[i*b.Cols+j] |= v
				} else {
					sums[i*b.Cols+j] += v
				}
			}
		}
	}
	result := make([]byte, len(sums)*t.Size())
	elem.FromInt64(result, sums, t)
	return result
}

func intValues(f Factor) []int64 {
	values := make([]int64, f.Rows*f.Cols)
	for i := range f.Rows {
		for j := range f.Cols {
			at := i*f.Stride + j
			if f.Trans {
				at = j*f.Stride + i
			}
			elem.ToInt64(values[i*f.Cols+j:][:1], f.Data[at*f.Type.Size():][:f.Type.Size()], f.Type, f.Swap)
		}
	}
	return values
}
