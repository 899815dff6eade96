package blas

import (
	"math"

	"matpool/elem"
)

// Define computes C = A·B by the definition of the product and nothing else:
// slow, and right on every machine. It panics as [Multiplier].Mul does.
func Define(c Matrix, a, b Factor) {
	checkProduct(c, a, b)
	x, y := defineReal(a, b)
	for i := range c.Rows {
		row := make([]float64, c.Cols)
		for p := 0; p < x.Cols; p += Panel {
			sums := make([]float64, c.Cols)
			for k := p; k < min(p+Panel, x.Cols); k++ {
				xik := x.At(i, k)
				for j, ykj := range y.Data[k*y.Cols:][:y.Cols] {
					sums[j] = math.FMA(xik, ykj, sums[j])
				}
			}
			for j, s := range sums {
				row[j] += s
			}
		}
		for j, cij := range row {
			c.Data[c.index(i, j)] = cij
		}
	}
}

// defineReal returns the real matrices whose product is that of a and b.
func defineReal(a, b Factor) (x, y Matrix) {
	rowsA, colsA, rowsB, colsB := 1, a.Type.Parts(), a.Type.Parts(), Parts(a.Type, b.Type)
	x, y = newMatrix(rowsA*a.Rows, colsA*a.Cols), newMatrix(rowsB*b.Rows, colsB*b.Cols)
	for i := range a.Rows {
		for k := range a.Cols {
			copy(x.Data[i*x.Stride+k*colsA:], a.at(i, k))
		}
	}
	for k := range b.Rows {
		for j := range b.Cols {
			v := b.at(k, j)
			if rowsB == 2 && len(v) == 1 {
				v = append(v, 0)
			}
			copy(y.Data[rowsB*k*y.Stride+j*colsB:], v)
			if rowsB == 2 {
				re, im := v[0], v[1]
				minus := -im
				if !b.Type.IsComplex() {
					minus = 0
				}
				copy(y.Data[(2*k+1)*y.Stride+j*colsB:], []float64{minus, re})
			}
		}
	}
	return x, y
}

func newMatrix(rows, cols int) Matrix { return Dense(rows, cols, make([]float64, rows*cols)) }

// at returns value (i, j) as a float64, or as two, re and im.
func (f Factor) at(i, j int) []float64 {
	if f.Trans {
		i, j = j, i
	}
	size := f.Type.Size()
	v := make([]float64, f.Type.Parts(), 2)
	elem.ToFloat64(v, f.Data[(i*f.Stride+j)*size:][:size], f.Type, f.Swap)
	return v
}
