package blas

import (
	"strings"
	"testing"

	"matpool/elem"
)

// A suitable Multiplier has a library that can compute any product.
type suitable struct{ *tiled }

func (suitable) suits(Matrix, operand, operand) bool { return true }

// Each kind of product takes the first path that fits it.
func TestPaths(t *testing.T) {
	plain, err := New("generic", 1)
	if err != nil {
		t.Fatal(err)
	}
	reading := &tiled{kernel: plain.inGo().kernel}
	reading.kernel.direct.rows, reading.kernel.cols = 4, narrowGram // it takes A from where it lies
	stack := func(typ elem.Type, n, rows, cols int) Factor {
		return DenseFactor(rows, cols, typ, make([]byte, n*rows*cols*typ.Size()))
	}
	const f8, b1, i8 = elem.Float64, elem.Bool, elem.Int64
	narrow, wider := stack(f8, 1, 1000, narrowGram), stack(f8, 1, 1000, narrowGram+1)
	for _, test := range []struct {
		what  string
		want  path
		m     Multiplier
		n     int
		a, b  Factor
		fits  bool
		float bool // what Mul is asked for
	}{
		{"vectors times a matrix", tall, plain, 9, stack(f8, 9, 1, 3), stack(f8, 1, 3, 3), true, false},
		{"a matrix times a stack", small, plain, 9, stack(f8, 1, 3, 3), stack(f8, 9, 3, 3), true, false},
		{"transposed ones times a matrix", small, plain, 9, stack(f8, 9, 3, 3).T(), stack(f8, 1, 3, 3), true, false},
		{"small ones", small, plain, 9, stack(f8, 9, smallSide, Panel), stack(f8, 9, Panel, smallSide), true, false},
		{"deeper ones", oneByOne, plain, 9, stack(f8, 9, 3, Panel+1), stack(f8, 9, Panel+1, 3), true, false},
		{"larger ones", oneByOne, plain, 9, stack(f8, 9, smallSide+1, 3), stack(f8, 9, 3, 3), true, false},
		{"small ones, checked", oneByOne, Checked(plain), 9, stack(f8, 9, 3, 3), stack(f8, 9, 3, 3), true, false},
		{"booleans", bits64, plain, 1, stack(b1, 1, 3, 3), stack(b1, 1, 3, 3), true, false},
		{"booleans, checked", tiles, Checked(plain), 1, stack(b1, 1, 3, 3), stack(b1, 1, 3, 3), true, false},
		{"booleans as float64s", tiles, plain, 1, stack(b1, 1, 3, 3), stack(b1, 1, 3, 3), true, true},
		{"large integers", integers, plain, 1, stack(i8, 1, 3, 3), stack(i8, 1, 3, 3), false, false},
		{"small integers", tiles, plain, 1, stack(i8, 1, 3, 3), stack(i8, 1, 3, 3), true, false},
		{"long vectors", dot, plain, 1, stack(f8, 1, 1, 2*Panel), stack(f8, 1, 2*Panel, 1), true, true},
		{"a row times two columns that lie contiguous", dot, plain, 1, stack(f8, 1, 1, 2*Panel), stack(f8, 1, 2, 2*Panel).T(), true, true},
		{"a row times two columns", tiles, plain, 1, stack(f8, 1, 1, 2*Panel), stack(f8, 1, 2*Panel, 2), true, true},
		{"a row times three columns that lie contiguous", tiles, plain, 1, stack(f8, 1, 1, 2*Panel), stack(f8, 1, 3, 2*Panel).T(), true, true},
		{"short vectors", tiles, plain, 1, stack(f8, 1, 1, Panel), stack(f8, 1, Panel, 1), true, true},
		{"a narrow Gram matrix", bothHalves, reading, 1, narrow.T(), narrow, true, true},
		{"a Gram matrix that must be packed", tiles, plain, 1, narrow.T(), narrow, true, true},
		{"that Gram matrix, with a library", tiles, suitable{plain.inGo()}, 1, narrow.T(), narrow, true, true},
		{"a wider Gram matrix", tiles, reading, 1, wider.T(), wider, true, true},
		{"a wider Gram matrix, with a library", library, suitable{reading}, 1, wider.T(), wider, true, true},
		{"a product, with a library", library, suitable{plain.inGo()}, 1, stack(f8, 1, 50, 60), stack(f8, 1, 60, 70), true, true},
		{"long vectors, with a library", dot, suitable{plain.inGo()}, 1, stack(f8, 1, 1, 2*Panel), stack(f8, 1, 2*Panel, 1), true, true},
	} {
		x := task{m: test.m, n: test.n, a: test.a, b: test.b, gram: strings.Contains(test.what, "Gram")}
		if !test.float {
			x.exact = func() bool { return test.fits }
		}
		x.c = newMatrix(test.a.Rows, test.b.Cols)
		x.x, x.y = operands(test.a, test.b)
		if got := x.path(); got != test.want {
			t.Errorf("%s: path %d, want %d", test.what, got, test.want)
		}
	}
}
