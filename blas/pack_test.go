package blas

import (
	"math"
	"testing"
)

// Strips of every width that a kernel has, and of some that none has, hold what pack's formula says. Nothing is
// written behind them.
func TestPackedStrips(t *testing.T) {
	widths := map[int]bool{1: true, 5: true, 24: true}
	for _, k := range kernels() {
		widths[k.rows], widths[k.cols] = true, true
	}
	for width := range widths {
		for _, rows := range []int{1, 2, 3, 4, 5, 7, 8, 9, 13} {
			for _, cols := range []int{1, max(width-1, 1), width, width + 1, 2*width + 3, 3 * width} {
				for _, trans := range []bool{false, true} {
					checkPacked(t, rows, cols, width, trans)
				}
			}
		}
	}
}

func checkPacked(t *testing.T, rows, cols, width int, trans bool) {
	t.Helper()
	x := Matrix{Rows: rows, Cols: cols, Stride: cols + 2, Data: make([]float64, rows*(cols+2))}
	if trans {
		x = Matrix{Rows: cols, Cols: rows, Stride: rows + 3, Data: make([]float64, cols*(rows+3))}.T()
	}
	for i := range x.Data {
		x.Data[i] = float64(i + 1)
	}
	at := func(k, j int) float64 {
		switch {
		case j >= cols:
			return 0
		case trans:
			return x.Data[j*x.Stride+k]
		}
		return x.Data[k*x.Stride+j]
	}
	const behind = 9
	size := roundUp(cols, width) * rows
	dst := make([]float64, size+behind)
	for i := range dst {
		dst[i] = math.Inf(-1)
	}
	packMatrix(dst[:size], x, width, rows)
	for j := range roundUp(cols, width) {
		for k := range rows {
			if got, want := dst[(j/width*rows+k)*width+j%width], at(k, j); got != want {
				t.Fatalf("%d×%d, transposed %v, in strips of %d: element (%d, %d) is %v, want %v", rows, cols, trans, width, k, j, got, want)
			}
		}
	}
	for _, v := range dst[size:] {
		if !math.IsInf(v, -1) {
			t.Fatalf("%d×%d, transposed %v, in strips of %d: wrote behind them", rows, cols, trans, width)
		}
	}
}
