package blas

import (
	"context"
	"fmt"

	"matpool/internal/pages"
)

// A Multiplier computes products with one kernel and a number of threads. It
// owns the memory into which it packs the factors, so one Multiplier computes
// one product at a time.
type Multiplier struct {
	// Progress, where it is set, is told from time to time how many more
	// multiplications of numbers are done. Any of the threads may call it.
	Progress func(more int64)

	name    string    // of the implementation
	panel   panelFunc // computes a panel at once; nil where tiles are computed one by one
	bare    bool      // … and begins a chain with its first term: see hasNegativeZero
	room    bool      // there is memory for it
	kernel  kernel    // computes strips of tiles
	threads int
	packedA [][]float64  // a row block for each thread
	packedB [2][]float64 // a block, and the next one; one thread packs it where the last one was
}

// New returns a Multiplier with the named kernel, one of [Kernels], or with the
// fastest where the name is empty. It fails where this processor lacks what the
// kernel needs, or where the memory to pack the factors is not to be had: about
// 4 MiB, whatever the size of the matrices. It panics unless threads ≥ 1.
func New(kernel string, threads int) (*Multiplier, error) {
	if threads < 1 {
		panic(fmt.Sprintf("blas: %d threads", threads))
	}
	found, err := find(kernel)
	if err != nil {
		return nil, err
	}
	k := found.kernel
	sizeA, sizeB := k.blockDepth*k.blockRows, k.blockDepth*roundUp(blockCols, k.cols)
	blocks := min(threads, 2)
	memory, err := pages.Alloc(threads*sizeA + blocks*sizeB)
	if err != nil {
		return nil, err
	}
	m := &Multiplier{name: found.name, panel: found.panel, bare: found.bare, kernel: k, threads: threads}
	for i := range m.packedB {
		m.packedB[i] = memory[i%blocks*sizeB:][:sizeB]
	}
	memory = memory[blocks*sizeB:]
	for range threads {
		m.packedA = append(m.packedA, memory[:sizeA])
		memory = memory[sizeA:]
	}
	return m, nil
}

// Split returns n Multipliers like m, to be used at the same time, among which m's threads
// are divided. It panics unless n is at least 1 and at most the number of threads.
func (m *Multiplier) Split(n int) ([]*Multiplier, error) {
	if n < 1 || n > m.threads {
		panic(fmt.Sprintf("blas: %d threads cannot be divided among %d", m.threads, n))
	}
	if n == 1 {
		return []*Multiplier{m}, nil
	}
	parts := make([]*Multiplier, n)
	for i := range parts {
		part, err := New(m.name, (m.threads+i)/n)
		if err != nil {
			return nil, err
		}
		part.Progress = m.Progress
		parts[i] = part
	}
	return parts, nil
}

// Kernel describes what computes the products: "Go, kernel avx512 (8×24)".
func (m *Multiplier) Kernel() string {
	tiles := fmt.Sprintf("Go, kernel %s (%d×%d)", m.kernel.name, m.kernel.rows, m.kernel.cols)
	if m.panel != nil {
		return describeOpenBLAS() + "; edges: " + tiles
	}
	return tiles
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
	if m.panel != nil && fitsInt32(c, a, b) && !(add && m.bare && hasNegativeZero(c)) && (m.room || roomForPanels(m.threads)) {
		m.room = true
		return m.multiplyByPanels(ctx, c, a, b, add)
	}
	return m.multiplyByTiles(ctx, c, a, b, add)
}
