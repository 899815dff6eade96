//go:build !amd64

package blas

func dotsOf(x, y *dotBlock) [dotPanels]float64 { return dotsInGo(x, y) }
