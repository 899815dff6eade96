//go:build openblas

// Package openblas is what package blas needs of OpenBLAS: one panel of a product, and what the library says of itself.
//
// It is a separate package, because one that uses cgo cannot hold Go assembly.
package openblas

/*
char *openblas_get_config(void);
char *openblas_get_corename(void);
*/
import "C"

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/netlib/blas/netlib"
)

// Core returns the name of the kernels in use, such as "Haswell": those that OpenBLAS
// chose for this processor, or that the environment variable OPENBLAS_CORETYPE names.
func Core() string { return C.GoString(C.openblas_get_corename()) }

// Config returns the library's version and how it was built.
func Config() string { return C.GoString(C.openblas_get_config()) }

// A Matrix is stored row by row, the rows Stride values apart; Trans makes a factor of its transpose.
type Matrix struct {
	Data   []float64
	Stride int
	Trans  bool
}

// AddProduct computes C += op(A)·op(B): C is m×n, op(A) is m×k, and op is the transposition where Trans
// is set, which it is not for C. Sizes and strides must fit an int32. It panics where Data is too short.
func AddProduct(m, n, k int, c, a, b Matrix) {
	netlib.Implementation{}.Dgemm(op(a.Trans), op(b.Trans), m, n, k, 1, a.Data, a.Stride, b.Data, b.Stride, 1, c.Data, c.Stride)
}

func op(trans bool) blas.Transpose {
	if trans {
		return blas.Trans
	}
	return blas.NoTrans
}
