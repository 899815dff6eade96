//go:build !amd64

package blas

// kernels returns every kernel of this architecture, the fastest first.
func kernels() []kernel { return []kernel{generic} }
