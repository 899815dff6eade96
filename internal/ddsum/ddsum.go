// Package ddsum adds up matrices in double-double arithmetic and takes the norm of the sum.
//
// A sum is carried as an unevaluated hi + lo, about 106 bits, so its rounded value does not depend
// on the order or the grouping of the terms, unless the exact sum lies within the error bound of a
// rounding boundary (see [Add]). The norm is summed in one fixed order (see [Squares]).
//
// The inner loops are assembly where the processor has AVX-512 or AVX2 with FMA. The Go code in
// this file defines their results: every kernel gives the same bits, but for a NaN's payload.
//
// Sources: the error of an addition, TwoSum, is Knuth's (The Art of Computer Programming, vol. 2,
// 4.2.2, theorem B) and FastTwoSum Dekker's (Numer. Math. 18, 1971, 224–242). Ogita, Rump & Oishi
// (Accurate sum and dot product, SIAM J. Sci. Comput. 26(6), 2005, 1955–1988) sum with them; Joldes,
// Muller & Popescu (ACM Trans. Math. Softw. 44(2), 2017, article 15res) prove the bound of one step,
// their algorithm 4.
package ddsum

import (
	"fmt"
	"math"
)

// Block is the number of elements whose squares are summed as one unit. It is part of the norm's
// definition: another value means other last bits.
const Block = 1 << 15

// A DD is the unevaluated sum Hi + Lo, where Hi is that sum rounded to double. The zero value is 0.
type DD struct{ Hi, Lo float64 }

// plus returns d + (x + y), where |y| is at most half an ulp of x. This is the one operation that
// everything here is made of; no line of it may be simplified algebraically.
//
// If the result is not finite, it is d.Hi + x. Without that rule Inf would turn into NaN, since the
// error of an infinite sum is Inf − Inf.
func (d DD) plus(x, y float64) DD {
	s := d.Hi + x // TwoSum: s + e = d.Hi + x exactly
	b := s - d.Hi
	e := (d.Hi - (s - b)) + (x - b)
	e += d.Lo
	e += y
	h := s + e // FastTwoSum: h + (e − (h − s)) = s + e exactly
	if h-h != 0 {
		return DD{s, 0}
	}
	return DD{h, e - (h - s)}
}

// Add adds x to the double-double sum hi + lo, element by element:
//
//	hi + lo ← hi + lo + x
//
// A sum starts with hi and lo all zero. One step errs by at most 2⁻¹⁰⁵|hi + lo|, so a sum of p terms
// by about p·2⁻¹⁰⁵·Σ|x|. Two such sums are merged by adding one's hi and then its lo to the other,
// which makes it 2p·2⁻¹⁰⁵·Σ|x| at most, however the terms are grouped.
//
// What Add leaves in hi is the sum rounded to double, hi = fl(hi + lo). Inf, NaN and overflow come out
// in hi as in a plain loop, with lo = 0. A sum of zeros, −0 too, is +0.
//
// The slices must not overlap. Add panics if their lengths differ.
func Add(hi, lo, x []float64) {
	if len(hi) != len(x) || len(lo) != len(x) {
		panic(fmt.Sprintf("ddsum: Add: lengths differ: %d, %d, %d", len(hi), len(lo), len(x)))
	}
	inUse.add(hi, lo, x)
}

// Squares returns Σ x[i]² of one block, in 32 interleaved double-double sums, element i in sum
// i mod 32, which are then added in order. Each square enters exactly, as fl(x²) and its error.
//
// A step errs by at most about 5·2⁻¹⁰⁶ of its sum, hence the result by less than 2⁻⁹² of itself.
// Squares overflow to +Inf and underflow to 0 as in numpy's norm: nothing is scaled. Elements below
// 2e-146 in magnitude lose digits, below 1.5e-162 they vanish.
//
// Squares panics if x is longer than [Block].
func Squares(x []float64) DD {
	if len(x) > Block {
		panic(fmt.Sprintf("ddsum: Squares: %d elements, more than a block of %d", len(x), Block))
	}
	return inUse.squares(x)
}

// Norm returns √Σ blocks, the blocks added in order: the Frobenius norm of a matrix cut into
// consecutive blocks of [Block] elements, the last one shorter. The root is rounded once, from the
// double-double sum, so it is the nearest double to the exact norm unless that lies very close to a
// rounding boundary. No blocks give 0.
func Norm(blocks []DD) float64 {
	var d DD
	for _, b := range blocks {
		d = d.plus(b.Hi, b.Lo)
	}
	r := math.Sqrt(d.Hi)
	if r == 0 || r-r != 0 {
		return r
	}
	// A Newton step, with the residual exact but for its own rounding: d.Hi − r² is a double.
	return r + (math.FMA(-r, r, d.Hi)+d.Lo)/(2*r)
}

// A kernel is one implementation of the inner loops. Its callers check the lengths.
type kernel struct {
	name      string
	available bool
	add       func(hi, lo, x []float64)
	squares   func(x []float64) DD
}

// inUse is the first kernel that this processor and its operating system support. (The environment
// variable GODEBUG, as in GODEBUG=cpu.avx512=off, hides a processor's extensions.)
var inUse = firstAvailable(kernels())

func firstAvailable(ks []kernel) kernel {
	for _, k := range ks {
		if k.available {
			return k
		}
	}
	panic("ddsum: no kernel") // unreachable: the Go kernel runs everywhere
}

var goKernel = kernel{"go", true, addGo, squaresGo}

func addGo(hi, lo, x []float64) {
	hi, lo = hi[:len(x)], lo[:len(x)]
	for i := range x {
		d := DD{hi[i], lo[i]}.plus(x[i], 0)
		hi[i], lo[i] = d.Hi, d.Lo
	}
}

func squaresGo(x []float64) DD {
	var l lanes
	l.addSquares(x)
	return l.sum()
}

// Eight would do for exactness, but a step waits some 24 cycles for the one before it in its lane:
// with fewer than 32 lanes the adders would idle.
const numLanes = 32

// lanes are numLanes sums hi + lo side by side, laid out for vector registers.
type lanes struct{ hi, lo [numLanes]float64 }

func (l *lanes) addSquares(x []float64) {
	for i, v := range x {
		p := float64(v * v) // the conversion forbids the compiler to fuse the product into a sum
		d := DD{l.hi[i%numLanes], l.lo[i%numLanes]}.plus(p, math.FMA(v, v, -p))
		l.hi[i%numLanes], l.lo[i%numLanes] = d.Hi, d.Lo
	}
}

func (l *lanes) sum() DD {
	var d DD
	for j := range numLanes {
		d = d.plus(l.hi[j], l.lo[j])
	}
	return d
}
