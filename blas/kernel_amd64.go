package blas

import "golang.org/x/sys/cpu"

// archKernels returns the kernels made for this architecture, the fastest first.
func archKernels() []kernel {
	// A block of A takes half of the L2 cache: of 1 MiB, which all servers with AVX-512
	// have, or of 512 KiB.
	avx512 := kernel{name: "avx512", rows: 8, cols: 24, vector: 8, direct: direct{4, 1}, blockRows: 128, blockDepth: 2 * Panel, run: runAVX512}
	if !cpu.X86.HasAVX512 {
		avx512.missing = "AVX-512"
	}
	avx2 := kernel{name: "avx2", rows: 4, cols: 12, vector: 4, direct: direct{4, 4}, blockRows: 128, blockDepth: Panel, run: runAVX2}
	if !cpu.X86.HasAVX2 || !cpu.X86.HasFMA {
		avx2.missing = "AVX2 and FMA"
	}
	return []kernel{avx512, avx2}
}

// runAVX512 keeps a tile of 8×24 in 24 of the 32 vector registers. Each k takes
// 3 vectors of B, 8 broadcasts of A and 24 multiply-adds. Where C has fewer columns, it
// takes fewer vectors; where it has four rows or fewer, four broadcasts.
//
//go:noescape
func runAVX512(t *tileColumn)

// runAVX2 keeps a tile of 4×12 in 12 of the 16 vector registers. Each k takes
// 3 vectors of B, 4 broadcasts of A and 12 multiply-adds, or fewer vectors.
//
//go:noescape
func runAVX2(t *tileColumn)
