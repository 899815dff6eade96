//go:build !openblas

package blas

// withOpenBLAS puts OpenBLAS before Go's own kernels where the program has it.
func withOpenBLAS(others []implementation) []implementation { return others }

func describeOpenBLAS() string { return "" } // not called
