//go:build !amd64

package blas

func dotWide([]float64, []float64, []float64, int) (sum, absSum float64, taken int) { return 0, 0, 0 }

func addScaledWide([]float64, []float64, []float64, float64, float64, int) (taken int) { return 0 }
