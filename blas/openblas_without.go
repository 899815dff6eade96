//go:build !openblas

package blas

// openBLASIfLinked returns nothing: the program was built without the tag openblas.
func openBLASIfLinked() []implementation { return nil }
