// Package ddsum adds up matrices in double-double arithmetic and computes the norm of the sum.
//
// A sum is carried as an unevaluated hi + lo, about 106 bits, so its rounded value does not depend
// on the order or the grouping of the terms, unless the exact sum lies within the error bound of a
// rounding boundary (see [Sum.Add]). That holds also where sums of some of the terms are beyond the
// largest double, 1.8e308: then the sum is carried on at a smaller scale. It is infinite if the exact
// sum is beyond, or if a term is infinite; NaN if a term is, or if infinite terms have both signs. (A loop of
// plain additions gives Inf or NaN also when it passes 1.8e308 on its way, which depends on the order.)
//
// The norm is summed in one fixed order (see [SquaresOf]).
//
// The inner loops are assembly on arm64, and where the processor has AVX-512 or AVX2 with FMA. The Go code in
// this package defines their results: every kernel gives the same bits, but for a NaN's payload.
//
// Sources: the error of an addition, TwoSum, is Knuth's (The Art of Computer Programming, vol. 2,
// 4.2.2, theorem B) and FastTwoSum Dekker's (Numer. Math. 18, 1971, 224–242). Ogita, Rump & Oishi
// (Accurate sum and dot product, SIAM J. Sci. Comput. 26(6), 2005, 1955–1988) sum with them; Joldes,
// Muller & Popescu (ACM Trans. Math. Softw. 44(2), 2017, article 15res) prove the bound of one step,
// their algorithm 4.
package ddsum

import "math"

// A DD is the unevaluated sum Hi + Lo, where Hi is that sum rounded to double. The zero value is 0.
type DD struct{ Hi, Lo float64 }

// step returns d + (x + y), where |y| is at most half an ulp of x, and its first approximation s, d.Hi + x.
// This is the one operation that everything here is made of; no line of it may be simplified algebraically.
func (d DD) step(x, y float64) (sum DD, s float64) {
	s = d.Hi + x // TwoSum: s + e = d.Hi + x exactly
	b := s - d.Hi
	e := (d.Hi - (s - b)) + (x - b)
	e += d.Lo
	e += y
	h := s + e // FastTwoSum: h + (e − (h − s)) = s + e exactly
	return DD{h, e - (h - s)}, s
}

// plus is step where a sum may overflow: if the result is not finite, it is d.Hi + x. Without that rule Inf
// would turn into NaN, since the error of an infinite sum is Inf − Inf.
func (d DD) plus(x, y float64) DD {
	sum, s := d.step(x, y)
	if !finite(sum.Hi) {
		return DD{s, 0}
	}
	return sum
}

// A kernel is one implementation of the inner loops. Its callers check the lengths.
type kernel struct {
	name      string
	available bool
	add       func(hi, lo, x []float64, scale float64) (n int) // see addGo
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

// addGo adds x·scale, which rounds, to hi + lo, element by element, up to one at which the sum of finite numbers is not
// finite, or one shortly before that. It returns how many elements that are.
func addGo(hi, lo, x []float64, scale float64) (n int) {
	hi, lo = hi[:len(x)], lo[:len(x)]
	for i, v := range x {
		v = float64(v * scale) // the conversion forbids to fuse the product into a sum
		d := DD{hi[i], lo[i]}
		sum, first := d.step(v, 0)
		switch {
		case finite(sum.Hi):
		case finite(d.Hi) && finite(v):
			return i
		default:
			sum = DD{first, 0}
		}
		hi[i], lo[i] = sum.Hi, sum.Lo
	}
	return len(x)
}

func finite(x float64) bool { return x-x == 0 }

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
