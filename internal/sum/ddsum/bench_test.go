package ddsum

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// perElement is what to compare with the goals: a core's second-level cache holds 32768 elements of
// hi, lo and x, nothing holds 4194304.
func perElement(b *testing.B, n, bytes int) {
	b.SetBytes(int64(n * bytes))
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/element")
}

func BenchmarkAdd(b *testing.B) {
	for _, k := range available() {
		for _, n := range []int{1 << 15, 1 << 22} {
			b.Run(fmt.Sprintf("kernel=%s/n=%d", k.name, n), func(b *testing.B) {
				r := newRand()
				hi, lo := make([]float64, n), make([]float64, n)
				x := fill(r, n, func(r *rand.Rand) float64 { return r.NormFloat64() })
				for b.Loop() {
					k.add(hi, lo, x, 1)
				}
				perElement(b, n, 40)
			})
		}
	}
}

// Sums that have passed the largest double take one step, as others do.
func BenchmarkAddToWide(b *testing.B) {
	x := fill(newRand(), Block, func(r *rand.Rand) float64 { return math.MaxFloat64 * (0.5 + r.Float64()/2) })
	for _, k := range available() {
		b.Run("kernel="+k.name, func(b *testing.B) {
			s := Sum{Hi: make([]float64, Block), Lo: make([]float64, Block)}
			for range 3 {
				s.add(k, 0, x)
			}
			for b.Loop() {
				s.add(k, 0, x)
			}
			perElement(b, Block, 40)
		})
	}
}

func BenchmarkSquares(b *testing.B) {
	x := fill(newRand(), Block, func(r *rand.Rand) float64 { return r.NormFloat64() })
	for _, k := range available() {
		b.Run("kernel="+k.name, func(b *testing.B) {
			for b.Loop() {
				k.squares(x)
			}
			perElement(b, len(x), 8)
		})
	}
}
