//go:build amd64 || arm64

package ddsum

// inVectors returns addGo from assembly that adds whole groups of so many elements. Go adds the rest.
func inVectors(group int, addVectors func(hi, lo, x []float64, scale float64) int) func(hi, lo, x []float64, scale float64) int {
	return func(hi, lo, x []float64, scale float64) int {
		n := len(x) - len(x)%group
		if done := addVectors(hi[:n], lo[:n], x[:n], scale); done < n {
			return done
		}
		return n + addGo(hi[n:], lo[n:], x[n:], scale)
	}
}

// finish adds the squares of x[n:] to those of x[:n] and returns the sum.
//
// The assembly of squares leaves out plus's rule for results that are not finite: it would lengthen
// the chain of dependent operations that bounds the speed. Such a result stays in its lane to the
// end, where it is seen. Then an infinite or NaN element decides what the sum is; if there is none, the block
// is summed again by the definition.
func (l *lanes) finish(x []float64, n int) DD {
	for _, h := range l.hi {
		if finite(h) {
			continue
		}
		odd := 0.0
		for _, v := range x {
			if !finite(v) {
				odd += float64(v * v)
			}
		}
		if odd != 0 {
			return DD{odd, 0}
		}
		return squaresGo(x)
	}
	l.addSquares(x[n:])
	return l.sum()
}
