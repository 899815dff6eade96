package flow

import (
	"errors"
	"fmt"

	"matpool/blas"
	"matpool/internal/elem"
	"matpool/internal/status"
	"matpool/npyio"
)

// factors are two open files whose product exists.
type factors struct {
	a, b *npyio.File
	shapes
}

func (f factors) close() {
	for _, file := range []*npyio.File{f.a, f.b} {
		if file != nil {
			file.Close()
		}
	}
}

// types returns the types of A, of B, and of their product.
func (f factors) types() (a, b, c elem.Type) {
	a, b = elemOf(f.a.Header), elemOf(f.b.Header)
	return a, b, elem.Result(a, b)
}

func elemOf(h npyio.Header) elem.Type {
	t, _ := h.DType.Elem() // every header that is read has one
	return t
}

// product returns the header of A·B.
func (f factors) product() npyio.Header {
	_, _, t := f.types()
	return npyio.Header{DType: npyio.DTypeOf(t), Shape: f.result}
}

// multiplications returns the number of multiplications of real numbers.
func (f factors) multiplications() int64 {
	a, b, _ := f.types()
	return int64(f.products()) * blas.Multiplications(f.rows, f.k, f.cols, a, b)
}

// memory returns how many bytes the factors and their product take in memory, of a stack
// one product at a time.
func (f factors) memory() (factors, product int64) {
	a, b, _ := f.types()
	return newReader(f.a, f.rows, f.k).memory() + newReader(f.b, f.k, f.cols).memory(),
		8 * int64(f.rows) * int64(f.cols) * int64(blas.Parts(a, b))
}

// openFactors opens both files of a pair. The error joins what is wrong with either.
func openFactors(p Pair) (factors, error) {
	var f factors
	var errA, errB error
	f.a, errA = openFactor(p.A)
	f.b, errB = openFactor(p.B)
	err := errors.Join(errA, errB)
	if err == nil {
		f.shapes, err = shapesOf(f.a.Shape, f.b.Shape)
		if err != nil {
			err = status.DataError(fmt.Errorf("%s is %s and %s is %s: %w", p.A, f.a.ShapeString(), p.B, f.b.ShapeString(), err), "")
		}
	}
	if err == nil {
		if _, ok := f.product().Len(); !ok {
			err = status.DataError(fmt.Errorf("%s times %s is %s: more values than can be addressed", p.A, p.B, f.product().ShapeString()), "")
		}
	}
	if err != nil {
		f.close()
		return factors{}, err
	}
	return f, nil
}

// openFactor opens a file with at least one dimension.
func openFactor(name string) (*npyio.File, error) {
	f, err := npyio.Open(name)
	if err != nil {
		return nil, inputError(err)
	}
	if len(f.Shape) == 0 {
		f.Close()
		return nil, status.DataError(fmt.Errorf("%s: is a single value, where a factor is a vector, a matrix or a stack of matrices", name),
			"in Python, to multiply by it as a matrix of one value: np.save(name, np.load(name).reshape(1, 1))")
	}
	return f, nil
}
