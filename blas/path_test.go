package blas

import (
	"testing"

	"matpool/elem"
)

func TestPaths(t *testing.T) {
	plain, err := New("generic", 1)
	if err != nil {
		t.Fatal(err)
	}
	stack := func(typ elem.Type, n, rows, cols int) Factor {
		return DenseFactor(rows, cols, typ, make([]byte, n*rows*cols*typ.Size()))
	}
	const f8, b1, i8 = elem.Float64, elem.Bool, elem.Int64
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
		{"long vectors", scalar, plain, 1, stack(f8, 1, 1, 2*Panel), stack(f8, 1, 2*Panel, 1), true, true},
		{"short vectors", tiles, plain, 1, stack(f8, 1, 1, Panel), stack(f8, 1, Panel, 1), true, true},
	} {
		x := task{m: test.m, n: test.n, a: test.a, b: test.b}
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
