package blas

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"matpool/elem"
	"matpool/internal/base/pages"
)

// A product of each type with itself, in turn, so that all meet the same clocks; rates are of
// the medians, with 8 operations for each product of complex numbers. The integers of 64
// bits are large ones, which go through loops.
func BenchmarkTypes(b *testing.B) {
	types := []elem.Type{elem.Float64, elem.Float32, elem.Float16, elem.Int8, elem.Int32, elem.Complex64, elem.Complex128, elem.Int64}
	for _, n := range []int{1000, 4000} {
		for threads := 1; threads <= 2; threads++ {
			b.Run(fmt.Sprintf("n=%d/threads=%d", n, threads), func(b *testing.B) {
				m, err := New("", threads)
				if err != nil {
					b.Fatal(err)
				}
				var x, y, c pages.Buffer
				seconds := map[elem.Type][]float64{}
				memory, err := c.Floats(2 * n * n)
				if err != nil {
					b.Fatal(err)
				}
				multiply := func(t elem.Type) time.Duration {
					p, q := benchFactor(b, &x, n, t), benchFactor(b, &y, n, t)
					start := time.Now()
					if _, err := Matmul(b.Context(), m, memory, p, q, nil); err != nil {
						b.Fatal(err)
					}
					return time.Since(start)
				}
				multiply(elem.Complex128) // memory is touched
				for b.Loop() {
					for _, t := range types {
						if t == elem.Int64 && n > 1000 {
							continue
						}
						seconds[t] = append(seconds[t], multiply(t).Seconds())
					}
				}
				for t, all := range seconds {
					slices.Sort(all)
					flops := 2 * float64(n) * float64(n) * float64(n) * float64(t.Parts()*t.Parts())
					b.ReportMetric(flops/all[len(all)/2]/1e9, t.String()+"-GF/s")
				}
			})
		}
	}
}

// benchFactor returns a matrix in which int64s are large, and other integers small.
func benchFactor(b *testing.B, buffer *pages.Buffer, n int, t elem.Type) Factor {
	data, err := buffer.Bytes(n * n * t.Size())
	if err != nil {
		b.Fatal(err)
	}
	block := make([]float64, 1024*t.Parts())
	for i := range block {
		block[i] = float64(i%200) - 100
		if t == elem.Int64 {
			block[i] *= 0x1p40
		}
	}
	converted := make([]byte, 1024*t.Size())
	elem.FromFloat64(converted, block, t)
	for i := 0; i < len(data); i += copy(data[i:], converted) {
	}
	return DenseFactor(n, n, t, data)
}
