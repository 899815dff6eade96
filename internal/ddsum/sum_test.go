package ddsum

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// exactSum is Σ x rounded once.
func exactSum(x []float64) float64 {
	s := new(big.Float).SetPrec(2200) // all doubles from 2⁻¹⁰⁷⁴ to 2¹⁰²⁴, and carries
	for _, v := range x {
		s.Add(s, new(big.Float).SetFloat64(v))
	}
	f, _ := s.Float64()
	return f
}

// sumOf adds up matrices in the order given, in groups whose sums are then merged.
func sumOf(k kernel, matrices [][]float64, order []int, group int) (hi, lo []float64) {
	n := len(matrices[0])
	hi, lo = make([]float64, n), make([]float64, n)
	for len(order) > 0 {
		g := min(group, len(order))
		ghi, glo := make([]float64, n), make([]float64, n)
		for _, i := range order[:g] {
			k.add(ghi, glo, matrices[i])
		}
		k.add(hi, lo, ghi)
		k.add(hi, lo, glo)
		order = order[g:]
	}
	return hi, lo
}

// A sum of a hundred terms is the exact one, rounded once, in whatever order they come and however they are
// grouped before.
func TestSumIsExactInAnyOrderAndGrouping(t *testing.T) {
	const p, n = 100, 301
	r := newRand()
	inputs := map[string]func(i int, before []float64) float64{
		"normal":            func(int, []float64) float64 { return r.NormFloat64() },
		"of all magnitudes": func(int, []float64) float64 { return between(r, -40, 40) },
		"denormal":          func(int, []float64) float64 { return between(r, -1074, -1018) },
		"huge":              func(int, []float64) float64 { return between(r, 1000, 1017) },
		"every other term cancels 30 bits of the one before": func(i int, before []float64) float64 {
			if i%2 == 0 {
				return r.NormFloat64()
			}
			return -before[i-1] * (1 + 0x1p-30*r.Float64())
		},
		"all but the first cancel": func(i int, before []float64) float64 {
			switch {
			case i == 0:
				return between(r, -20, 0)
			case i == p-1 || i%2 == 1:
				return r.NormFloat64()
			}
			return -before[i-1]
		},
	}
	for name, f := range inputs {
		t.Run(name, func(t *testing.T) {
			matrices := make([][]float64, p)
			for i := range matrices {
				matrices[i] = make([]float64, n)
			}
			want := make([]float64, n)
			for j := range n {
				terms := make([]float64, p)
				for i := range terms {
					terms[i] = f(i, terms)
					matrices[i][j] = terms[i]
				}
				want[j] = exactSum(terms)
			}
			for _, k := range available() {
				for _, group := range []int{p, 1, 7, 50} {
					for range 5 {
						hi, lo := sumOf(k, matrices, r.Perm(p), group)
						for j := range n {
							if hi[j] != want[j] {
								t.Fatalf("%s, groups of %d: element %d is %v, exactly rounded %v", k.name, group, j, hi[j], want[j])
							}
							if hi[j]+lo[j] != hi[j] {
								t.Fatalf("%s: element %d: %v + %v is not rounded", k.name, j, hi[j], lo[j])
							}
						}
					}
				}
			}
		})
	}
}

// Plain sums of such terms do depend on the order.
func TestOrderOfPlainSumsMatters(t *testing.T) {
	x := fill(newRand(), 100, func(r *rand.Rand) float64 { return r.NormFloat64() })
	var up, down float64
	for i := range x {
		up += x[i]
		down += x[len(x)-1-i]
	}
	if up == down {
		t.Error("the terms of the other tests are too tame to show anything")
	}
}

// If a plain loop gives Inf or NaN, so does the sum; if it is finite, the sum is, too.
func TestInfAndNaNAsInAPlainLoop(t *testing.T) {
	const most = math.MaxFloat64
	check := func(t *testing.T, terms []float64) {
		var plain float64
		for _, v := range terms {
			plain += v
		}
		for _, k := range available() {
			// 11 equal elements: some of them in a vector, some not
			hi, lo, x := make([]float64, 11), make([]float64, 11), make([]float64, 11)
			for _, v := range terms {
				for i := range x {
					x[i] = v
				}
				k.add(hi, lo, x)
			}
			for i, got := range hi {
				if finite := plain-plain == 0; !finite && !same(got, plain) || finite && got-got != 0 {
					t.Errorf("%s: %v, element %d: %v, plain loop %v", k.name, terms, i, got, plain)
				}
				if got-got != 0 && lo[i] != 0 {
					t.Errorf("%s: %v, element %d: %v with lo = %v", k.name, terms, i, got, lo[i])
				}
			}
		}
	}
	for _, terms := range [][]float64{
		{inf}, {-inf, 1, 2}, {1, inf, 1}, {inf, inf}, {inf, -inf}, {inf, -inf, inf}, {nan, 1}, {1, nan, inf},
		{most, most}, {most, most, -most}, {most, most, -inf}, {most, -most}, {-most, most, most, most},
		{most, 0x1p970}, {-most, -0x1p970, 1}, {most, -0x1p970, most},
		{most, 0x1p969, 0x1p969, 0x1p969}, // each vanishes in a plain loop, all together would overflow
	} {
		check(t, terms)
	}
	r := newRand()
	for range 300 {
		terms := make([]float64, 1+r.IntN(5))
		for i := range terms {
			terms[i] = []float64{inf, -inf, nan, most, -most, most, 1, -1, 0}[r.IntN(9)]
		}
		check(t, terms)
	}
}

// A sum of nothing but zeros, or in which all cancels, is +0.
func TestSumOfZerosIsPlusZero(t *testing.T) {
	for _, k := range available() {
		for _, terms := range [][]float64{{minusZero}, {minusZero, minusZero}, {0, minusZero}, {1, -1}, {-1, 1, minusZero}, {1, 0x1p-80, -1, -0x1p-80}} {
			hi, lo := make([]float64, 9), make([]float64, 9)
			for _, v := range terms {
				x := make([]float64, 9)
				for i := range x {
					x[i] = v
				}
				k.add(hi, lo, x)
			}
			for i := range hi {
				if !same(hi[i], 0) {
					t.Errorf("%s: %v sum to %v", k.name, terms, hi[i])
				}
			}
		}
	}
}
