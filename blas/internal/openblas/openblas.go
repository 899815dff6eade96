//go:build openblas

// Package openblas is what package blas needs of OpenBLAS: one panel of a product, and what the library says of itself.
//
// It is a package of its own because one that uses cgo cannot hold Go assembly.
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

// AddProduct computes C += op(A)·op(B) for matrices stored row by row: C is m×n,
// op(A) is m×k, and op is the transposition where it is asked for. Sizes and strides
// must fit an int32. It panics where a slice is too short.
func AddProduct(m, n, k int, a []float64, lda int, transA bool, b []float64, ldb int, transB bool, c []float64, ldc int) {
	netlib.Implementation{}.Dgemm(op(transA), op(transB), m, n, k, 1, a, lda, b, ldb, 1, c, ldc)
}

func op(trans bool) blas.Transpose {
	if trans {
		return blas.Trans
	}
	return blas.NoTrans
}
