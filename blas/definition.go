package blas

import "math"

// Define computes C = A·B by the definition of the product and nothing else:
// slow, and right on every machine. It panics as [Multiplier].Mul does.
func Define(c, a, b Matrix) {
	checkProduct(c, a, b)
	for i := range c.Rows {
		for j := range c.Cols {
			sum := 0.0
			for p := 0; p < a.Cols; p += Panel {
				s := 0.0
				for k := p; k < min(p+Panel, a.Cols); k++ {
					s = math.FMA(a.At(i, k), b.At(k, j), s)
				}
				sum += s
			}
			c.Data[c.index(i, j)] = sum
		}
	}
}
