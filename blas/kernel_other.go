//go:build !amd64 && !arm64

package blas

// archKernels returns the kernels made for this architecture: none.
func archKernels() []kernel { return nil }
