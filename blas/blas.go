// Package blas multiplies matrices of all of numpy's numeric types, with the same bits everywhere.
//
// There is one product, of float64s, and everything else is made of it. It has a
// definition that leaves nothing to the processor, the number of threads or the
// implementation. Each element of C = A·B starts as +0, and for each panel of [Panel]
// values of k, in order,
//
//	s ← +0;  s ← fma(a[i,k], b[k,j], s) for each k of the panel, in order;  c[i,j] ← c[i,j] + s
//
// where fma rounds once. [Define] is this definition, word for word; everything
// fast is tested against it for equality of bits. A NaN is a NaN: its payload is
// not promised. The rounding error is that of any conventional product,
// |C − AB| ≤ γₖ|A||B| with γₖ = ku/(1−ku), u = 2⁻⁵³ (Higham, Accuracy and
// Stability of Numerical Algorithms, 2nd ed., section 3.5).
//
// Other types, of which [Matmul] makes what np.matmul does:
//
//   - float16, float32, and integers that meet floats: each value becomes a float64, exactly
//     but for 64-bit integers beyond 2⁵³, which are rounded as numpy rounds them. If the
//     result's type is shorter than float64, each element is rounded to it once: the error is
//     half a unit in its last place, and γₖ|A||B| as above. Numpy adds in the short type.
//   - Complex numbers: a complex M×K matrix in C order is a real M×2K one as it lies. C = A·B is
//     the real product A·B′, where rows 2k and 2k+1 of the 2K×2N matrix B′ are (re, im) and
//     (−im, re) of row k of B, so a panel has 128 complex terms. If A is real, B is taken as it
//     lies; if B is real, its im is 0, and so is −im. The bound is γ₂ₖ|A′||B′| for re and for
//     im each; where A is real, γₖ. An infinite part of B meets a real A in that part alone: [[1]]·[[∞+0i]] is ∞+0i. Numpy
//     makes A complex first, and 0·∞ a NaN: ∞+NaN·i, as both do if B is the real one.
//   - Integers: exact, modulo 2ⁿ. Where no sum can come to 2⁵³ the product of float64s is exact;
//     elsewhere there are loops over 64-bit integers. Booleans: the bits of words.
//
// What is not a float64 in the machine's byte order becomes one block by block, either while the block is
// packed for the kernels or in a buffer that they read as it is. So there is no second copy of a matrix. (Only the second
// factor of a product of booleans is packed as a whole, 64 values a word.)
//
// Note: there is no alpha and no beta, nor a form that adds to C. Nothing here needs
// them, and the kernels of BLAS libraries round them differently. And there is no product of float32s: theirs
// runs at the rate of float64s, half of what sgemm can do, which reading and writing hide at the sizes of jobs.
package blas

import "fmt"

// Panel is the number of values of k that are summed before they are added to C.
// It is part of the definition of a product: another value gives other bits. 256 is the largest depth that
// none of OpenBLAS's kernels with FMA splits, so that called panel by panel, each gives the same bits; with
// shallower panels, C is read and written more often.
const Panel = 256

// A Matrix is a view of Rows×Cols float64s in a slice. Element (i, j) is
// Data[i*Stride+j], or Data[j*Stride+i] where Trans is set, so that a matrix in
// Fortran order is a transposed view. What lies between the rows is never read
// nor written.
type Matrix struct {
	Rows, Cols int
	Data       []float64
	Stride     int
	Trans      bool
}

// Dense returns the rows×cols matrix that data holds row by row.
func Dense(rows, cols int, data []float64) Matrix {
	return Matrix{Rows: rows, Cols: cols, Data: data, Stride: max(cols, 1)}
}

// T returns the transposed view.
func (m Matrix) T() Matrix {
	m.Rows, m.Cols, m.Trans = m.Cols, m.Rows, !m.Trans
	return m
}

// At returns element (i, j).
func (m Matrix) At(i, j int) float64 { return m.Data[m.index(i, j)] }

func (m Matrix) index(i, j int) int {
	if m.Trans {
		i, j = j, i
	}
	return i*m.Stride + j
}

// View returns the rows×cols part of m whose first element is (i, j).
// It panics where the part is not inside m.
func (m Matrix) View(i, j, rows, cols int) Matrix {
	if i < 0 || j < 0 || rows < 0 || cols < 0 || rows > m.Rows-i || cols > m.Cols-j {
		panic(fmt.Sprintf("blas: a %d×%d view at (%d, %d) is not inside a %d×%d matrix", rows, cols, i, j, m.Rows, m.Cols))
	}
	v := Matrix{Rows: rows, Cols: cols, Stride: m.Stride, Trans: m.Trans}
	if rows > 0 && cols > 0 {
		v.Data = m.Data[m.index(i, j) : m.index(i+rows-1, j+cols-1)+1]
	}
	return v
}

// check panics unless the view is sound.
func (m Matrix) check(name string) {
	checkView(name, m.Rows, m.Cols, m.Stride, m.Trans, len(m.Data))
}
