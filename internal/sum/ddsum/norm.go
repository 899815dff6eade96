package ddsum

import (
	"fmt"
	"math"
)

// Block is the number of elements whose squares are summed as one unit. It is part of the norm's
// definition: another value means other last bits.
const Block = 1 << 15

// Squares are Σ x² of a block of a matrix.
type Squares struct {
	DD
	nonzero  bool // the sum is 0, though not all elements are
	overflow bool // the sum is infinite, though no element is infinite or NaN
}

// A Norm is the Frobenius norm of a matrix, as numpy computes it: nothing is scaled.
type Norm struct {
	Value float64
	// Void says that Value is 0 or Inf only because the squares are too small or too large: the matrix is
	// neither zero nor does it hold an Inf or a NaN. All such matrices have the same norm.
	Void bool
}

// SquaresOf returns Σ x[i]² of one block, in 32 interleaved double-double sums, element i in sum
// i mod 32, which are then added in order. Each square enters exactly, as fl(x²) and its error.
//
// A step errs by at most about 5·2⁻¹⁰⁶ of its sum, hence the result by less than 2⁻⁹² of itself.
// Squares overflow to +Inf and underflow to 0 as in numpy's norm. Elements below
// 2e-146 in magnitude lose digits, below 1.5e-162 they vanish.
//
// Note: with scaled squares every matrix would have a norm of use. But the norm is printed to be compared with
// numpy's, which is 0.0 or inf in these cases, and to print another number would look like a difference of the
// matrices. [Norm.Void] lets the programs print numpy's, and warn that it proves nothing.
//
// SquaresOf panics if x is longer than [Block].
func SquaresOf(x []float64) Squares {
	if len(x) > Block {
		panic(fmt.Sprintf("ddsum: SquaresOf: %d elements, more than a block of %d", len(x), Block))
	}
	s := Squares{DD: inUse.squares(x)}
	switch {
	case s.Hi == 0:
		for _, v := range x {
			s.nonzero = s.nonzero || v != 0
		}
	case !finite(s.Hi):
		s.overflow = true
		for _, v := range x {
			s.overflow = s.overflow && finite(v)
		}
	}
	return s
}

// NormOf returns √Σ blocks, the blocks added in order: the Frobenius norm of a matrix cut into
// consecutive blocks of [Block] elements, the last one shorter. The root is rounded once, from the
// double-double sum, so it is the nearest double to the exact norm unless that lies very close to a
// rounding boundary. No blocks give 0.
func NormOf(blocks []Squares) Norm {
	var d DD
	nonzero, infinite := false, false
	for _, b := range blocks {
		d = d.plus(b.Hi, b.Lo)
		nonzero = nonzero || b.nonzero
		infinite = infinite || !finite(b.Hi) && !b.overflow
	}
	r := math.Sqrt(d.Hi)
	switch {
	case r == 0:
		return Norm{r, nonzero}
	case !finite(r):
		return Norm{r, !infinite}
	}
	// A Newton step, with the residual exact but for its own rounding: d.Hi − r² is a double.
	return Norm{Value: r + (math.FMA(-r, r, d.Hi)+d.Lo)/(2*r)}
}
