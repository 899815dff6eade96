package blas

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"matpool/internal/pages"
)

// blockCols is the width of the block of B that is packed at a time.
//
// A block of A, packed, stays in a core's L2 cache while all of the packed block of B
// runs past it, strip by strip (see Goto and van de Geijn, Anatomy of High-Performance
// Matrix Multiplication, ACM TOMS 34, 2008). A block is several panels deep, so that C,
// which is the largest of the three, comes from memory once for several panels.
const blockCols = 1008

// smallProduct is the number of multiplications below which a second thread
// costs more than it gives.
const smallProduct = 1 << 20

// tiled computes products in Go, with packed factors and a micro-kernel.
type tiled struct {
	kernel  kernel
	threads int
	packedA [][]float64  // a row block for each thread
	packedB [2][]float64 // a block, and the next one; a single thread packs both into one place
	scratch [][]float64  // for each thread, where it converts what it packs
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
		m.packedA = append(m.packedA, memory[:sizeA])
		m.scratch = append(m.scratch, memory[sizeA:][:scratchSize])
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
	checkProduct(c, a, b)
	x, y := operands(a, b)
	return m.multiply(ctx, c, x, y, progress)
}

// multiply computes c = a·b.
func (m *tiled) multiply(ctx context.Context, c Matrix, a, b operand, progress func(int64)) error {
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
	ctx      context.Context
	c        Matrix
	a, b     operand
	progress func(multiplications int64) // or nil
	threads  int                         // those that take part
	upper    bool                        // only the upper triangle of C is wanted

	unitRows, unitCols int // a unit's size
	strip, unit        atomic.Int64
	barrier            barrier
	cancelled          bool // written while all threads wait
}

func newProduct(ctx context.Context, m *tiled, c Matrix, a, b operand) *product {
	p := &product{tiled: m, ctx: ctx, c: c, a: a, b: b, threads: m.threads}
	if float64(c.Rows)*float64(c.Cols)*float64(a.cols) < smallProduct {
		p.threads = 1
	}
	// As many row blocks as give each thread the same share.
	blocks := ceilDiv(ceilDiv(c.Rows, m.kernel.blockRows), p.threads) * p.threads
	p.unitRows = roundUp(ceilDiv(c.Rows, blocks), m.kernel.rows)
	// Where the rows are too few to share, the columns are shared too.
	cols := min(c.Cols, blockCols)
	groups := ceilDiv(p.threads, ceilDiv(c.Rows, p.unitRows))
	p.unitCols = roundUp(ceilDiv(cols, groups), m.kernel.cols)
	p.barrier.init(p.threads, func() {
		p.strip.Store(0)
		p.unit.Store(0)
		p.cancelled = ctx.Err() != nil
	})
	return p
}

// run computes the product.
func (p *product) run() error {
	var wg sync.WaitGroup
	for t := 1; t < p.threads; t++ {
		wg.Go(func() { p.work(t) })
	}
	p.work(0)
	wg.Wait()
	return context.Cause(p.ctx)
}

// work is one thread's part of the product.
func (p *product) work(thread int) {
	buffer := 0
	for j := 0; j < p.c.Cols; j += blockCols {
		cols := min(blockCols, p.c.Cols-j)
		rows := p.wantedRows(p.c.Rows, 0, j+cols)
		for k := 0; k < p.a.cols; k += p.kernel.blockDepth {
			depth := min(p.kernel.blockDepth, p.a.cols-k)
			p.packStrips(thread, p.packedB[buffer], p.b.View(k, j, depth, cols))
			if p.barrier.wait(); p.cancelled {
				return
			}
			p.multiplyUnits(thread, j,
				p.c.View(0, j, rows, cols), p.a.View(0, k, rows, depth), p.packedB[buffer], k > 0)
			buffer = 1 - buffer
		}
	}
}

// packStrips packs the strips of b, a block of B, that this thread gets hold of: some at a
// time, so that it reads b in long pieces.
func (p *product) packStrips(thread int, packed []float64, b operand) {
	width := 8 * p.kernel.cols
	for {
		j := int(p.strip.Add(1)-1) * width
		if j >= b.cols {
			return
		}
		pack(packed[j*b.rows:], b.View(0, j, b.rows, min(width, b.cols-j)), p.kernel.cols, p.scratch[thread])
	}
}

// multiplyUnits computes the units of c ← a·b (or c += a·b) that this thread
// gets hold of. packed holds b, a whole block, and c has the columns from first on.
func (p *product) multiplyUnits(thread, first int, c Matrix, a operand, packed []float64, add bool) {
	groups := ceilDiv(c.Cols, p.unitCols)
	for p.ctx.Err() == nil {
		unit := int(p.unit.Add(1) - 1)
		i, j := unit/groups*p.unitRows, unit%groups*p.unitCols
		if i >= c.Rows {
			return
		}
		rows, cols := min(p.unitRows, c.Rows-i), min(p.unitCols, c.Cols-j)
		if rows = p.wantedRows(rows, i, first+j+cols); rows == 0 {
			continue
		}
		p.multiplyUnit(thread, first+j-i, c.View(i, j, rows, cols), a.View(i, 0, rows, a.cols), packed[j*a.cols:], add)
		if p.progress != nil {
			p.progress(p.wanted(rows, cols, first+j-i) * int64(a.cols))
		}
	}
}

// multiplyUnit packs a and computes c, one unit. A strip of B, one panel deep, stays in
// the L1 cache while the packed rows of A run past it; so do that strip's columns of C
// from panel to panel in the L2 cache. The diagonal of C begins in the unit's column −diagonal.
func (p *product) multiplyUnit(thread, diagonal int, c Matrix, a operand, packedB []float64, add bool) {
	packedA := p.packedA[thread]
	height, width := roundUp(c.Rows, p.kernel.rows), p.kernel.cols
	for k := 0; k < a.cols; k += Panel {
		pack(packedA[k*height:], a.View(0, k, a.rows, min(Panel, a.cols-k)).T(), p.kernel.rows, p.scratch[thread])
	}
	for j := 0; j < c.Cols; j += width {
		rows := p.wantedRows(c.Rows, -diagonal, j+width)
		for k := 0; k < a.cols && rows > 0; k += Panel {
			p.kernel.run(min(Panel, a.cols-k), &packedA[k*height], &packedB[j*a.cols+k*width], &c.Data[j],
				rows, min(width, c.Cols-j), c.Stride, add || k > 0)
		}
	}
}

func ceilDiv(x, y int) int { return (x + y - 1) / y }
func roundUp(x, y int) int { return ceilDiv(x, y) * y }
