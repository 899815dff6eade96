//go:build !amd64 && !arm64

package blas

func packFour(dst, src []float64, stride, n, width int) int { return 0 }

func packWhole(dst, row []float64, width, height, stride int) int { return 0 }

func packLast([]float64, Matrix, int) int { return 0 }
