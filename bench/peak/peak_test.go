package peak

import (
	"fmt"
	"testing"
)

// Every processor with FMA does more than 10⁹ operations per second, and none does 10¹² in one core.
func TestPeak(t *testing.T) {
	for threads := 1; threads <= 2; threads++ {
		p := GFlops(threads)
		t.Logf("%d threads: %.1f GF/s", threads, p)
		if known := len(loops()) > 0; known != (p > 1) || p > 1000*float64(threads) {
			t.Errorf("%d threads: %v GF/s; there is a loop for this processor: %v", threads, p, known)
		}
	}
}

func BenchmarkPeak(b *testing.B) {
	for threads := 1; threads <= 2; threads++ {
		b.Run(fmt.Sprintf("threads=%d", threads), func(b *testing.B) {
			best := 0.0
			for b.Loop() {
				best = max(best, GFlops(threads))
			}
			b.ReportMetric(best, "GF/s")
		})
	}
}
