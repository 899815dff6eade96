package ddsum

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// norm is that of a matrix, block by block.
func norm(k kernel, x []float64) float64 {
	var blocks []Squares
	for len(x) > 0 {
		n := min(Block, len(x))
		blocks = append(blocks, Squares{DD: k.squares(x[:n])})
		x = x[n:]
	}
	return NormOf(blocks).Value
}

// The norm of what can be checked by hand, and of Inf, NaN and what overflows.
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
	if got := NormOf([]Squares{{DD: DD{Hi: 0x1p1023}}, {DD: DD{Hi: 0x1p1023}}, {DD: DD{Hi: 1}}}).Value; got != inf {
		t.Errorf("blocks that overflow together: %v", got)
	}
}

// The norm is the exact one, rounded once.
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

// A norm of 0 or Inf is void where the matrix is neither 0 nor infinite.
func TestVoidNorms(t *testing.T) {
	const most = math.MaxFloat64
	ordinary := []float64{0, 1, -2}
	for _, c := range []struct {
		blocks [][]float64
		want   Norm
	}{
		{nil, Norm{0, false}},
		{[][]float64{{0, minusZero}, {0}}, Norm{0, false}},
		{[][]float64{{0, 1e-200}, {0}}, Norm{0, true}},
		{[][]float64{{0}, {-5e-324}}, Norm{0, true}},
		{[][]float64{{1e-200}, ordinary}, Norm{math.Sqrt(5), false}},
		{[][]float64{{1e200}, ordinary}, Norm{inf, true}},
		{[][]float64{{1e200}, {1e-200}}, Norm{inf, true}},
		{[][]float64{{most, most}, {-most}}, Norm{inf, true}},
		{[][]float64{{1.3e154}, {1.3e154}}, Norm{inf, true}}, // no block overflows
		{[][]float64{{inf}, ordinary}, Norm{inf, false}},
		{[][]float64{{most, -inf}, ordinary}, Norm{inf, false}},
		{[][]float64{{most}, {-inf}}, Norm{inf, false}},
		{[][]float64{{nan}, {1e-200}}, Norm{nan, false}},
		{[][]float64{{most, nan}}, Norm{nan, false}},
		{[][]float64{{most}, {nan}}, Norm{nan, false}},
	} {
		var blocks []Squares
		for _, x := range c.blocks {
			blocks = append(blocks, SquaresOf(x))
		}
		if got := NormOf(blocks); !same(got.Value, c.want.Value) || got.Void != c.want.Void {
			t.Errorf("%v: %v, want %v", c.blocks, got, c.want)
		}
	}
}
