// Package verifytest says how often a sample must find a wrong output.
package verifytest

import "math"

// Binomial returns the least and the greatest number of successes in n trials of probability p such that each tail beyond
// them has less probability than tail.
func Binomial(n int, p, tail float64) (least, most int) {
	probability := func(k int) float64 {
		if p == 1 {
			return map[bool]float64{true: 1}[k == n]
		}
		a, _ := math.Lgamma(float64(n + 1))
		b, _ := math.Lgamma(float64(k + 1))
		c, _ := math.Lgamma(float64(n - k + 1))
		return math.Exp(a - b - c + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p))
	}
	for sum := probability(0); sum < tail; sum += probability(least) {
		least++
	}
	most = n
	for sum := probability(n); sum < tail; sum += probability(most) {
		most--
	}
	return least, most
}
