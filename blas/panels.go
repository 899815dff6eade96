package blas

import (
	"context"
	"errors"
	"math"
	"sync"
	"sync/atomic"

	"matpool/internal/pages"
)

// A panelFunc computes c += a·b where a has at most [Panel] columns and c's sizes are
// multiples of wholeTile: one step of the definition, for all of c. Several threads may
// call it at the same time.
type panelFunc func(c, a, b Matrix)

// wholeTile divides the sizes for which a panelFunc gives the definition's bits.
const wholeTile = 8

// fitsInt32 reports whether all sizes can be told to a library that counts in int32.
// Where they cannot, the product is computed by tiles.
func fitsInt32(matrices ...Matrix) bool {
	for _, m := range matrices {
		if max(m.Rows, m.Cols, m.Stride) > math.MaxInt32 {
			return false
		}
	}
	return true
}

// hasNegativeZero reports whether there is a −0 in c. A library's kernel may begin a chain
// with its first term instead of adding that to +0, as OpenBLAS's for Haswell does. If all
// terms are −0, so is the chain then, and not +0. This shows nowhere but in the sum with a
// c that is −0 itself, which no c becomes that begins as anything else.
func hasNegativeZero(c Matrix) bool {
	for i := range c.Rows {
		for _, x := range c.Data[i*c.Stride : i*c.Stride+c.Cols] {
			if math.Float64bits(x) == 1<<63 {
				return true
			}
		}
	}
	return false
}

// panelMemory is what a library may want for itself in each thread, in values: OpenBLAS
// maps 32 MiB for a thread's first product.
const panelMemory = 40 << 20 / 8

// roomForPanels reports whether the memory that a panelFunc wants can be had. It is
// looked for beforehand since OpenBLAS, where it gets none, asks again for ever.
func roomForPanels(threads int) bool {
	var probe pages.Buffer
	_, err := probe.Floats(threads * panelMemory)
	return errors.Join(err, probe.Free()) == nil
}

// multiplyByPanels computes the product with a panelFunc, except for the last rows
// and columns that are no whole tile. Each thread computes a slab of C, panel by panel.
func (m *Multiplier) multiplyByPanels(ctx context.Context, c, a, b Matrix, add bool) error {
	rows, cols := c.Rows/wholeTile*wholeTile, c.Cols/wholeTile*wholeTile
	threads := m.threads
	if float64(rows)*float64(cols)*float64(a.Cols) < smallProduct {
		threads = 1
	}
	slabRows, slabCols := rows, cols
	if rows >= cols {
		slabRows = roundUp(ceilDiv(rows, threads), wholeTile)
	} else {
		slabCols = roundUp(ceilDiv(cols, threads), wholeTile)
	}
	var wg sync.WaitGroup
	var cancelled atomic.Bool
	for i := 0; i < rows && cols > 0; i += slabRows {
		for j := 0; j < cols; j += slabCols {
			wg.Go(func() {
				r, s := min(slabRows, rows-i), min(slabCols, cols-j)
				if !m.slab(ctx, c.View(i, j, r, s), a.View(i, 0, r, a.Cols), b.View(0, j, a.Cols, s), add) {
					cancelled.Store(true)
				}
			})
		}
	}
	wg.Wait()
	if cancelled.Load() {
		return context.Cause(ctx)
	}
	err := m.multiplyByTiles(ctx, c.View(rows, 0, c.Rows-rows, c.Cols), a.View(rows, 0, a.Rows-rows, a.Cols), b, add)
	if err != nil {
		return err
	}
	return m.multiplyByTiles(ctx, c.View(0, cols, rows, c.Cols-cols), a.View(0, 0, rows, a.Cols), b.View(0, cols, a.Cols, c.Cols-cols), add)
}

// slab computes one thread's part of C, and reports whether it came to its end.
func (m *Multiplier) slab(ctx context.Context, c, a, b Matrix, add bool) bool {
	if !add {
		for i := range c.Rows {
			clear(c.Data[i*c.Stride : i*c.Stride+c.Cols])
		}
	}
	for k := 0; k < a.Cols; k += Panel {
		if ctx.Err() != nil {
			return false
		}
		depth := min(Panel, a.Cols-k)
		m.panel(c, a.View(0, k, a.Rows, depth), b.View(k, 0, depth, b.Cols))
		if m.Progress != nil {
			m.Progress(int64(c.Rows) * int64(c.Cols) * int64(depth))
		}
	}
	return true
}
