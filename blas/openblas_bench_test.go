//go:build openblas

package blas

import (
	"slices"
	"testing"
	"time"

	"matpool/bench/peak"
	"matpool/blas/internal/openblas"
)

// What the definition costs: OpenBLAS called for one panel after the other against one call for all, C = AB both
// times, in turn. The rates and their ratio are of the medians.
func BenchmarkPanels(b *testing.B) {
	const n = 1000
	x, y, z := random(b, n, n), random(b, n, n), random(b, n, n)
	m, err := New("openblas", 1)
	if err != nil {
		b.Fatal(err)
	}
	limit := peak.GFlops(1)
	var panels, plain []float64
	for b.Loop() {
		start := time.Now()
		if err := m.Mul(b.Context(), z, x.Factor(), y.Factor(), nil); err != nil {
			b.Fatal(err)
		}
		between := time.Now()
		z.clear()
		openblas.AddProduct(n, n, n, panelOf(z), panelOf(x), panelOf(y))
		panels = append(panels, between.Sub(start).Seconds())
		plain = append(plain, time.Since(between).Seconds())
	}
	limit = max(limit, peak.GFlops(1))
	rate := func(seconds []float64) float64 {
		slices.Sort(seconds)
		return 2 * n * n * n / seconds[len(seconds)/2] / 1e9
	}
	b.ReportMetric(rate(panels), "panels-GF/s")
	b.ReportMetric(100*rate(panels)/limit, "panels-%peak")
	b.ReportMetric(rate(plain), "plain-GF/s")
	b.ReportMetric(100*rate(plain)/limit, "plain-%peak")
	b.ReportMetric(100*(rate(plain)/rate(panels)-1), "%cost")
}
