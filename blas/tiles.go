package blas

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"matpool/internal/base/pages"
)

// blockCols is the width of the block of B that is packed at a time.
//
// A block of A, packed, stays in a core's L2 cache while all of the packed block of B
// runs past it, strip by strip (see Goto and van de Geijn, Anatomy of High-Performance
// Matrix Multiplication, ACM TOMS 34, 2008). For most kernels a block is two panels deep, so that C,
// which is the largest of the three, comes from memory once for both.
const blockCols = 1008

// smallProduct is the number of multiplications below which a second thread
// costs more than it gives.
const smallProduct = 1 << 20

// tiled computes products in Go, with packed factors and a micro-kernel.
type tiled struct {
	kernel  kernel
	threads int
	packedB [2][]float64 // a block, and the next one; a single thread packs both into one place
	workers []*worker    // one for each thread
}

func newTiled(k kernel, threads int) (Multiplier, error) {
	sizeA, sizeB := k.blockDepth*k.blockRows, k.blockDepth*roundUp(blockCols, k.cols)
	blocks := min(threads, 2)
	memory, err := pages.Alloc(threads*(sizeA+scratchSize) + blocks*sizeB)
	if err != nil {
		return nil, err
	}
	m := &tiled{kernel: k, threads: threads}
	for i := range m.packedB {
		m.packedB[i] = memory[i%blocks*sizeB:][:sizeB]
	}
	memory = memory[blocks*sizeB:]
	for range threads {
		m.workers = append(m.workers, &worker{packedA: memory[:sizeA], scratch: memory[sizeA:][:scratchSize]})
		memory = memory[sizeA+scratchSize:]
	}
	return m, nil
}

func (m *tiled) Split(n int) ([]Multiplier, error) {
	return split(m, n, func(threads int) (Multiplier, error) { return newTiled(m.kernel, threads) })
}

func (m *tiled) Threads() int { return m.threads }

func (m *tiled) String() string {
	return fmt.Sprintf("Go, kernel %s (%d×%d)", m.kernel.name, m.kernel.rows, m.kernel.cols)
}

func (m *tiled) inGo() *tiled { return m }

// Mul implements [Multiplier].
func (m *tiled) Mul(ctx context.Context, c Matrix, a, b Factor, progress func(int64)) error {
	t, done := newTask(m, c, a, b)
	if done {
		return nil
	}
	w := watch(ctx, a, b)
	defer w.end()
	if t.path() == dot {
		return m.dot(w, t.c, t.x, t.y, progress)
	}
	return m.multiply(w, t.c, t.x, t.y, progress)
}

func (m *tiled) suits(Matrix, operand, operand) bool { return false }

func (m *tiled) multiply(ctx *watched, c Matrix, a, b operand, progress func(int64)) error {
	c, a, b, done := prepare(c, a, b)
	if done {
		return nil
	}
	p := newProduct(ctx, m, c, a, b)
	p.progress = progress
	return p.run()
}

// A product is one call's state, shared by its threads.
//
// The threads go through the blocks of B in step. In each they share out the
// packing of B's strips, wait for each other, and share out the units of C: a
// unit is a block of rows by a group of columns. Since a block is packed into
// the one of two buffers that the previous block does not use, one wait for
// each block is enough.
type product struct {
	*tiled
	ctx      *watched
	c        Matrix
	a, b     operand
	progress func(multiplications int64) // or nil
	threads  int                         // those that take part
	upper    bool                        // only the upper triangle of C is wanted

	directA, directB   bool // the kernel reads the factor where it lies
	convertedB         bool // it reads B as it lies once it is converted
	sharedB            bool // it reads A = Bᵀ, too, from the packed B: units begin with strips
	depth              int  // of a block of A, and of B
	unitRows, unitCols int  // a unit's size
	strip, unit        atomic.Int64
	wg                 sync.WaitGroup
	barrier            barrier
	cancelled          bool // written while all threads wait
}

func newProduct(ctx *watched, m *tiled, c Matrix, a, b operand) *product {
	p := &product{tiled: m, ctx: ctx, c: c, a: a, b: b, threads: m.threads}
	if float64(c.Rows)*float64(c.Cols)*float64(a.cols) < smallProduct {
		p.threads = 1
	}
	p.directA, p.directB = m.kernel.readsA(a, c.Cols), m.kernel.readsB(b, c.Rows)
	var blockRows int
	blockRows, p.depth = m.kernel.block(a, c.Cols)
	if p.convertedB = m.kernel.readsConverted(b, c.Rows); p.convertedB {
		p.depth = Panel // a block is used once, so it should still be in the cache
	}
	// As many row blocks as give each thread the same share.
	blocks := ceilDiv(ceilDiv(c.Rows, blockRows), p.threads) * p.threads
	p.unitRows = roundUp(ceilDiv(c.Rows, blocks), m.kernel.rows)
	// Where the rows are too few to share, the columns are shared too.
	cols := min(c.Cols, blockCols)
	groups := ceilDiv(p.threads, ceilDiv(c.Rows, p.unitRows))
	p.unitCols = roundUp(ceilDiv(cols, groups), m.kernel.cols)
	p.barrier.init(p.threads)
	return p
}

// nextBlock is called while all threads wait for each other.
func (p *product) nextBlock() {
	p.strip.Store(0)
	p.unit.Store(0)
	p.cancelled = p.ctx.Err() != nil
}

func (p *product) run() error {
	for t := 1; t < p.threads; t++ {
		p.wg.Go(func() { p.work(t) })
	}
	p.work(0)
	p.wg.Wait()
	return context.Cause(p.ctx)
}

// A worker is one of the threads, with the product that it works at and what it has for itself.
type worker struct {
	*product
	packedA []float64 // a row block
	scratch []float64 // where it converts what it packs
	column  tileColumn
}

// work is one thread's part of the product.
func (p *product) work(thread int) {
	w := p.workers[thread]
	w.product = p
	defer func() { w.product = nil }()
	buffer := 0
	for j := 0; j < p.c.Cols; j += blockCols {
		cols := min(blockCols, p.c.Cols-j)
		rows := p.wantedRows(p.c.Rows, 0, j+cols)
		for k := 0; k < p.a.cols; k += p.depth {
			depth := min(p.depth, p.a.cols-k)
			b := p.b.View(k, j, depth, cols)
			p.ctx.read(func() { w.packStrips(p.packedB[buffer], b) })
			if p.barrier.wait(p.nextBlock); p.cancelled {
				return
			}
			p.ctx.read(func() {
				w.multiplyUnits(j, p.c.View(0, j, rows, cols), p.a.View(0, k, rows, depth), b, p.packedB[buffer], k > 0)
			})
			buffer = 1 - buffer
		}
	}
}

// packStrips packs the strips of b, a block of B, that this thread gets hold of: some at a
// time, so that it reads b in long pieces. If b is not to be packed, it is converted, a unit's columns at a time.
func (w *worker) packStrips(packed []float64, b operand) {
	width := 8 * w.kernel.cols
	if w.convertedB {
		width = w.unitCols
	}
	for !w.directB {
		j := int(w.strip.Add(1)-1) * width
		if j >= b.cols {
			return
		}
		if piece := b.View(0, j, b.rows, min(width, b.cols-j)); w.convertedB {
			piece.convert(packed[j*b.rows:])
		} else {
			pack(packed[j*b.rows:], piece, w.kernel.cols, w.scratch)
		}
	}
}

// multiplyUnits computes the units of c ← a·b (or c += a·b) that this thread
// gets hold of. packed holds b, a whole block, unless the kernel reads b where it lies. c has the
// columns from first on.
func (w *worker) multiplyUnits(first int, c Matrix, a, b operand, packed []float64, add bool) {
	groups := ceilDiv(c.Cols, w.unitCols)
	for w.ctx.Err() == nil {
		n := int(w.unit.Add(1) - 1)
		i, j := n/groups*w.unitRows, n%groups*w.unitCols
		if i >= c.Rows {
			return
		}
		rows, cols := min(w.unitRows, c.Rows-i), min(w.unitCols, c.Cols-j)
		if rows = w.wantedRows(rows, i, first+j+cols); rows == 0 {
			continue
		}
		direct := 0 // rows
		if w.directA {
			direct = w.kernel.directRows(a.View(i, 0, rows, a.cols))
		}
		u := unit{c: c.View(i, j, direct, cols), a: a.View(i, 0, direct, a.cols), b: b.View(0, j, b.rows, cols), packedB: packed[j*a.cols:], add: add, diagonal: first + j - i}
		if w.sharedB {
			u.packedA = packed[i*a.cols:]
		}
		w.multiplyUnit(u, true)
		u.c, u.a = c.View(i+direct, j, rows-direct, cols), a.View(i+direct, 0, rows-direct, a.cols)
		w.multiplyUnit(u, false)
		if w.progress != nil {
			w.progress(w.wanted(rows, cols, first+j-i) * int64(a.cols))
		}
	}
}

// A unit of work: c ← a·b, or c += a·b where add is set. packedB holds b, packed or converted, unless the kernel
// reads b where it lies. If A = Bᵀ is read from the packed B, packedA is the part of it that begins with a's first row.
type unit struct {
	c       Matrix
	a, b    operand
	packedA []float64
	packedB []float64
	add     bool

	diagonal int // that of C begins in the unit's column −diagonal
}

// multiplyUnit computes a unit, and packs its rows of A unless the kernel reads them where
// they lie. A strip of B, one panel deep, stays in the L1 cache while the rows of A run past
// it; so do that strip's columns of C from panel to panel in the L2 cache.
func (w *worker) multiplyUnit(u unit, directA bool) {
	if u.c.Rows == 0 {
		return
	}
	kernel := &w.kernel
	height, depth := roundUp(u.c.Rows, kernel.rows), u.a.cols
	// A is converted, and not packed, for up to half of fewCols: what is converted is in the cache, and soon packed.
	lies := !directA && !u.a.ready && kernel.readsRows(u.a, 2*u.c.Cols)
	once := lies && u.c.Cols <= kernel.vector // just before it is used
	for k := 0; k < depth && !directA && !once && !w.sharedB; k += Panel {
		if block := u.a.View(0, k, u.a.rows, min(Panel, depth-k)); lies {
			block.convert(w.packedA[k*height:])
		} else {
			pack(w.packedA[k*height:], block.T(), kernel.rows, w.scratch)
		}
	}
	t := &w.column
	t.rowC = 8 * u.c.Stride
	for j := 0; j < u.c.Cols; j += t.cols {
		t.c, t.cols = &u.c.Data[j], min(kernel.cols, u.c.Cols-j)
		if w.directB || w.convertedB {
			t.cols = kernel.width(u.c.Cols - j)
		}
		t.rows = w.wantedRows(u.c.Rows, -u.diagonal, j+t.cols)
		for k := 0; k < depth && t.rows > 0; k += Panel {
			t.depth, t.add = min(Panel, depth-k), u.add || k > 0
			switch {
			case w.directB:
				t.setB(u.b.View(k, j, t.depth, t.cols))
			case w.convertedB:
				t.setB(operand{values: u.packedB[k*u.b.cols+j:], stride: u.b.cols})
			default:
				t.setPackedB(u.packedB[j*depth+k*kernel.cols:], kernel.cols)
			}
			if w.sharedB {
				w.runShared(u, j, k)
				continue
			}
			switch {
			case directA:
				t.setA(u.a.View(0, k, u.a.rows, t.depth), kernel.rows)
			case once:
				u.a.View(0, k, u.a.rows, t.depth).convert(w.packedA)
				t.setA(operand{values: w.packedA, stride: t.depth}, kernel.rows)
			case lies:
				t.setA(operand{values: w.packedA[k*height:], stride: t.depth}, kernel.rows)
			default:
				t.setPackedA(w.packedA[k*height:], kernel.rows)
			}
			kernel.run(t)
		}
	}
}

// runShared runs the kernel for the column of tiles that begins in C's column j, and the panel that begins at k, where A = Bᵀ.
// A's rows are the columns of the packed B, so each strip of B holds the rows of some tiles.
func (w *worker) runShared(u unit, j, k int) {
	kernel, t, rows := &w.kernel, &w.column, w.column.rows
	t.rowA, t.stepA = 8, 8*kernel.cols
	t.nextA = 8*kernel.rows - t.depth*t.stepA
	for i := 0; i < rows; i += kernel.cols {
		t.a, t.c = &u.packedA[i*u.a.cols+k*kernel.cols], &u.c.Data[i*u.c.Stride+j]
		t.rows = min(kernel.cols, rows-i)
		kernel.run(t)
	}
	t.rows = rows
}

func ceilDiv(x, y int) int { return (x + y - 1) / y }
func roundUp(x, y int) int { return ceilDiv(x, y) * y }
