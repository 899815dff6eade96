package blas

import (
	"context"
	"math"
)

// dotPanels is how many panels of a scalar product are summed side by side. A panel's sum is a chain, in which each
// term waits for the one before it.
const dotPanels = 4

// A dotBlock is what they take of a vector.
type dotBlock = [dotPanels * Panel]float64

// isDot reports whether c is a row times one column or two, which lie contiguous and are at least two panels long. A complex
// column makes two.
func isDot(c Matrix, a, b operand) bool {
	return c.Rows == 1 && c.Cols <= 2 && !a.trans && b.trans && a.cols >= 2*Panel
}

// dot computes c, for [isDot].
func (m *tiled) dot(ctx *watched, c Matrix, a, b operand, progress func(int64)) error {
	const n = dotPanels * Panel
	x, y := m.workers[0].packedA[:n], m.workers[0].packedA[n:]
	var sums [2]float64
	ctx.read(func() {
		for k := 0; k < a.cols && ctx.Err() == nil; k += n {
			depth := min(n, a.cols-k)
			row := a.View(0, k, 1, depth).convert(x).Data[:depth]
			columns := b.View(k, 0, depth, c.Cols).convert(y)
			for j := range c.Cols {
				column := columns.Data[j*columns.Stride:][:depth]
				if depth == n {
					for _, s := range dotsOf((*dotBlock)(row), (*dotBlock)(column)) {
						sums[j] += s
					}
					continue
				}
				for i := 0; i < depth; i += Panel {
					sums[j] += chain(row[i:min(i+Panel, depth)], column[i:])
				}
			}
			if progress != nil {
				progress(int64(depth * c.Cols))
			}
		}
	})
	copy(c.Data[:c.Cols], sums[:])
	return context.Cause(ctx)
}

// dotsInGo returns the chains of a block's panels.
func dotsInGo(x, y *dotBlock) (sums [dotPanels]float64) {
	for i := range sums {
		sums[i] = chain(x[i*Panel:][:Panel], y[i*Panel:])
	}
	return sums
}

// chain returns a panel's chain, or that of a part. It is compiled once, so that test/fused_test.go can count its FMAs.
//
//go:noinline
func chain(x, y []float64) (s float64) {
	for k, v := range x {
		s = math.FMA(v, y[k], s)
	}
	return s
}
