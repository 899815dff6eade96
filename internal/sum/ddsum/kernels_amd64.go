package ddsum

import "golang.org/x/sys/cpu"

// kernels lists the implementations, the fastest first.
func kernels() []kernel {
	return []kernel{
		{"avx512", cpu.X86.HasAVX512, addAVX512, squaresAVX512},
		{"avx2", cpu.X86.HasAVX2 && cpu.X86.HasFMA, addAVX2, squaresAVX2},
		goKernel,
	}
}

// The assembly works on whole vectors; Go does the rest.

func addAVX512(hi, lo, x []float64, scale float64) int {
	n := len(x) &^ 15
	if done := addVectorsAVX512(hi[:n], lo[:n], x[:n], scale); done < n {
		return done
	}
	return n + addGo(hi[n:], lo[n:], x[n:], scale)
}

func addAVX2(hi, lo, x []float64, scale float64) int {
	n := len(x) &^ 7
	if done := addVectorsAVX2(hi[:n], lo[:n], x[:n], scale); done < n {
		return done
	}
	return n + addGo(hi[n:], lo[n:], x[n:], scale)
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

// finish adds the squares of x[n:] to those of x[:n] and returns the sum.
//
// The assembly of squares leaves out plus's rule for results that are not finite: it would lengthen
// the chain of dependent operations that bounds the speed. Such a result stays in its lane to the
// end, where it is seen. Then an infinite or NaN element decides what the sum is; if there is none, the block
// is summed again by the definition.
func (l *lanes) finish(x []float64, n int) DD {
	for _, h := range l.hi {
		if finite(h) {
			continue
		}
		odd := 0.0
		for _, v := range x {
			if !finite(v) {
				odd += float64(v * v)
			}
		}
		if odd != 0 {
			return DD{odd, 0}
		}
		return squaresGo(x)
	}
	l.addSquares(x[n:])
	return l.sum()
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
