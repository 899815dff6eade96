package blas

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"matpool/internal/pages"
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

// A Multiplier computes products with one kernel and a number of threads. It
// owns the memory into which it packs the factors, so one Multiplier computes
// one product at a time.
type Multiplier struct {
	// Progress, where it is set, is told from time to time how many more
	// multiplications of numbers are done.
	Progress func(more int64)

	kernel  kernel
	threads int
	packedA [][]float64  // a row block for each thread
	packedB [2][]float64 // a panel, and the next one
	tiles   [][]float64  // for each thread, a tile on C's edge
}

// New returns a Multiplier with the named kernel, one of [Kernels], or with the
// fastest where the name is empty. It fails where this processor lacks what the
// kernel needs, or where the memory to pack the factors is not to be had: about
// 4 MiB, whatever the size of the matrices. It panics unless threads ≥ 1.
func New(kernel string, threads int) (*Multiplier, error) {
	if threads < 1 {
		panic(fmt.Sprintf("blas: %d threads", threads))
	}
	k, err := findKernel(kernel)
	if err != nil {
		return nil, err
	}
	const panelB, panelA = Panel * blockCols, Panel * blockRows
	memory, err := pages.Alloc(2*panelB + threads*panelA)
	if err != nil {
		return nil, err
	}
	m := &Multiplier{kernel: k, threads: threads}
	for i := range m.packedB {
		m.packedB[i], memory = memory[:panelB], memory[panelB:]
	}
	for range threads {
		m.packedA = append(m.packedA, memory[:panelA])
		memory = memory[panelA:]
		m.tiles = append(m.tiles, make([]float64, k.rows*k.cols))
	}
	return m, nil
}

// Kernel describes what computes the products: "Go, kernel avx512 (8×24)".
func (m *Multiplier) Kernel() string {
	return fmt.Sprintf("Go, kernel %s (%d×%d)", m.kernel.name, m.kernel.rows, m.kernel.cols)
}

// Threads returns the number of threads.
func (m *Multiplier) Threads() int { return m.threads }

// Mul computes C = A·B by the package's definition. Any of the three may be a
// transposed view. C is written only: what it held does not matter, NaN
// included. A size of 0 in k makes C zero.
//
// When ctx is cancelled, Mul stops within a panel and returns the cause; C then
// holds anything. There is no other error. Mul panics where the sizes do not fit,
// where a view is larger than its data, or where C shares memory with A or B.
func (m *Multiplier) Mul(ctx context.Context, c, a, b Matrix) error {
	return m.multiply(ctx, c, a, b, false)
}

// MulAdd computes C += A·B by the package's definition, otherwise like Mul.
func (m *Multiplier) MulAdd(ctx context.Context, c, a, b Matrix) error {
	return m.multiply(ctx, c, a, b, true)
}

func (m *Multiplier) multiply(ctx context.Context, c, a, b Matrix, add bool) error {
	checkProduct(c, a, b)
	if c.Trans { // Cᵀ = BᵀAᵀ, and fma(x, y, s) = fma(y, x, s)
		c, a, b = c.T(), b.T(), a.T()
	}
	if c.Rows == 0 || c.Cols == 0 {
		return nil
	}
	if a.Cols == 0 {
		if !add {
			for i := range c.Rows {
				clear(c.Data[i*c.Stride : i*c.Stride+c.Cols])
			}
		}
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

// Kernels returns the names of the kernels that this processor can run, the
// fastest first. The last, "generic", is plain Go and runs everywhere.
func Kernels() []string {
	var names []string
	for _, k := range kernels() {
		if k.missing == "" {
			names = append(names, k.name)
		}
	}
	return names
}

// ErrKernel is what an error of [New] wraps where the kernel is at fault.
var ErrKernel = errors.New("no such kernel")

func findKernel(name string) (kernel, error) {
	for _, k := range kernels() {
		switch {
		case k.name == name && k.missing != "":
			return kernel{}, fmt.Errorf("%w on this processor: %s needs %s", ErrKernel, name, k.missing)
		case k.name == name, name == "" && k.missing == "":
			return k, nil
		}
	}
	return kernel{}, fmt.Errorf("%w: %q; this processor has %s", ErrKernel, name, strings.Join(Kernels(), ", "))
}

func ceilDiv(x, y int) int { return (x + y - 1) / y }
func roundUp(x, y int) int { return ceilDiv(x, y) * y }
