package ddsum

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// available are the kernels that can run here. The Go one, which defines the bits, is the last.
func available() []kernel {
	var ks []kernel
	for _, k := range kernels() {
		if k.available {
			ks = append(ks, k)
		}
	}
	return ks
}

var (
	inf       = math.Inf(1)
	nan       = math.NaN()
	minusZero = math.Copysign(0, -1)

	specials = []float64{0, minusZero, inf, -inf, nan, math.MaxFloat64, -math.MaxFloat64, 0x1p970, -0x1p969,
		math.SmallestNonzeroFloat64, -math.SmallestNonzeroFloat64, 0x1p-1022, 0x1.fffffffffffffp-1023, 1, -1}
)

func newRand() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

// between returns a double with a random significand and sign, and an exponent in [lo, hi).
func between(r *rand.Rand, lo, hi int) float64 {
	return math.Ldexp(1+r.Float64(), lo+r.IntN(hi-lo)) * float64(2*r.IntN(2)-1)
}

// anything returns any double at all: often a special one, else of any magnitude, denormals included.
func anything(r *rand.Rand) float64 {
	if r.IntN(8) == 0 {
		return specials[r.IntN(len(specials))]
	}
	if r.IntN(2) == 0 {
		return between(r, -60, 60) // near enough to each other to interact
	}
	return between(r, -1074, 1024)
}

func fill(r *rand.Rand, n int, f func(*rand.Rand) float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = f(r)
	}
	return x
}

// same reports equal bits, or two NaNs.
func same(a, b float64) bool {
	return math.Float64bits(a) == math.Float64bits(b) || a != a && b != b
}

func lengths() []int {
	ns := []int{255, 1023, 4099, Block - 1}
	for n := range 71 {
		ns = append(ns, n)
	}
	return ns
}

// canary is the NaN that stands around a slice. Nothing computed has its payload.
const canary = 0x7ff8_dead_beef_cafe

// fence copies x to the middle of a larger array of canaries, of which intact says that they live.
func fence(x []float64) (fenced []float64, intact func() bool) {
	const margin = 17 // odd, so that a vector never is aligned
	buf := make([]float64, len(x)+2*margin)
	for i := range buf {
		buf[i] = math.Float64frombits(canary)
	}
	fenced = buf[margin : margin+len(x) : margin+len(x)]
	copy(fenced, x)
	return fenced, func() bool {
		for i, v := range buf {
			if inside := i >= margin && i < margin+len(x); !inside && math.Float64bits(v) != canary {
				return false
			}
		}
		return true
	}
}

func TestAddHasOneResult(t *testing.T) {
	for _, k := range available() {
		t.Run(k.name, func(t *testing.T) {
			r := newRand()
			for _, n := range lengths() {
				hi, lo := make([]float64, n), make([]float64, n)
				fhi, hiIntact := fence(hi)
				flo, loIntact := fence(lo)
				for step := range 12 {
					x := fill(r, n, anything)
					fx, xIntact := fence(x)
					addGo(hi, lo, x)
					k.add(fhi, flo, fx)
					for i := range n {
						if !same(fhi[i], hi[i]) || !same(flo[i], lo[i]) {
							t.Fatalf("length %d, step %d, element %d, after adding %v: got %v + %v, definition %v + %v",
								n, step, i, x[i], fhi[i], flo[i], hi[i], lo[i])
						}
						if !same(fx[i], x[i]) {
							t.Fatalf("length %d: x[%d] was changed", n, i)
						}
					}
					if !hiIntact() || !loIntact() || !xIntact() {
						t.Fatalf("length %d: wrote outside of a slice", n)
					}
				}
			}
		})
	}
}

func TestSquaresHasOneResult(t *testing.T) {
	inputs := map[string]func(*rand.Rand) float64{
		"finite squares": func(r *rand.Rand) float64 { return between(r, -70, 70) },
		"small squares":  func(r *rand.Rand) float64 { return between(r, -560, -480) },
		"large squares":  func(r *rand.Rand) float64 { return between(r, 480, 507) },
		"a few overflow": func(r *rand.Rand) float64 { return between(r, 400, 512) },
		"anything":       anything,
		"rarely a NaN or Inf": func(r *rand.Rand) float64 {
			if r.IntN(500) == 0 {
				return specials[r.IntN(len(specials))]
			}
			return r.NormFloat64()
		},
	}
	for _, k := range available() {
		for name, f := range inputs {
			t.Run(k.name+"/"+name, func(t *testing.T) {
				r := newRand()
				for _, n := range append(lengths(), Block) {
					x, intact := fence(fill(r, n, f))
					got, want := k.squares(x), squaresGo(x)
					if !same(got.Hi, want.Hi) || !same(got.Lo, want.Lo) {
						t.Fatalf("length %d: got %v, definition %v", n, got, want)
					}
					if !intact() {
						t.Fatalf("length %d: wrote outside of the slice", n)
					}
				}
			})
		}
	}
}

// A lane overflows in h = s + e although s is finite: as in a plain loop, s is what counts.
func TestSquaresKeepAFiniteSum(t *testing.T) {
	x := make([]float64, 4*numLanes)
	x[0] = 0x1.fffffffffffffp511         // its square lacks an ulp to MaxFloat64,
	x[numLanes] = math.Sqrt(0x1p971)     // this is that ulp,
	x[2*numLanes] = math.Sqrt(0x1.cp969) // and a plain loop drops this
	x[3*numLanes] = math.Sqrt(0x1.cp969) // and this, but together they would be an ulp more
	for _, k := range available() {
		if got, want := k.squares(x), (DD{math.MaxFloat64, 0}); got != want {
			t.Errorf("%s: got %v, want %v", k.name, got, want)
		}
	}
}

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
						got := make([]float64, n)
						Round(got, hi, lo)
						for j := range n {
							if got[j] != want[j] {
								t.Fatalf("%s, groups of %d: element %d is %v, exactly rounded %v", k.name, group, j, got[j], want[j])
							}
							if got[j] != hi[j] {
								t.Fatalf("%s: element %d: hi = %v is not rounded, %v is", k.name, j, hi[j], got[j])
							}
						}
					}
				}
			}
		})
	}
}

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

func TestRoundRoundsOnce(t *testing.T) {
	hi := []float64{1, 1, 1, 1, -2, 0x1p-1074, minusZero, 0, inf, nan}
	lo := []float64{0x1p-53, 0x1.8p-53, -0x1p-54, 1, 0x1.8p-54, 0x1p-1074, 0, minusZero, 0, 0}
	want := []float64{1, 0x1.0000000000001p0, 1, 2, -2, 0x1p-1073, 0, 0, inf, nan}
	for _, place := range []string{"elsewhere", "hi", "lo"} {
		hi, lo, dst := slices.Clone(hi), slices.Clone(lo), make([]float64, len(hi))
		switch place {
		case "hi":
			dst = hi
		case "lo":
			dst = lo
		}
		Round(dst, hi, lo)
		for i := range dst {
			if !same(dst[i], want[i]) {
				t.Errorf("into %s: element %d is %v, want %v", place, i, dst[i], want[i])
			}
		}
	}
}

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
			Round(x, hi, lo)
			for i, got := range x {
				if finite := plain-plain == 0; !finite && !same(got, plain) || finite && got-got != 0 {
					t.Errorf("%s: %v, element %d: %v, plain loop %v", k.name, terms, i, got, plain)
				}
				if hi[i]-hi[i] != 0 && lo[i] != 0 {
					t.Errorf("%s: %v, element %d: %v with lo = %v", k.name, terms, i, hi[i], lo[i])
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
			Round(hi, hi, lo)
			for i := range hi {
				if !same(hi[i], 0) {
					t.Errorf("%s: %v sum to %v", k.name, terms, hi[i])
				}
			}
		}
	}
}

// norm is that of a matrix, block by block.
func norm(k kernel, x []float64) float64 {
	var blocks []DD
	for len(x) > 0 {
		n := min(Block, len(x))
		blocks = append(blocks, k.squares(x[:n]))
		x = x[n:]
	}
	return Norm(blocks)
}

func TestNormOfFewElements(t *testing.T) {
	const most = math.MaxFloat64
	for _, c := range []struct {
		x    []float64
		want float64
	}{
		{nil, 0},
		{[]float64{0, minusZero}, 0},
		{[]float64{3, 4}, 5},
		{[]float64{-3, 4, 0}, 5},
		{[]float64{1, 1}, math.Sqrt2},
		{[]float64{0.1}, 0.1},
		{[]float64{0x1.0000001p0, 0x1p-60}, 0x1.0000001p0},
		{[]float64{3e153, 4e153}, 5e153},
		{[]float64{1e200}, inf}, // as numpy: nothing is scaled
		{[]float64{1e154, 1e154}, inf},
		{[]float64{1e-200, 1e-200}, 0},
		{[]float64{inf, 1}, inf},
		{[]float64{1, -inf}, inf},
		{[]float64{1, nan}, nan},
		{[]float64{inf, nan}, nan},
		{[]float64{nan, most}, nan},
		{[]float64{most, -most}, inf},
	} {
		for _, k := range available() {
			spread := make([]float64, 3*numLanes+5)
			for i, v := range c.x {
				spread[i*(numLanes+1)] = v // in different lanes of different vectors
			}
			for _, x := range [][]float64{c.x, spread} {
				if got := norm(k, x); !same(got, c.want) {
					t.Errorf("%s: norm of %v, %d elements: %v, want %v", k.name, c.x, len(x), got, c.want)
				}
			}
		}
	}
	if got := Norm([]DD{{0x1p1023, 0}, {0x1p1023, 0}, {1, 0}}); got != inf {
		t.Errorf("blocks that overflow together: %v", got)
	}
}

func TestNormIsTheNearestDouble(t *testing.T) {
	r := newRand()
	sizes := []int{1, 33, 1000, Block, Block + 1, 3*Block + 77}
	for n := range 300 {
		sizes = append(sizes, 2+n%5) // few enough that a square rounded too early shows
	}
	for _, n := range sizes {
		for _, e := range []int{1, 30, 300} {
			x := fill(r, n, func(r *rand.Rand) float64 { return between(r, -e, e) })
			exact := new(big.Float).SetPrec(2200)
			for _, v := range x {
				b := new(big.Float).SetPrec(2200).SetFloat64(v)
				exact.Add(exact, b.Mul(b, b))
			}
			exact.SetPrec(300) // more would take seconds to root
			want, _ := exact.Sqrt(exact).Float64()
			for _, k := range available() {
				if got := norm(k, x); got != want {
					t.Errorf("%s: %d elements of magnitude 2^±%d: norm %v, exactly rounded %v", k.name, n, e, got, want)
				}
			}
		}
	}
}

// The values of Block and numLanes are part of the definition: norms in archived outputs depend on
// them, if only in the error term.
func TestSquaresHaveAFixedOrder(t *testing.T) {
	x := fill(newRand(), Block, func(r *rand.Rand) float64 { return between(r, -8, 8) })
	want := DD{}
	lane := [32]DD{}
	for i, v := range x {
		p := float64(v * v)
		lane[i%32] = lane[i%32].plus(p, math.FMA(v, v, -p))
	}
	for _, l := range lane {
		want = want.plus(l.Hi, l.Lo)
	}
	if got := Squares(x); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestPanics(t *testing.T) {
	three, four := make([]float64, 3), make([]float64, 4)
	for want, f := range map[string]func(){
		"lengths differ: 3, 4, 4":     func() { Add(three, four, four) },
		"lengths differ: 4, 3, 4":     func() { Add(four, three, four) },
		"lengths differ: 4, 4, 3":     func() { Add(four, four, three) },
		"lengths differ: 3, 4, 3":     func() { Round(three, four, three) },
		"lengths differ: 3, 3, 4":     func() { Round(three, three, four) },
		"32769 elements, more than a": func() { Squares(make([]float64, Block+1)) },
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, want) {
					t.Errorf("panic %q, want %q", got, want)
				}
			}()
			f()
		}()
	}
}

func TestNothingIsAllocated(t *testing.T) {
	hi, lo, x := make([]float64, 1003), make([]float64, 1003), make([]float64, 1003)
	blocks := make([]DD, 3)
	for _, k := range available() {
		if n := testing.AllocsPerRun(10, func() {
			k.add(hi, lo, x)
			blocks[0] = k.squares(x)
		}); n != 0 {
			t.Errorf("%s: %v allocations", k.name, n)
		}
	}
	if n := testing.AllocsPerRun(10, func() {
		Add(hi, lo, x)
		Round(hi, hi, lo)
		blocks[0] = Squares(x)
		blocks[1].Hi = Norm(blocks)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

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
					k.add(hi, lo, x)
				}
				perElement(b, n, 40)
			})
		}
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

func BenchmarkRound(b *testing.B) {
	hi, lo := make([]float64, Block), make([]float64, Block)
	for b.Loop() {
		Round(hi, hi, lo)
	}
	perElement(b, Block, 24)
}
