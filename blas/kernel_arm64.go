package blas

// archKernels returns the kernels made for this architecture. Every processor has what this one needs.
func archKernels() []kernel {
	// A block of A takes half of an L2 cache of 1 MiB, which most servers have.
	return []kernel{{name: "neon", rows: 8, cols: 6, vector: 2, direct: direct{4, 2}, blockRows: 128, blockDepth: 2 * Panel, run: runNEON}}
}

// runNEON keeps a tile of 8×6 in 24 of the 32 vector registers. Each k takes 3 vectors of B,
// 8 values of A and 24 multiply-adds of a vector by a value. Where C has fewer columns, it
// takes fewer vectors; where it has four rows or fewer, four values.
//
//go:noescape
func runNEON(t *tileColumn)
