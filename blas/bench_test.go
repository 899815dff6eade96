package blas

import (
	"fmt"
	"testing"

	"matpool/bench/peak"
	"matpool/internal/base/pages"
	"matpool/internal/random/nprand"
)

// reportRate reports flops operations a turn, as a rate and as a share of the processor's peak, which is measured
// before and after, since clocks change.
func reportRate(b *testing.B, flops float64, threads int, loop func()) {
	limit := peak.GFlops(threads)
	loop() // memory is touched
	for b.Loop() {
		loop()
	}
	seconds := b.Elapsed().Seconds() / float64(b.N)
	limit = max(limit, peak.GFlops(threads))
	b.ReportMetric(flops/seconds/1e9, "GF/s")
	if limit > 0 {
		b.ReportMetric(100*flops/seconds/1e9/limit, "%peak")
	}
}

// random returns a rows×cols matrix in memory as the programs use it.
func random(b *testing.B, rows, cols int) Matrix {
	data, err := pages.Alloc(rows * cols)
	if err != nil {
		b.Fatal(err)
	}
	nprand.New(1).Float64s(data)
	return Dense(rows, cols, data)
}

func BenchmarkMul(b *testing.B) {
	const largest = 4000
	x, y, z := random(b, 1, largest*largest), random(b, 1, largest*largest), random(b, 1, largest*largest)
	for _, n := range []int{100, 200, 500, 1000, 2000, largest} {
		p, q, r := Dense(n, n, x.Data[:n*n]), Dense(n, n, y.Data[:n*n]), Dense(n, n, z.Data[:n*n])
		for _, kernel := range Kernels() {
			if kernel == generic.name && n > 1000 {
				continue // half a minute
			}
			for threads := 1; threads <= 2; threads++ {
				b.Run(fmt.Sprintf("n=%d/kernel=%s/threads=%d", n, kernel, threads), func(b *testing.B) {
					m, err := New(kernel, threads)
					if err != nil {
						b.Fatal(err)
					}
					reportRate(b, 2*float64(n)*float64(n)*float64(n), threads, func() {
						if err := m.Mul(b.Context(), r, p.Factor(), q.Factor(), nil); err != nil {
							b.Fatal(err)
						}
					})
				})
			}
		}
	}
}

// A kernel alone, on a panel of a packed block of A that stays in the L2 cache: what a product can come to at best.
func BenchmarkKernel(b *testing.B) {
	for _, k := range kernels() {
		if k.missing != "" {
			continue
		}
		b.Run("kernel="+k.name, func(b *testing.B) {
			p, q, r := random(b, Panel, k.blockRows), random(b, Panel, k.cols), random(b, k.blockRows, k.cols)
			reportRate(b, 2*Panel*float64(k.blockRows)*float64(k.cols), 1, func() {
				t := tileColumn{depth: Panel}
				t.setPackedA(p.Data, k.rows)
				t.setPackedB(q.Data, k.cols)
				t.c, t.rowC, t.rows, t.cols, t.add = &r.Data[0], 8*r.Stride, r.Rows, r.Cols, true
				k.run(&t)
			})
		})
	}
}
