package blas

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"

	"matpool/elem"
)

// The sizes k×cols of a factor: 0, 1, and around the tiles, the panel, the row blocks, the
// column block, and OpenBLAS's squares on the diagonal.
var gramShapes = [][2]int{{3, 0}, {0, 3}, {1, 1}, {5, 7}, {300, 24}, {257, 25}, {40, 130}, {513, 241}, {300, 50}, {600, 49}, {20, 600}, {9, 1008}, {9, 1009}, {9, 1040}}

// A Gram matrix has the definition's bits of XᵀX, for every kernel, number of threads, type and
// order, and so has its lower triangle.
func TestGramGivesTheDefinitionsBits(t *testing.T) {
	rng := rand.New(rand.NewPCG(31, 32))
	var cases []typesCase
	for i, s := range gramShapes {
		for j, typ := range []elem.Type{elem.Float64, elem.Float64, elem.Float32, elem.Int16} {
			x := factor(rng, s[0], s[1], typ, orders()[(i+j)%4], (i+j)%3 == 0, false)
			c := typesCase{what: fmt.Sprintf("%v, %d×%d", typ, s[0], s[1]), b: x, want: newMatrix(s[1], s[1])}
			Define(c.want, x.T(), x)
			cases = append(cases, c)
		}
	}
	forEach(t, func(t *testing.T, m Multiplier) {
		for i, x := range cases {
			got, around := padded(x.want.Rows, x.want.Cols, 3, i%2 == 1, func() float64 { return 7 })
			var done int64
			if err := m.Gram(t.Context(), got, x.b, adder(&done)); err != nil {
				t.Fatal(err)
			}
			for i := range got.Rows {
				for j := range got.Cols {
					if !sameBits(got.At(i, j), x.want.At(i, j)) {
						t.Fatalf("%s: element (%d, %d) is %v, the definition gives %v", x.what, i, j, got.At(i, j), x.want.At(i, j))
					}
				}
			}
			inside := 0
			for _, v := range around {
				if !math.IsNaN(v) {
					inside++
				}
			}
			if inside != got.Rows*got.Cols {
				t.Fatalf("%s: something was written beside C", x.what)
			}
			if all := GramMultiplications(x.b.Rows, x.b.Cols); done != all {
				t.Fatalf("%s: progress came to %d of %d", x.what, done, all)
			}
		}
	})
}

// The values are those of Matmul: integers wrap around, and short types are rounded.
func TestGramIsMatmulOfTheTransposed(t *testing.T) {
	rng := rand.New(rand.NewPCG(33, 34))
	for _, typ := range elem.Types() {
		if typ.IsComplex() {
			continue
		}
		for _, small := range []bool{false, true} {
			x := factor(rng, 270, 150, typ, orders()[rng.IntN(4)], false, small)
			forEach(t, func(t *testing.T, m Multiplier) {
				var done, want int64
				product, err := Matmul(t.Context(), m, make([]float64, 150*150), x.T(), x, nil)
				if err != nil {
					t.Fatal(err)
				}
				want = GramMultiplications(270, 150)
				got, err := Gram(t.Context(), m, make([]float64, 150*150), x, adder(&done))
				if err != nil || !bytes.Equal(got, product) || done != want {
					t.Fatalf("%v: differs, or progress came to %d of %d (%v)", typ, done, want, err)
				}
			})
		}
	}
}

// The kernels compute little more than half of the elements: the tiles on the diagonal are whole.
func TestGramTakesHalfTheWork(t *testing.T) {
	const k, cols = 300, 1200
	x := newMatrix(k, cols)
	c := newMatrix(cols, cols)
	for _, original := range kernels() {
		if original.missing != "" {
			continue
		}
		var elements atomic.Int64
		counting := original
		counting.run = func(t *tileColumn) {
			elements.Add(int64(t.depth) * int64(roundUp(t.rows, original.rows)) * int64(original.cols))
			original.run(t)
		}
		m, err := newTiled(counting, 2)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Mul(t.Context(), c, x.T().Factor(), x.Factor(), nil); err != nil {
			t.Fatal(err)
		}
		whole := elements.Swap(0)
		if err := m.Gram(t.Context(), c, x.Factor(), nil); err != nil {
			t.Fatal(err)
		}
		if share := float64(elements.Load()) / float64(whole); !(share > 0.5 && share < 0.52) {
			t.Errorf("%s: %.4f of the multiplications of a product", original.name, share)
		}
	}
}

// A cancelled Gram matrix ends early, and says why.
func TestCancelGram(t *testing.T) {
	why := errors.New("why")
	forEach(t, func(t *testing.T, m Multiplier) {
		for _, x := range []Factor{newMatrix(600, 900).Factor(), factor(rand.New(rand.NewPCG(1, 1)), 600, 600, elem.Int64, order{}, false, false)} {
			ctx, cancel := context.WithCancelCause(t.Context())
			var done atomic.Int64
			_, err := Gram(ctx, m, make([]float64, x.Cols*x.Cols), x, func(more int64) { done.Add(more); cancel(why) })
			if err != why || done.Load() == 0 || done.Load() >= GramMultiplications(x.Rows, x.Cols) {
				t.Errorf("error %v after %d multiplications", err, done.Load())
			}
		}
	})
}

func TestComplexGramIsRefused(t *testing.T) {
	m, err := New("", 1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if r := fmt.Sprint(recover()); !strings.Contains(r, "complex64") {
			t.Errorf("panics with %q", r)
		}
	}()
	_ = m.Gram(t.Context(), newMatrix(2, 2), DenseFactor(2, 2, elem.Complex64, make([]byte, 32)), nil)
}
