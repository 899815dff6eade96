package ddsum

// kernels lists the implementations, the fastest first. Every processor has what the first needs.
func kernels() []kernel {
	return []kernel{{"neon", true, inVectors(8, addVectorsNEON), squaresNEON}, goKernel}
}

func squaresNEON(x []float64) DD {
	var l lanes
	n := len(x) &^ (numLanes - 1)
	squareVectorsNEON(&l, x[:n])
	return l.finish(x, n)
}

// addVectorsNEON is addGo, up to the eight elements with the one at which that stops. Equal lengths, a multiple of 8.
//
//go:noescape
func addVectorsNEON(hi, lo, x []float64, scale float64) (n int)

// squareVectorsNEON adds the squares of x to l, which is all zero. len(x) is a multiple of numLanes.
//
//go:noescape
func squareVectorsNEON(l *lanes, x []float64)
