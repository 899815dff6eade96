package blas

import (
	"context"
	"iter"

	"matpool/elem"
	"matpool/internal/base/each"
)

// Sizes of what a thread has at hand to multiply integers: a block of A and one of B, both
// intBlock×Panel, in the memory for a packed block of A. The tiles of 2×2 are what Go keeps
// in registers.
const (
	intBlock  = 64
	intRows   = 2
	intCols   = 2
	intsWidth = 8 * intBlock // columns of C that are a unit of work
)

// multiplyIntegers computes C = A·B modulo 2⁶⁴, row by row, or with upper at least what is not
// below its diagonal.
func (m *tiled) multiplyIntegers(ctx context.Context, c []int64, a, b Factor, upper bool, progress func(int64)) error {
	rows, cols := a.Rows, b.Cols
	groups := ceilDiv(cols, intsWidth)
	units := ceilDiv(rows, intBlock) * groups
	threads := m.threads
	if float64(rows)*float64(cols)*float64(a.Cols) < smallProduct {
		threads = 1
	}
	w := watch(ctx, a, b)
	defer w.end()
	each.Worker(threads, units, func(thread int, mine iter.Seq[int]) {
		w.read(func() {
			for unit := range mine {
				if w.Err() != nil {
					return
				}
				i, j := unit/groups*intBlock, unit%groups*intsWidth
				u := intUnit{i, j, min(intBlock, rows-i), min(intsWidth, cols-j), upper}
				u.multiply(w, c, a, b, intsOf(m.workers[thread].packedA), intsOf(m.workers[thread].scratch), progress)
			}
		})
	})
	return context.Cause(w)
}

// An intUnit is a part of C that one thread computes.
type intUnit struct {
	i, j, rows, cols int
	upper            bool
}

func (u intUnit) multiply(ctx context.Context, c []int64, a, b Factor, memory, scratch []int64, progress func(int64)) {
	if u.upper && u.j+u.cols <= u.i {
		return
	}
	packedA, packedB := memory[:intBlock*Panel], memory[intBlock*Panel:][:intBlock*Panel]
	x, y := plain(a), plain(b)
	stride := b.Cols
	for i := range u.rows {
		clear(c[(u.i+i)*stride+u.j:][:u.cols])
	}
	for k := 0; k < a.Cols && ctx.Err() == nil; k += Panel {
		depth := min(Panel, a.Cols-k)
		packIntegers(packedA, x.View(u.i, k, u.rows, depth).T(), intRows, scratch)
		for j := 0; j < u.cols; j += intBlock {
			cols := min(intBlock, u.cols-j)
			if u.upper && u.j+j+cols <= u.i {
				continue
			}
			packIntegers(packedB, y.View(k, u.j+j, depth, cols), intCols, scratch)
			for s := 0; s < cols; s += intCols {
				for r := 0; r < u.rows; r += intRows {
					addIntegerTile(c[(u.i+r)*stride+u.j+j+s:], stride, min(intRows, u.rows-r), min(intCols, cols-s),
						packedA[r*depth:][:intRows*depth], packedB[s*depth:][:intCols*depth])
				}
			}
		}
		if progress != nil {
			elements := int64(u.rows) * int64(u.cols)
			if u.upper {
				elements = upperElements(u.rows, u.cols, u.j-u.i)
			}
			progress(elements * int64(depth))
		}
	}
}

// packIntegers packs integers as [pack] does numbers, one line of memory after the other.
func packIntegers(dst []int64, x operand, width int, scratch []int64) {
	clear(dst[:roundUp(x.cols, width)*x.rows])
	lines, length := x.rows, x.cols
	if x.trans {
		lines, length = length, lines
	}
	for line := range lines {
		values := scratch[:length]
		elem.ToInt64(values, x.data[line*x.stride*x.t.Size():][:length*x.t.Size()], x.t, x.swap)
		if x.trans {
			at := line/width*width*x.rows + line%width
			for _, v := range values {
				dst[at] = v
				at += width
			}
			continue
		}
		for j := 0; j < length; j += width {
			copy(dst[j*x.rows+line*width:], values[j:min(j+width, length)])
		}
	}
}

// addIntegerTile adds the product of a strip of A and one of B to a tile of C.
func addIntegerTile(c []int64, stride, rows, cols int, as, bs []int64) {
	tile := integerSums(as, bs)
	for r := range rows {
		row := c[r*stride:][:cols]
		for j := range row {
			row[j] += tile[r][j]
		}
	}
}

// integerSums computes a tile. It has nothing else to keep in registers.
//
//go:noinline
func integerSums(as, bs []int64) [intRows][intCols]int64 {
	var s00, s01, s10, s11 int64
	bs = bs[:len(as)]
	for k := 3; k < len(as); k += 4 {
		x0, x1, y0, y1 := as[k-3], as[k-2], bs[k-3], bs[k-2]
		s00 += x0 * y0
		s01 += x0 * y1
		s10 += x1 * y0
		s11 += x1 * y1
		x0, x1, y0, y1 = as[k-1], as[k], bs[k-1], bs[k]
		s00 += x0 * y0
		s01 += x0 * y1
		s10 += x1 * y0
		s11 += x1 * y1
	}
	if k := len(as) &^ 3; k+1 < len(as) {
		s00 += as[k] * bs[k]
		s01 += as[k] * bs[k+1]
		s10 += as[k+1] * bs[k]
		s11 += as[k+1] * bs[k+1]
	}
	return [intRows][intCols]int64{{s00, s01}, {s10, s11}}
}
