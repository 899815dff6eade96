package ddsum

import (
	"math"
	"math/rand/v2"
	"testing"
)

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

// Every kernel adds as the Go code does, which is the definition: the same bits, whatever is added, and nothing
// but the sum is written.
func TestAddHasOneResult(t *testing.T) {
	for _, k := range available() {
		t.Run(k.name, func(t *testing.T) {
			r := newRand()
			for _, n := range lengths() {
				want := Sum{Hi: make([]float64, n), Lo: make([]float64, n)}
				fhi, hiIntact := fence(want.Hi)
				flo, loIntact := fence(want.Lo)
				got := Sum{Hi: fhi, Lo: flo}
				check := func(after any) {
					t.Helper()
					for i := range n {
						if !same(got.Hi[i], want.Hi[i]) || !same(got.Lo[i], want.Lo[i]) {
							t.Fatalf("length %d, element %d, after %v: got %v + %v, definition %v + %v",
								n, i, after, got.Hi[i], got.Lo[i], want.Hi[i], want.Lo[i])
						}
					}
				}
				for step := range 12 {
					x := fill(r, n, anything)
					fx, xIntact := fence(x)
					want.add(goKernel, 0, x)
					got.add(k, 0, fx)
					check(step)
					for i := range n {
						if !same(fx[i], x[i]) {
							t.Fatalf("length %d: x[%d] was changed", n, i)
						}
					}
					if !hiIntact() || !loIntact() || !xIntact() {
						t.Fatalf("length %d: wrote outside of a slice", n)
					}
				}
				if want.Round() != got.Round() {
					t.Fatalf("length %d: one sum is beyond all doubles, the other is not", n)
				}
				check("Round")
			}
		})
	}
}

// So does every kernel that squares.
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
	if got := SquaresOf(x).DD; got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}
