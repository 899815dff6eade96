//go:build openblas

package openblas

import (
	"fmt"
	"testing"

	"matpool/internal/base/pages"
	"matpool/internal/random/nprand"
)

// The whole product in one call: what OpenBLAS itself gives, with its own choice of panels.
// Package blas's BenchmarkMul/kernel=openblas is the same with the panels of the definition.
func BenchmarkDgemm(b *testing.B) {
	for _, n := range []int{100, 200, 500, 1000, 2000, 4000} {
		b.Run(fmt.Sprintf("n=%d/threads=1", n), func(b *testing.B) {
			x, err := pages.Alloc(3 * n * n)
			if err != nil {
				b.Fatal(err)
			}
			nprand.New(1).Float64s(x[:2*n*n])
			matrix := func(i int) Matrix { return Matrix{Data: x[i*n*n:][:n*n], Stride: n} }
			multiply := func() { AddProduct(n, n, n, matrix(2), matrix(0), matrix(1)) }
			multiply() // memory is touched
			for b.Loop() {
				multiply()
			}
			b.ReportMetric(2*float64(n)*float64(n)*float64(n)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GF/s")
		})
	}
}
