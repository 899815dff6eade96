package ddsum

import (
	"fmt"
	"math"
	"math/rand/v2"
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

func TestPanics(t *testing.T) {
	three, four := make([]float64, 3), make([]float64, 4)
	for want, f := range map[string]func(){
		"4 elements from 0 on, to 3 and 3":  func() { (&Sum{Hi: three, Lo: three}).Add(0, four) },
		"3 elements from 2 on, to 4 and 4":  func() { (&Sum{Hi: four, Lo: four}).Add(2, three) },
		"3 elements from -1 on, to 4 and 4": func() { (&Sum{Hi: four, Lo: four}).Add(-1, three) },
		"3 elements from 0 on, to 4 and 3":  func() { (&Sum{Hi: four, Lo: three}).Add(0, three) },
		"32769 elements, more than a":       func() { SquaresOf(make([]float64, Block+1)) },
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
	s, x := Sum{Hi: make([]float64, 1003), Lo: make([]float64, 1003)}, make([]float64, 1003)
	blocks := make([]Squares, 3)
	for _, k := range available() {
		if n := testing.AllocsPerRun(10, func() {
			s.add(k, 0, x)
			blocks[0].DD = k.squares(x)
		}); n != 0 {
			t.Errorf("%s: %v allocations", k.name, n)
		}
	}
	if n := testing.AllocsPerRun(10, func() {
		s.Add(0, x)
		s.Round()
		blocks[0] = SquaresOf(x)
		blocks[1].Hi = NormOf(blocks).Value
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
