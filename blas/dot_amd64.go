package blas

import "golang.org/x/sys/cpu"

// dotsOf returns the chains of panels that lie one behind the other.
func dotsOf(x, y *dotBlock) (sums [dotPanels]float64) {
	if !cpu.X86.HasFMA {
		return dotsInGo(x, y)
	}
	dots(&sums, &x[0], &y[0])
	return sums
}

//go:noescape
func dots(sums *[dotPanels]float64, x, y *float64)
