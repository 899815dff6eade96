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
	if n < 2 { // no stack
		return result, s.multiplyEach(ctx, m, result)
	}
	switch (task{m: m, n: n, a: a, b: b}).path() {
	case tall:
		return Matmul(ctx, m, memory, s.a.from(a.Data, 0, n), s.b, nil)
	case oneByOne:
		return result, s.multiplyEach(ctx, m, result)
	}
	w := watch(ctx, a, b)
	defer w.end()
	if t.IsInteger() {
		w.read(func() { s.integral = !isExact(s.a.from(a.Data, 0, n), s.b.from(b.Data, 0, n), a.Cols) })
	}
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
	switch values := n * s.x.rows * s.y.cols; {
	case s.integral:
		elem.FromInt64(result, intsOf(memory)[:values], t)
	case t.Part() != elem.Float64:
		elem.FromFloat64(result, memory[:values], t)
	}
	return result, nil
}

// A stack is products of small matrices, of which a thread computes a chunk at a time.
type stack struct {
	m            *tiled
	n            int
	dataA, dataB []byte
	a, b         Factor    // the first matrices
	x, y         operand   // the real matrices whose product is theirs
	memory       []float64 // of the products
	depth        int
	chunk        int  // products
	integral     bool // they are computed in integers, modulo 2⁶⁴
}

// Both factors' chunks, converted, take at most this many values: they stay in a core's L2 cache.
const stackScratch = 1 << 14

// smallSide is the largest number of rows and columns of a small product.
const smallSide = 64

func newStack(m *tiled, memory []float64, n int, a, b Factor) *stack {
	checkProduct(Dense(a.Rows, b.Cols*Parts(a.Type, b.Type), memory), a, b)
	s := &stack{m: m, n: n, dataA: a.Data, dataB: b.Data, a: a.inStack("A", n), b: b.inStack("B", n), memory: memory}
	s.x, s.y = operands(s.a, s.b)
	s.depth = s.x.cols
	s.chunk = max(1, stackScratch/max(1, s.x.rows*s.depth+s.depth*s.y.cols))
	return s
}

// IsSmall reports whether many products of rows×k and k×cols matrices take less time by [MatmulStack] than by as many calls of
// [Matmul] or [Gram]: where a panel, and a chunk, holds each.
func IsSmall(rows, k, cols int, a, b elem.Type) bool {
	k *= a.Parts()
	cols *= Parts(a, b)
	return min(rows, k, cols) > 0 && k <= Panel && max(rows, cols) <= smallSide
}

// multiplyEach computes one product after the other by [Matmul].
func (s *stack) multiplyEach(ctx context.Context, m Multiplier, result []byte) error {
	size, bytes := s.x.rows*s.y.cols, len(result)/max(s.n, 1)
	for i := range s.n {
		values, err := Matmul(ctx, m, s.memory[i*size:], s.a.from(s.dataA, i, 1), s.b.from(s.dataB, i, 1), nil)
		if err != nil {
			return err
		}
		copy(result[i*bytes:], values)
	}
	return nil
}

// bytes returns the size of a matrix without gaps.
func (f Factor) bytes() int { return f.Rows * f.Cols * f.Type.Size() }

// isSingle reports whether there is one matrix, without gaps, in a stack's memory.
func (f Factor) isSingle() bool { return len(f.Data) == f.bytes() }

// inStack returns the first matrix of a stack of n, or panics.
func (f Factor) inStack(name string, n int) Factor {
	length := f.Cols
	if f.Trans {
		length = f.Rows
	}
	one := f.bytes()
	if f.Stride != max(length, 1) && one != length*f.Type.Size() || len(f.Data) != one && len(f.Data) != n*one {
		panic(fmt.Sprintf("blas: %s holds %d bytes, neither 1 nor %d matrices of %d×%d", name, len(f.Data), n, f.Rows, f.Cols))
	}
	f.Data, f.Stride = f.Data[:one], max(length, 1)
	return f
}

// from returns count matrices like f from data, from matrix i on, one above the other: what is a line in each is one in
// all. If the data are a single one, it is that.
func (f Factor) from(data []byte, i, count int) Factor {
	one := f.bytes()
	if len(data) == one {
		return f
	}
	f.Data = data[i*one:][:count*one]
	if f.Trans {
		f.Cols *= count
	} else {
		f.Rows *= count
	}
	return f
}

// multiply computes count products, from product i on.
func (s *stack) multiply(w *worker, i, count int) {
	a, b := s.a.from(s.dataA, i, count), s.b.from(s.dataB, i, count)
	size := s.x.rows * s.y.cols
	c := s.memory[i*size:][:count*size]
	h := smallShape{rows: s.x.rows, depth: s.depth, cols: s.y.cols, stepX: s.x.rows * s.depth, stepY: s.depth * s.y.cols}
	if len(s.dataA) == s.a.bytes() {
		h.stepX = 0
	}
	if len(s.dataB) == s.b.bytes() {
		h.stepY = 0
	}
	if s.integral {
		memory := intsOf(w.packedA)
		x, y := memory[:len(a.Data)/a.Type.Size()], memory[stackScratch:][:len(b.Data)/b.Type.Size()]
		elem.ToInt64(x, a.Data, a.Type, a.Swap)
		elem.ToInt64(y, b.Data, b.Type, b.Swap)
		h.setLines(a.Stride, a.Trans, b.Stride, b.Trans)
		h.sums(intsOf(c), x, y)
		return
	}
	realA, realB := operands(a, b)
	x, y := realA.convert(w.packedA), realB.convert(w.packedA[stackScratch:])
	h.setLines(x.Stride, x.Trans, y.Stride, y.Trans)
	if !realA.ready {
		x.Data = x.Data[:cap(x.Data)]
	}
	h.run(&s.m.kernel, &w.column, c, x.Data, y.Data)
}

// A smallShape says where the values of small products lie.
type smallShape struct {
	rows, depth, cols int
	stepX, stepY      int // from a matrix to the next, or 0
	rowX, colX        int // from a row, or a column, to the next
	rowY, colY        int
}

func (h *smallShape) setLines(strideX int, transX bool, strideY int, transY bool) {
	h.rowX, h.colX, h.rowY, h.colY = strideX, 1, strideY, 1
	if transX {
		h.rowX, h.colX = h.colX, h.rowX
	}
	if transY {
		h.rowY, h.colY = h.colY, h.rowY
	}
}

// run computes products: with a kernel where it can read the factors where they lie. It takes whole tiles of A's rows,
// and leaves out what is not C's; so it must be able to read rows behind the last one, which are another matrix's.
func (h smallShape) run(k *kernel, t *tileColumn, c, x, y []float64) {
	cols := 0 // that the kernel computes
	if k.direct.cols > 0 && h.colY == 1 && h.cols > 1 {
		cols = h.cols / k.direct.cols * k.direct.cols
	}
	size := h.rows * h.cols
	last := (roundUp(h.rows, max(k.direct.rows, 1))-1)*h.rowX + (h.depth-1)*h.colX // value of A that it reads
	*t = tileColumn{rows: h.rows, depth: h.depth, rowA: 8 * h.rowX, stepA: 8 * h.colX, stepB: 8 * h.rowY, rowC: 8 * h.cols}
	t.nextA = k.rows*t.rowA - h.depth*t.stepA
	for ; len(c) > 0; c, x, y = c[size:], x[h.stepX:], y[h.stepY:] {
		first := 0
		if cols > 0 && last < len(x) {
			t.a, first = &x[0], cols
			for j := 0; j < cols; j += t.cols {
				t.cols, t.b, t.c = k.width(cols-j), &y[j], &c[j]
				k.run(t)
			}
		}
		if first < h.cols {
			h.chains(c[:size], x, y, first)
		}
	}
	*t = tileColumn{}
}

// chains computes the columns of a product from the first one on: the definition's chains.
func (h *smallShape) chains(c, x, y []float64, first int) {
	for i := range h.rows {
		row := c[i*h.cols:][:h.cols]
		j := first
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
			row[j], row[j+1], row[j+2], row[j+3] = 0+s0, 0+s1, 0+s2, 0+s3 // a chain may end in −0
		}
		for ; j < len(row); j++ {
			var s float64
			at, from := i*h.rowX, j*h.colY
			for range h.depth {
				s = math.FMA(x[at], y[from], s)
				at, from = at+h.colX, from+h.rowY
			}
			row[j] = 0 + s
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
