package product

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"matpool/blas"
	"matpool/internal/arrayfile"
	"matpool/internal/pair"
	"matpool/internal/status"
)

// shapes are those of a product as np.matmul has them: of two matrices, rows×k and
// k×cols, or of stacks of such, whose own sizes are broadcast. A vector on the left is a
// matrix with one row, one on the right a matrix with one column; the result lacks that
// size.
type shapes struct {
	Rows, K, Cols  int
	stack          []int // the sizes of the stack of products
	stackA, stackB []int // and of the factors'
	result         []int
}

// errInner is the error for matrices that cannot be multiplied.
var errInner = errors.New("the first must have as many columns as the second has rows")

func shapesOf(a, b []int) (s shapes, err error) {
	s.Rows, s.Cols = 1, 1
	kA, kB := a[len(a)-1], b[0]
	if len(a) > 1 {
		s.Rows, s.stackA = a[len(a)-2], a[:len(a)-2]
	}
	if len(b) > 1 {
		s.Cols, kB, s.stackB = b[len(b)-1], b[len(b)-2], b[:len(b)-2]
	}
	if kA != kB {
		return shapes{}, errInner
	}
	s.K = kA
	var ok bool
	if s.stack, ok = broadcast(s.stackA, s.stackB); !ok {
		return shapes{}, errors.New("the sizes before the last two cannot be broadcast")
	}
	s.result = append(s.result, s.stack...)
	if len(a) > 1 {
		s.result = append(s.result, s.Rows)
	}
	if len(b) > 1 {
		s.result = append(s.result, s.Cols)
	}
	return s, nil
}

// broadcast returns the sizes of an array that holds both, numpy's rule: counted from the
// last, two sizes are equal, or one of them is 1 or missing.
func broadcast(a, b []int) (sizes []int, ok bool) {
	if len(a) < len(b) {
		a, b = b, a
	}
	sizes = append(sizes, a...)
	last := sizes[len(a)-len(b):]
	for i, size := range b {
		if last[i] == 1 {
			last[i] = size
		} else if size != 1 && size != last[i] {
			return nil, false
		}
	}
	return sizes, true
}

// products returns the number of products that there are to compute: of empty matrices none.
func (s shapes) products() int {
	n := 1
	for _, size := range s.result {
		if size == 0 {
			return 0
		}
	}
	for _, size := range s.stack {
		n *= size
	}
	return n
}

// factorsOf returns the numbers of the factors of product i in their stacks.
func (s shapes) factorsOf(i int) (a, b int) { return s.numberIn(s.stackA, i), s.numberIn(s.stackB, i) }

func (s shapes) numberIn(stack []int, i int) (number int) {
	step := 1
	for d := 1; d <= len(stack); d++ {
		size, all := stack[len(stack)-d], s.stack[len(s.stack)-d]
		if size > 1 {
			number += i % all * step
			step *= size
		}
		i /= all
	}
	return number
}

// A run is how many products in succession take one matrix of a stack after the other, or all the same one.
type run struct {
	length         int
	alongA, alongB bool // one after the other
}

// run returns what holds for every product whose number is a multiple of its length, and those up to the next.
func (s shapes) run() run {
	r := run{length: 1}
	for d := 1; d <= len(s.stack); d++ {
		along := func(stack []int) bool { return d <= len(stack) && stack[len(stack)-d] > 1 }
		next := run{s.stack[len(s.stack)-d], along(s.stackA), along(s.stackB)}
		switch {
		case next.length == 1:
			continue
		case r.length > 1 && (next.alongA != r.alongA || next.alongB != r.alongB):
			return r
		}
		next.length *= r.length
		r = next
	}
	return r
}

// checkForm makes sure that A can be transposed, and has a Gram matrix if one is made.
func checkForm(form pair.Form, a Factor) error {
	switch {
	case form == pair.Plain:
	case len(a.Shape) < 2:
		is := "a vector"
		if len(a.Shape) == 0 {
			is = a.ShapeString()
		}
		return status.DataError(fmt.Errorf("%s: is %s; a matrix, or a stack of matrices, can be transposed", a.Name, is),
			"in Python, to make it a matrix of one column: np.save(name, np.load(name).reshape(-1, 1))")
	case form == pair.Gram && arrayfile.Type(a.Header).IsComplex():
		return status.DataError(fmt.Errorf("%s: has type %v, but a Gram matrix needs real numbers", a.Name, arrayfile.Type(a.Header)),
			"transpose a, with X as both factors, makes XᵀX of complex numbers; it makes XᴴX if the first file holds np.conj(X)")
	}
	return nil
}

// formShapes returns the shapes of a product of arrays with these shapes.
func formShapes(form pair.Form, a, b []int) (shapes, error) {
	if form != pair.Plain {
		a = slices.Clone(a)
		n := len(a)
		a[n-2], a[n-1] = a[n-1], a[n-2]
	}
	s, err := shapesOf(a, b)
	if err == errInner && form == pair.Transposed {
		err = errors.New("the transposed first factor must have as many columns as the second has rows")
	}
	return s, err
}

// multiply computes n products of matrices as they lie in their files.
func multiply(ctx context.Context, form pair.Form, m blas.Multiplier, memory []float64, n int, a, b blas.Factor, progress func(int64)) ([]byte, error) {
	each := blas.Multiplications(a.Rows, a.Cols, b.Cols, a.Type, b.Type)
	switch form {
	case pair.Transposed:
		each = blas.Multiplications(a.Cols, a.Rows, b.Cols, a.Type, b.Type)
		a = a.T()
	case pair.Gram:
		if n == 1 {
			return blas.Gram(ctx, m, memory, a, progress)
		}
		each = blas.GramMultiplications(a.Rows, a.Cols)
		a = a.T()
	}
	if n == 1 {
		return blas.Matmul(ctx, m, memory, a, b, progress)
	}
	values, err := blas.MatmulStack(ctx, m, memory, n, a, b)
	if err == nil {
		progress(int64(n) * each)
	}
	return values, err
}
