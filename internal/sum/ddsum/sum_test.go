package ddsum

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"sync"
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

// sumOf adds up matrices in the order given, in groups whose sums are then merged, unless one of them is
// beyond all doubles.
func sumOf(k kernel, matrices [][]float64, order []int, group int) (sum *Sum, ok bool) {
	n := len(matrices[0])
	sum = &Sum{Hi: make([]float64, n), Lo: make([]float64, n)}
	for len(order) > 0 {
		g := min(group, len(order))
		part := Sum{Hi: make([]float64, n), Lo: make([]float64, n)}
		for _, i := range order[:g] {
			part.add(k, 0, matrices[i])
		}
		if part.Round() {
			return nil, false
		}
		sum.add(k, 0, part.Hi)
		sum.add(k, 0, part.Lo)
		order = order[g:]
	}
	sum.Round()
	return sum, true
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
						sum, ok := sumOf(k, matrices, r.Perm(p), group)
						if !ok {
							t.Fatalf("%s, groups of %d: a sum is beyond all doubles", k.name, group)
						}
						hi, lo := sum.Hi, sum.Lo
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

// The sum is the exact one, rounded once, also where sums of some of the terms are beyond all doubles: in any
// order, and in groups whose own sums are not beyond.
func TestSumsPassTheLargestDouble(t *testing.T) {
	const n = 11 // some of them in a vector, some not
	r := newRand()
	for _, p := range []int{2, 3, 4, 7, 20} {
		merged, passed, infinite := 0, 0, 0
		for range 200 {
			matrices, want := make([][]float64, p), make([]float64, n)
			for i := range matrices {
				matrices[i] = fill(r, n, func(r *rand.Rand) float64 { return between(r, 1020, 1024) })
			}
			for j := range n {
				terms := make([]float64, p)
				for i := range terms {
					terms[i] = matrices[i][j]
				}
				if r.IntN(3) == 0 { // all that is large cancels
					for i := 1; i < p-1; i += 2 {
						terms[i] = -terms[i-1]
						matrices[i][j] = terms[i]
					}
					terms[p-1] = between(r, 990, 1000)
					matrices[p-1][j] = terms[p-1]
				}
				want[j] = exactSum(terms)
				plain := 0.0
				for _, x := range terms {
					plain += x
				}
				if !finite(plain) && finite(want[j]) {
					passed++
				}
				if !finite(want[j]) {
					infinite++
				}
			}
			for _, k := range available() {
				for group := 1; group <= p; group++ {
					sum, ok := sumOf(k, matrices, r.Perm(p), group)
					if !ok {
						continue
					}
					if group > 1 {
						merged++
					}
					for j := range n {
						if sum.Hi[j] != want[j] {
							t.Fatalf("%s, %d terms in groups of %d: element %d is %v, exactly rounded %v", k.name, p, group, j, sum.Hi[j], want[j])
						}
						if finite(want[j]) && sum.Hi[j]+sum.Lo[j] != sum.Hi[j] || !finite(want[j]) && sum.Lo[j] != 0 {
							t.Fatalf("%s: element %d: %v + %v is not rounded", k.name, j, sum.Hi[j], sum.Lo[j])
						}
					}
				}
			}
		}
		if merged == 0 || infinite == 0 || p > 2 && passed == 0 {
			t.Errorf("%d terms show too little: %d sums in groups, %d on whose way there is an infinite one, %d infinite", p, merged, passed, infinite)
		}
	}
}

// specialSum is what the sum of some terms is if one of them is infinite or NaN.
func specialSum(terms []float64) (sum float64, special bool) {
	for _, x := range terms {
		if !finite(x) {
			sum, special = sum+x, true
		}
	}
	return sum, special
}

// The sum is infinite if a term is or the exact sum is beyond all doubles, and NaN if a term is or infinite ones
// have both signs: whatever the order, and whatever comes between.
func TestInfAndNaNInAnyOrder(t *testing.T) {
	const most = math.MaxFloat64
	r := newRand()
	check := func(terms []float64) {
		want, special := specialSum(terms)
		if !special {
			want = exactSum(terms)
		}
		for _, k := range available() {
			for range 4 {
				sum := Sum{Hi: make([]float64, 11), Lo: make([]float64, 11)}
				order := r.Perm(len(terms))
				for _, i := range order {
					sum.add(k, 0, fill(r, 11, func(*rand.Rand) float64 { return terms[i] }))
				}
				beyond := sum.Round()
				if wide := !special && !finite(want); beyond != wide {
					t.Errorf("%s: %v in order %v: beyond: %v, want %v", k.name, terms, order, beyond, wide)
				}
				for i, got := range sum.Hi {
					if !same(got, want) {
						t.Errorf("%s: %v in order %v, element %d: %v, want %v", k.name, terms, order, i, got, want)
					}
					if !finite(got) && sum.Lo[i] != 0 {
						t.Errorf("%s: %v, element %d: %v with lo = %v", k.name, terms, i, got, sum.Lo[i])
					}
				}
			}
		}
	}
	for _, terms := range [][]float64{
		{inf}, {-inf, 1, 2}, {1, inf, 1}, {inf, inf}, {inf, -inf}, {inf, -inf, inf}, {nan, 1}, {1, nan, inf},
		{most, most}, {most, most, -most}, {most, most, -inf}, {most, -most}, {-most, most, most, most},
		{most, 0x1p970}, {-most, -0x1p970, 0x1p930}, {most, -0x1p970, most},
		{most, 0x1p969, 0x1p969, 0x1p969}, // each vanishes in a plain loop, all together overflow
		{most, most, most, -most, -most, -most}, {most, most, inf, -most}, {most, most, -most, -most, 5e-324, -5e-324},
	} {
		check(terms)
	}
	for range 300 {
		terms := make([]float64, 1+r.IntN(6))
		for i := range terms {
			terms[i] = []float64{inf, -inf, nan, most, -most, most, -most, 1, -1, 0}[r.IntN(10)]
		}
		check(terms)
	}
}

// A sum of nothing but zeros, or in which all cancels, is +0.
func TestSumOfZerosIsPlusZero(t *testing.T) {
	for _, k := range available() {
		for _, terms := range [][]float64{{minusZero}, {minusZero, minusZero}, {0, minusZero}, {1, -1}, {-1, 1, minusZero}, {1, 0x1p-80, -1, -0x1p-80}} {
			sum := Sum{Hi: make([]float64, 9), Lo: make([]float64, 9)}
			for _, v := range terms {
				x := make([]float64, 9)
				for i := range x {
					x[i] = v
				}
				sum.add(k, 0, x)
			}
			for i := range sum.Hi {
				if !same(sum.Hi[i], 0) {
					t.Errorf("%s: %v sum to %v", k.name, terms, sum.Hi[i])
				}
			}
		}
	}
}

// Different elements can be added to at the same time, also those whose sums are the first to pass 1.8e308.
func TestAddAtTheSameTime(t *testing.T) {
	const parts, size = 8, 1000
	x := fill(newRand(), parts*size, func(r *rand.Rand) float64 { return between(r, 1021, 1024) })
	y := fill(newRand(), parts*size, func(r *rand.Rand) float64 { return between(r, 1021, 1024) })
	terms := [][]float64{x, y, x, y}
	want := Sum{Hi: make([]float64, parts*size), Lo: make([]float64, parts*size)}
	for _, term := range terms {
		want.Add(0, term)
	}
	got := Sum{Hi: make([]float64, parts*size), Lo: make([]float64, parts*size)}
	var wg sync.WaitGroup
	for part := range parts {
		wg.Go(func() {
			for _, term := range terms {
				got.Add(part*size, term[part*size:][:size])
			}
		})
	}
	wg.Wait()
	if want.Round() != got.Round() || !slices.Equal(got.Hi, want.Hi) || !slices.Equal(got.Lo, want.Lo) {
		t.Error("another sum")
	}
}

// Sums that are beyond the range of a double, among others that are not, are the same in vectors and one by one, also where a
// term makes some of them infinite or NaN, and where terms bring them back.
func TestWideSumsInVectors(t *testing.T) {
	const n = 2000 // more than are scaled at a time
	r := newRand()
	terms := make([][]float64, 6)
	for i := range terms {
		terms[i] = make([]float64, n)
		for j := range terms[i] {
			x := math.MaxFloat64 * (0.5 + r.Float64()/2)
			switch {
			case i >= 4: // back
				x = -x
			case j%600 < 30 && r.IntN(2) == 0: // not all are wide
				x = r.Float64()
			case i == 3 && r.IntN(300) == 0:
				x = []float64{math.Inf(1), math.Inf(-1), math.NaN(), 0x1p-1070}[r.IntN(4)]
			}
			terms[i][j] = x
		}
	}
	for _, k := range available() {
		all := Sum{Hi: make([]float64, n), Lo: make([]float64, n)}
		for _, x := range terms {
			all.add(k, 0, x)
		}
		wide := 0
		for j := range n {
			if all.wide.Load().is[j] {
				wide++
			}
		}
		if wide < n/2 || wide == n {
			t.Fatalf("%s: %d sums are wide", k.name, wide)
		}
		all.Round()
		for j := range n {
			one := Sum{Hi: make([]float64, 1), Lo: make([]float64, 1)}
			for _, x := range terms {
				one.add(goKernel, 0, x[j:j+1])
			}
			one.Round()
			if !same(all.Hi[j], one.Hi[0]) || all.Lo[j] != one.Lo[0] {
				t.Fatalf("%s: sum %d is %v + %v, want %v + %v", k.name, j, all.Hi[j], all.Lo[j], one.Hi[0], one.Lo[0])
			}
		}
	}
}
