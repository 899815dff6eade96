//go:build !amd64

package blas

func twoLines(sums *[4]float64, across, absAcross, x, next, v, absV []float64, with *[4]float64, ahead int) int {
	return 0
}
