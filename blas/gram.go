package blas

import (
	"context"
	"fmt"

	"matpool/internal/base/each"
)

// Gram computes the Gram matrix XᵀX of real numbers as [Matmul] does Xᵀ·X, with the same
// values, but with half the multiplications. The memory must have x.Cols² float64s.
//
// It panics if X is complex. Note: for complex X it is XᴴX that is called the Gram matrix, and
// XᵀX that is symmetric.
func Gram(ctx context.Context, m Multiplier, memory []float64, x Factor, progress func(multiplications int64)) ([]byte, error) {
	return valuesOf(ctx, m, memory, x.T(), x, true,
		func(c Matrix, _ int) error { return m.Gram(ctx, c, x, progress) },
		func(c []int64) error {
			checkGram(Dense(x.Cols, x.Cols, memory), x)
			err := m.inGo().multiplyIntegers(ctx, c, x.T(), x, true, progress)
			if err == nil {
				mirror(m.Threads(), c, x.Cols, x.Cols)
			}
			return err
		},
		func(c []byte) error {
			checkGram(Dense(x.Cols, x.Cols, memory), x)
			err := m.inGo().multiplyBooleans(ctx, c, x.T(), x, nil)
			if err == nil && progress != nil {
				progress(GramMultiplications(x.Rows, x.Cols))
			}
			return err
		})
}

// GramMultiplications returns the number of multiplications in the Gram matrix of a k×cols
// matrix, by which progress is counted: those of the upper triangle.
func GramMultiplications(k, cols int) int64 { return int64(k) * (int64(cols) * int64(cols+1) / 2) }

// checkGram panics unless c ← xᵀx has sense.
func checkGram(c Matrix, x Factor) {
	if x.Type.IsComplex() {
		panic(fmt.Sprintf("blas: a Gram matrix of %v", x.Type))
	}
	checkProduct(c, x.T(), x)
}

// Gram implements [Multiplier].
func (m *tiled) Gram(ctx context.Context, c Matrix, x Factor, progress func(int64)) error {
	checkGram(c, x)
	y := plain(x)
	c, a, b, done := prepare(c, y.T(), y)
	if done {
		return nil
	}
	w := watch(ctx, x)
	defer w.end()
	var err error
	switch (task{m: m, n: 1, a: x.T(), b: x, c: c, x: a, y: b, gram: true}).path() {
	case dot:
		err = m.dot(w, c, a, b, nil)
	case bothHalves:
		err = m.multiply(w, c, a, b, nil)
	default:
		if err := m.multiplyUpper(w, c, a, b, progress); err != nil {
			return err
		}
		mirror(m.threads, c.Data, c.Cols, c.Stride)
		return nil
	}
	if err == nil && progress != nil {
		progress(GramMultiplications(a.cols, c.Cols))
	}
	return err
}

// narrowGram is the largest number of columns of X for which the whole of XᵀX is computed: to pack Xᵀ takes longer.
const narrowGram = 8

// multiplyUpper computes at least those elements of c = a·b that are not below its diagonal. c
// lies row by row, and nothing is empty.
func (m *tiled) multiplyUpper(ctx *watched, c Matrix, a, b operand, progress func(int64)) error {
	p := newProduct(ctx, m, c, a, b)
	p.progress, p.upper = progress, true
	p.directA = false // a strip's rows are any number
	if c.Cols <= blockCols && m.kernel.cols%m.kernel.rows == 0 {
		p.sharedB, p.directB, p.convertedB = true, false, false
		p.unitRows = max(p.unitRows/m.kernel.cols, 1) * m.kernel.cols
	}
	return p.run()
}

// wantedRows returns how many of a number of rows, from row i of C on, are wanted
// in columns before column end: whole tiles, where only the upper triangle is wanted.
func (p *product) wantedRows(rows, i, end int) int {
	if !p.upper {
		return rows
	}
	return max(0, min(rows, roundUp(end-i, p.kernel.rows)))
}

// wanted returns how many elements of a unit are wanted, if the diagonal of C begins in the
// unit's column −diagonal.
func (p *product) wanted(rows, cols, diagonal int) int64 {
	if !p.upper {
		return int64(rows) * int64(cols)
	}
	return upperElements(rows, cols, diagonal)
}

// upperElements returns how many elements of a rows×cols part of C are not below the diagonal
// of C, which goes through the part's elements (i, i−diagonal).
func upperElements(rows, cols, diagonal int) (n int64) {
	for j := range cols {
		n += int64(max(0, min(rows, diagonal+j+1)))
	}
	return n
}

// mirrorBlock is the size of the squares that are mirrored at a time: two of them fit the L1 cache.
const mirrorBlock = 32

// mirror copies what is above the diagonal of c, n×n values row by row, to below it.
func mirror[T float64 | int64](threads int, c []T, n, stride int) {
	if n*n < smallProduct {
		threads = 1
	}
	each.Number(threads, ceilDiv(n, mirrorBlock), func(block int) {
		i := block * mirrorBlock
		for j := 0; j <= i; j += mirrorBlock {
			mirrorSquare(c, i, j, min(i+mirrorBlock, n), stride)
		}
	})
}

// mirrorSquare sets the elements (i, j) of c in rows from first to end, and in the columns from
// another number on, that are below the diagonal.
func mirrorSquare[T float64 | int64](c []T, first, firstCol, end, stride int) {
	for i := first; i < end; i++ {
		row := c[i*stride:][:min(i, firstCol+mirrorBlock)]
		for j := firstCol; j < len(row); j++ {
			row[j] = c[j*stride+i]
		}
	}
}
