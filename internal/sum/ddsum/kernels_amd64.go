package ddsum

import "golang.org/x/sys/cpu"

// kernels lists the implementations, the fastest first.
func kernels() []kernel {
	return []kernel{
		{"avx512", cpu.X86.HasAVX512, inVectors(16, addVectorsAVX512), squaresAVX512},
		{"avx2", cpu.X86.HasAVX2 && cpu.X86.HasFMA, inVectors(8, addVectorsAVX2), squaresAVX2},
		goKernel,
	}
}

func squaresAVX512(x []float64) DD {
	var l lanes
	n := len(x) &^ (numLanes - 1)
	squareVectorsAVX512(&l, x[:n])
	return l.finish(x, n)
}

func squaresAVX2(x []float64) DD {
	var l lanes
	n := len(x) &^ (numLanes - 1)
	squareVectorsAVX2(&l, x[:n])
	return l.finish(x, n)
}

// addVectors is addGo, up to the pair of vectors with the element at which that stops. Equal lengths, a multiple of
// 16 for AVX-512, of 8 for AVX2.
//
//go:noescape
func addVectorsAVX512(hi, lo, x []float64, scale float64) (n int)

//go:noescape
func addVectorsAVX2(hi, lo, x []float64, scale float64) (n int)

// squareVectors adds the squares of x to l, which is all zero. len(x) is a multiple of numLanes.
//
//go:noescape
func squareVectorsAVX512(l *lanes, x []float64)

//go:noescape
func squareVectorsAVX2(l *lanes, x []float64)
