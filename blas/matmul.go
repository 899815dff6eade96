package blas

import (
	"context"
	"math/bits"

	"matpool/elem"
)

// Matmul computes the product of two matrices as np.matmul does, and returns its values
// row by row, of type [elem.Result] and in the machine's byte order. They lie at the
// beginning of memory, which must have a.Rows·b.Cols·[Parts] float64s; what it held does
// not matter.
//
// Floats and complex values are m's product, each rounded once to its type. Integers are
// numpy's, modulo 2ⁿ where they are too large, and a boolean is true if one of the terms is: those behind the first are not
// looked at.
//
// progress, ctx and panics are as for [Multiplier].Mul.
func Matmul(ctx context.Context, m Multiplier, memory []float64, a, b Factor, progress func(multiplications int64)) ([]byte, error) {
	return valuesOf(ctx, m, memory, a, b, false,
		func(c Matrix, first int) error { return m.Mul(ctx, c, a.rowsOf(first, c.Rows), b, progress) },
		func(c []int64) error {
			checkProduct(Dense(a.Rows, b.Cols, memory), a, b)
			return m.inGo().multiplyIntegers(ctx, c, a, b, false, progress)
		},
		func(c []byte) error {
			checkProduct(Dense(a.Rows, b.Cols, memory), a, b)
			return m.inGo().multiplyBooleans(ctx, c, a, b, progress)
		})
}

// valuesOf returns the values of a·b, or of a Gram matrix, which one of the functions computes in the memory: on the path
// integers the second, on bits64 the third.
func valuesOf(ctx context.Context, m Multiplier, memory []float64, a, b Factor, gram bool, floats func(c Matrix, first int) error, ints func(c []int64) error, bools func(c []byte) error) ([]byte, error) {
	t := elem.Result(a.Type, b.Type)
	c := Dense(a.Rows, b.Cols*Parts(a.Type, b.Type), memory)
	result := bytesOf(memory)[:a.Rows*b.Cols*t.Size()]
	w := watch(ctx, a, b)
	defer w.end()
	whole := task{m: m, n: 1, a: a, b: b, c: c, gram: gram, exact: func() (exact bool) {
		w.read(func() { exact = isExact(a, b, a.Cols) })
		return exact
	}}
	whole.x, whole.y = operands(a, b)
	path := whole.path()
	switch {
	case w.Err() != nil:
		return nil, context.Cause(w)
	case path == bits64:
		return result, bools(result)
	case path == integers:
		values := intsOf(memory)[:a.Rows*b.Cols]
		err := ints(values)
		if m, ok := m.(checked); ok && err == nil && len(values) > 0 {
			if err = checkIntegers(m, w, values, b.Cols, plain(a), plain(b)); w.Err() != nil {
				err = context.Cause(w)
			}
		}
		if err != nil {
			return nil, err
		}
		elem.FromInt64(result, values, t)
		return result, nil
	}
	if t.Part() == elem.Float64 {
		return result, floats(c, 0)
	}
	// Some rows of a thin product are rounded while they are in a core's cache. They lie at the memory's end, since the
	// beginning has the results, and what lies between is never touched.
	rows := max(c.Rows, 1)
	if few := thinValues / max(c.Cols, 1); !gram && t.Part().Size() < 8 && few >= thinRows && few <= rows/2 {
		rows = few
	}
	for i := 0; i < c.Rows || i == 0; i += rows {
		some := min(rows, c.Rows-i)
		values := memory[:c.Rows*c.Cols]
		values = values[len(values)-some*c.Cols:]
		if err := floats(Dense(some, c.Cols, values), i); err != nil {
			return nil, err
		}
		elem.FromFloat64(result[i*b.Cols*t.Size():][:some*b.Cols*t.Size()], values, t)
	}
	return result, nil
}

// A product of shorter values than float64s is thin if thinValues of it make thinRows rows or more: the more there are, the
// less it takes to pack B again.
const thinValues, thinRows = 1 << 17, 1 << 10

// isExact reports whether products of two matrices of integers are exact in float64s: whether no
// sum of so many terms, in any order, can come to 2⁵³. The values are looked at if
// their types leave it open, those of the larger matrix only if those of the smaller one do so too.
func isExact(a, b Factor, terms int) bool {
	fits := func(x, y uint64) bool {
		high, low := bits.Mul64(x, y)
		return high == 0 && low <= (1<<53-1)/max(uint64(terms), 1)
	}
	if a.Rows > b.Cols {
		a, b = b, a
	}
	x, y := largestOf(a.Type), largestOf(b.Type)
	if fits(x, y) {
		return true
	}
	if a.Type.Size() > 2 {
		x = a.maxAbs()
	}
	if fits(x, y) {
		return true
	}
	if b.Type.Size() > 2 && fits(x, 1) {
		y = b.maxAbs()
	}
	return fits(x, y)
}

// largestOf returns the largest magnitude that values of a type have.
func largestOf(t elem.Type) uint64 {
	bits := 8 * t.Size()
	switch t.Kind() {
	case 'b':
		return 1
	case 'i':
		return 1 << (bits - 1)
	}
	return 1<<bits - 1
}

// maxAbs returns the largest magnitude among integers.
func (f Factor) maxAbs() (most uint64) {
	lines, length := f.Rows, f.Cols
	if f.Trans {
		lines, length = length, lines
	}
	if f.Stride == length {
		lines, length = 1, lines*length
	}
	size := f.Type.Size()
	for i := 0; i < lines && length > 0; i++ {
		most = max(most, elem.MaxAbs(f.Data[i*f.Stride*size:][:length*size], f.Type, f.Swap))
	}
	return most
}
