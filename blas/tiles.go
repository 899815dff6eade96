package blas

import (
	"context"
	"sync"
	"sync/atomic"
)

// Sizes of the blocks that are packed. A row block of A, blockRows×Panel values
// (120 KiB), stays in a core's L2 cache while all of the packed panel of B,
// Panel×blockCols values, runs past it (see Goto and van de Geijn, Anatomy of
// High-Performance Matrix Multiplication, ACM TOMS 34, 2008). blockRows and
// blockCols are multiples of every kernel's tile.
const (
	blockRows = 120
	blockCols = 2016
)

// smallProduct is the number of multiplications below which a second thread
// costs more than it gives.
const smallProduct = 1 << 20

// multiplyByTiles computes the product with packed factors and a micro-kernel.
func (m *Multiplier) multiplyByTiles(ctx context.Context, c, a, b Matrix, add bool) error {
	if c.Rows == 0 || c.Cols == 0 {
		return nil
	}
	p := newProduct(ctx, m, c, a, b, add)
	var wg sync.WaitGroup
	for t := 1; t < p.threads; t++ {
		wg.Go(func() { p.work(t) })
	}
	p.work(0)
	wg.Wait()
	if p.cancelled {
		return context.Cause(ctx)
	}
	return nil
}

// A product is one call's state, shared by its threads.
//
// The threads go through the panels of k in step. In each they share out the
// packing of B's strips, wait for each other, and share out the units of C: a
// unit is a block of rows by a group of columns. Since a panel is packed into
// the one of two buffers that the previous panel does not use, one wait for
// each panel is enough.
type product struct {
	*Multiplier
	c, a, b Matrix
	add     bool
	threads int

	unitRows, unitCols int // a unit's size
	strip, unit        atomic.Int64
	barrier            barrier
	cancelled          bool // written while all threads wait
}

func newProduct(ctx context.Context, m *Multiplier, c, a, b Matrix, add bool) *product {
	p := &product{Multiplier: m, c: c, a: a, b: b, add: add, threads: m.threads}
	if float64(c.Rows)*float64(c.Cols)*float64(a.Cols) < smallProduct {
		p.threads = 1
	}
	// As many row blocks as give each thread the same share.
	blocks := ceilDiv(ceilDiv(c.Rows, blockRows), p.threads) * p.threads
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

// work is one thread's part of the product.
func (p *product) work(thread int) {
	buffer := 0
	for j := 0; j < p.c.Cols; j += blockCols {
		cols := min(blockCols, p.c.Cols-j)
		for k := 0; k < p.a.Cols; k += Panel {
			depth := min(Panel, p.a.Cols-k)
			p.packStrips(p.packedB[buffer], p.b.View(k, j, depth, cols))
			if p.barrier.wait(); p.cancelled {
				return
			}
			p.multiplyUnits(thread,
				p.c.View(0, j, p.c.Rows, cols), p.a.View(0, k, p.a.Rows, depth), p.packedB[buffer], p.add || k > 0)
			buffer = 1 - buffer
			if thread == 0 && p.Progress != nil {
				p.Progress(int64(p.c.Rows) * int64(cols) * int64(depth))
			}
		}
	}
}

// packStrips packs the strips of b, a panel of B, that this thread gets hold of.
func (p *product) packStrips(packed []float64, b Matrix) {
	width := p.kernel.cols
	for {
		j := int(p.strip.Add(1)-1) * width
		if j >= b.Cols {
			return
		}
		pack(packed[j*b.Rows:], b.View(0, j, b.Rows, min(width, b.Cols-j)), width)
	}
}

// multiplyUnits computes the units of c ← a·b (or c += a·b) that this thread
// gets hold of. packed holds b, a whole panel.
func (p *product) multiplyUnits(thread int, c, a Matrix, packed []float64, add bool) {
	groups := ceilDiv(c.Cols, p.unitCols)
	for {
		unit := int(p.unit.Add(1) - 1)
		i, j := unit/groups*p.unitRows, unit%groups*p.unitCols
		if i >= c.Rows {
			return
		}
		rows, cols := min(p.unitRows, c.Rows-i), min(p.unitCols, c.Cols-j)
		pack(p.packedA[thread], a.View(i, 0, rows, a.Cols).T(), p.kernel.rows)
		p.multiplyUnit(thread, c.View(i, j, rows, cols), a.Cols, packed[j*a.Cols:], add)
	}
}

// multiplyUnit computes c, one unit, tile by tile. A strip of B stays in the L1
// cache while the packed rows of A run past it.
func (p *product) multiplyUnit(thread int, c Matrix, depth int, packedB []float64, add bool) {
	rows, cols, packedA := p.kernel.rows, p.kernel.cols, p.packedA[thread]
	for j := 0; j < c.Cols; j += cols {
		b := &packedB[j*depth]
		for i := 0; i < c.Rows; i += rows {
			a := &packedA[i*depth]
			if i+rows <= c.Rows && j+cols <= c.Cols {
				p.kernel.run(depth, a, b, &c.Data[i*c.Stride+j], c.Stride, add)
			} else {
				p.edge(thread, c.View(i, j, min(rows, c.Rows-i), min(cols, c.Cols-j)), depth, a, b, add)
			}
		}
	}
}

// edge computes a tile that C cuts off, by way of a whole one. The packed
// factors hold zeros beyond the edge, whose products go nowhere.
func (p *product) edge(thread int, c Matrix, depth int, a, b *float64, add bool) {
	tile, cols := p.tiles[thread], p.kernel.cols
	if add {
		for i := range c.Rows {
			copy(tile[i*cols:], c.Data[i*c.Stride:i*c.Stride+c.Cols])
		}
	}
	p.kernel.run(depth, a, b, &tile[0], cols, add)
	for i := range c.Rows {
		copy(c.Data[i*c.Stride:i*c.Stride+c.Cols], tile[i*cols:])
	}
}

func ceilDiv(x, y int) int { return (x + y - 1) / y }
func roundUp(x, y int) int { return ceilDiv(x, y) * y }
