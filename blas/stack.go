package blas

import (
	"context"
	"fmt"
	"iter"
	"math"

	"matpool/elem"
	"matpool/internal/base/each"
)

// MatmulStack computes n products of small or large matrices as [Matmul] does each, and returns their values, one
// product behind the other. The memory must have a.Rows·b.Cols·[Parts] float64s for each product.
//
// a and b describe one matrix, without gaps between its lines. Its Data holds n such matrices, one behind the other, or a
// single one, which is then a factor of every product.
//
// Note: to prepare a product for the blocks and threads of [Multiplier].Mul takes more than a microsecond, in which a kernel
// does thousands of multiplications.
func MatmulStack(ctx context.Context, m Multiplier, memory []float64, n int, a, b Factor) ([]byte, error) {
	s := newStack(m.inGo(), memory, n, a, b)
	t := elem.Result(a.Type, b.Type)
	result := bytesOf(memory)[:n*a.Rows*b.Cols*t.Size()]
	if !s.isSmall() {
		return result, s.multiplyEach(ctx, m, result)
	}
	w := watch(ctx, a, b)
	defer w.end()
	threads := m.Threads()
	if float64(n)*float64(s.x.rows)*float64(s.y.cols)*float64(s.depth) < smallProduct {
		threads = 1
	}
	each.Worker(threads, ceilDiv(n, s.chunk), func(thread int, mine iter.Seq[int]) {
		w.read(func() {
			for i := range mine {
				if w.Err() != nil {
					return
				}
				s.multiply(s.m.workers[thread], i*s.chunk, min(s.chunk, n-i*s.chunk))
			}
		})
	})
	if w.Err() != nil {
		return nil, context.Cause(w)
	}
	switch {
	case s.integral:
		elem.FromInt64(result, intsOf(memory)[:n*s.x.rows*s.y.cols], t)
	case t.Part() != elem.Float64:
		elem.FromFloat64(result, memory[:n*s.x.rows*s.y.cols], t)
	}
	return result, nil
}

// A stack is products of small matrices, of which a thread computes a chunk at a time.
type stack struct {
	m        *tiled
	n        int
	a, b     Factor
	x, y     operand // the real matrices whose product is that of the first of a and b
	depth    int
	integral bool
	memory   []float64 // of the products
	chunk    int       // products

	kernelRows, kernelCols int // the part of each product that a kernel computes, where it lies
}

// Both factors' chunks, converted, take at most this many values: they stay in a core's L2 cache.
const stackScratch = 1 << 14

// smallSide is the largest number of rows and columns of a small product.
const smallSide = 64

func newStack(m *tiled, memory []float64, n int, a, b Factor) *stack {
	checkProduct(Dense(a.Rows, b.Cols*Parts(a.Type, b.Type), memory), a, b)
	s := &stack{m: m, n: n, a: a.inStack("A", n), b: b.inStack("B", n), memory: memory}
	s.x, s.y = operands(s.a, s.b)
	s.depth = s.x.cols
	t := elem.Result(a.Type, b.Type)
	s.integral = t.IsInteger() || t == elem.Bool
	s.chunk = max(1, stackScratch/max(1, s.x.rows*s.depth+s.depth*s.y.cols))
	if d := m.kernel.direct; d.rows > 0 && !s.integral && !s.y.trans {
		s.kernelRows, s.kernelCols = s.x.rows/d.rows*d.rows, s.y.cols/d.cols*d.cols
		if s.kernelCols < m.kernel.vector/2 {
			s.kernelRows, s.kernelCols = 0, 0
		}
	}
	return s
}

// isSmall reports whether a product has only one panel, and sides of which its matrices fit a chunk.
func (s *stack) isSmall() bool {
	return s.n > 1 && min(s.x.rows, s.depth, s.y.cols) > 0 && s.depth <= Panel && max(s.x.rows, s.y.cols) <= smallSide
}

// multiplyEach computes one product after the other by [Matmul].
func (s *stack) multiplyEach(ctx context.Context, m Multiplier, result []byte) error {
	size, bytes := s.x.rows*s.y.cols, len(result)/max(s.n, 1)
	for i := range s.n {
		values, err := Matmul(ctx, m, s.memory[i*size:], s.a.from(i, 1, s.n), s.b.from(i, 1, s.n), nil)
		if err != nil {
			return err
		}
		copy(result[i*bytes:], values)
	}
	return nil
}

// inStack returns the first matrix of a stack of n, or panics.
func (f Factor) inStack(name string, n int) Factor {
	lines, length := f.Rows, f.Cols
	if f.Trans {
		lines, length = length, lines
	}
	if one := lines * length * f.Type.Size(); lines > 1 && f.Stride != max(length, 1) || len(f.Data) != one && len(f.Data) != n*one {
		panic(fmt.Sprintf("blas: %s holds %d bytes, neither 1 nor %d matrices of %d×%d", name, len(f.Data), n, f.Rows, f.Cols))
	}
	f.Stride = max(length, 1)
	return f
}

// from returns count matrices of a stack of n, from matrix i on, one above the other: what is a line in each
// is one in all. (If there is a single one, that.)
func (f Factor) from(i, count, n int) Factor {
	one := f.Rows * f.Cols * f.Type.Size()
	if len(f.Data) != n*one {
		return f
	}
	f.Data = f.Data[i*one:][:count*one]
	if f.Trans {
		f.Cols *= count
	} else {
		f.Rows *= count
	}
	return f
}

// multiply computes count products, from product i on.
func (s *stack) multiply(w *worker, i, count int) {
	a, b := s.a.from(i, count, s.n), s.b.from(i, count, s.n)
	size := s.x.rows * s.y.cols
	c := s.memory[i*size:][:count*size]
	if s.integral {
		memory := intsOf(w.packedA)
		x := memory[:len(a.Data)/a.Type.Size()]
		y := memory[len(x):][:len(b.Data)/b.Type.Size()]
		elem.ToInt64(x, a.Data, a.Type, a.Swap)
		elem.ToInt64(y, b.Data, b.Type, b.Swap)
		s.shape(a, b, s.x.stride, s.y.stride).sums(intsOf(c), x, y)
		return
	}
	xs, ys := operands(a, b)
	x := xs.convert(w.packedA)
	y := ys.convert(w.packedA[stackScratchOf(x, xs.ready):])
	shape := s.shape(a, b, x.Stride, y.Stride)
	s.runKernel(w, c, x, y, shape)
	shape.chains(c, x.Data, y.Data)
}

func stackScratchOf(x Matrix, ready bool) int {
	if ready {
		return 0
	}
	return len(x.Data)
}

// A smallShape says where the values of small products lie, and which of each are left to compute: those in rows from
// doneRows on, and in columns from doneCols on.
type smallShape struct {
	rows, depth, cols  int
	doneRows, doneCols int
	stepX, stepY       int // from a matrix to the next, or 0
	rowX, colX         int // from a row, or a column, to the next
	rowY, colY         int
}

func (s *stack) shape(a, b Factor, strideX, strideY int) smallShape {
	h := smallShape{rows: s.x.rows, depth: s.depth, cols: s.y.cols, doneRows: s.kernelRows, doneCols: s.kernelCols,
		rowX: strideX, colX: 1, rowY: strideY, colY: 1}
	if s.x.trans {
		h.rowX, h.colX = h.colX, h.rowX
	}
	if s.y.trans {
		h.rowY, h.colY = h.colY, h.rowY
	}
	if a.Rows*a.Cols != s.a.Rows*s.a.Cols {
		h.stepX = s.x.rows * s.x.cols
	}
	if b.Rows*b.Cols != s.b.Rows*s.b.Cols {
		h.stepY = s.y.rows * s.y.cols
	}
	return h
}

// runKernel computes the parts of products that the kernel can, where they lie.
func (s *stack) runKernel(w *worker, c []float64, x, y Matrix, h smallShape) {
	if h.doneRows == 0 || h.doneCols == 0 {
		return
	}
	t := &w.column
	*t = tileColumn{rows: h.doneRows, depth: h.depth, rowA: 8 * h.rowX, stepA: 8 * h.colX, stepB: 8 * h.rowY, rowC: 8 * h.cols}
	t.nextA = s.m.kernel.rows*t.rowA - h.depth*t.stepA
	for i := range len(c) / (h.rows * h.cols) {
		t.a = &x.Data[i*h.stepX]
		for j := 0; j < h.doneCols; j += t.cols {
			t.cols = s.m.kernel.width(h.doneCols - j)
			t.b, t.c = &y.Data[i*h.stepY+j], &c[i*h.rows*h.cols+j]
			s.m.kernel.run(t)
		}
	}
}

// chains computes what is left of products: the definition's chains.
func (h smallShape) chains(c, x, y []float64) {
	for ; len(c) > 0; c, x, y = c[h.rows*h.cols:], x[h.stepX:], y[h.stepY:] {
		for i := range h.rows {
			row := c[i*h.cols:][:h.cols]
			j := h.firstCol(i)
			for ; j+4 <= len(row); j += 4 {
				var s0, s1, s2, s3 float64
				at, from := i*h.rowX, j*h.colY
				for range h.depth {
					v := x[at]
					s0 = math.FMA(v, y[from], s0)
					s1 = math.FMA(v, y[from+h.colY], s1)
					s2 = math.FMA(v, y[from+2*h.colY], s2)
					s3 = math.FMA(v, y[from+3*h.colY], s3)
					at, from = at+h.colX, from+h.rowY
				}
				row[j], row[j+1], row[j+2], row[j+3] = s0, s1, s2, s3
			}
			for ; j < len(row); j++ {
				var s float64
				at, from := i*h.rowX, j*h.colY
				for range h.depth {
					s = math.FMA(x[at], y[from], s)
					at, from = at+h.colX, from+h.rowY
				}
				row[j] = s
			}
			for j := h.firstCol(i); j < len(row); j++ {
				row[j] += 0 // a chain may end in −0
			}
		}
	}
}

// sums computes products of integers, modulo 2⁶⁴.
func (h smallShape) sums(c, x, y []int64) {
	for ; len(c) > 0; c, x, y = c[h.rows*h.cols:], x[h.stepX:], y[h.stepY:] {
		for i := range h.rows {
			row := c[i*h.cols:][:h.cols]
			j := 0
			for ; j+4 <= len(row); j += 4 {
				var s0, s1, s2, s3 int64
				at, from := i*h.rowX, j*h.colY
				for range h.depth {
					v := x[at]
					s0 += v * y[from]
					s1 += v * y[from+h.colY]
					s2 += v * y[from+2*h.colY]
					s3 += v * y[from+3*h.colY]
					at, from = at+h.colX, from+h.rowY
				}
				row[j], row[j+1], row[j+2], row[j+3] = s0, s1, s2, s3
			}
			for ; j < len(row); j++ {
				var s int64
				at, from := i*h.rowX, j*h.colY
				for range h.depth {
					s += x[at] * y[from]
					at, from = at+h.colX, from+h.rowY
				}
				row[j] = s
			}
		}
	}
}

// firstCol returns the first column of a row that is left to compute.
func (h smallShape) firstCol(row int) int {
	if row < h.doneRows {
		return h.doneCols
	}
	return 0
}
