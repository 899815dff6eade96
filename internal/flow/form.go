package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"matpool/blas"
	"matpool/internal/status"
)

// A Form says which product of a pair is made. A is transposed as numpy's swapaxes(-1, -2)
// does it: of a stack each matrix.
type Form int

const (
	Plain      Form = iota // A·B
	Transposed             // Aᵀ·B
	Gram                   // Aᵀ·A, of one array of real numbers
)

// name returns what a message calls the product of two files.
func (form Form) name(a, b string) string {
	switch form {
	case Transposed:
		return a + " transposed times " + b
	case Gram:
		return a + " transposed times itself"
	}
	return a + " times " + b
}

// check makes sure that A can be transposed, and has a Gram matrix if one is made.
func (form Form) check(a Factor) error {
	switch {
	case form == Plain:
	case len(a.Shape) < 2:
		is := "a vector"
		if len(a.Shape) == 0 {
			is = a.ShapeString()
		}
		return status.DataError(fmt.Errorf("%s: is %s; a matrix, or a stack of matrices, can be transposed", a.name, is),
			"in Python, to make it a matrix of one column: np.save(name, np.load(name).reshape(-1, 1))")
	case form == Gram && elemOf(a.Header).IsComplex():
		return status.DataError(fmt.Errorf("%s: is of type %v; Gram matrices are made of real numbers", a.name, elemOf(a.Header)),
			"transpose a, with X as both factors, makes XᵀX of complex numbers; it makes XᴴX if the first file holds np.conj(X)")
	}
	return nil
}

// shapes returns the shapes of a product of arrays with these shapes.
func (form Form) shapes(a, b []int) (shapes, error) {
	if form != Plain {
		a = slices.Clone(a)
		n := len(a)
		a[n-2], a[n-1] = a[n-1], a[n-2]
	}
	s, err := shapesOf(a, b)
	if err == errInner && form == Transposed {
		err = errors.New("the first, transposed, has not as many columns as the second has rows")
	}
	return s, err
}

// multiply computes the product of two matrices as they lie in their files.
func (form Form) multiply(ctx context.Context, m blas.Multiplier, memory []float64, a, b blas.Factor, progress func(int64)) ([]byte, error) {
	switch form {
	case Transposed:
		a = a.T()
	case Gram:
		return blas.Gram(ctx, m, memory, a, progress)
	}
	return blas.Matmul(ctx, m, memory, a, b, progress)
}
