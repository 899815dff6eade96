//go:build openblas

package blas

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/cpu"

	"matpool/blas/internal/openblas"
	"matpool/internal/pages"
)

// openBLAS computes products with OpenBLAS.
//
// Called for one panel of k at a time, with alpha = beta = 1, its kernels with FMA
// give the bits of the definition for every tile that is whole. Tiles on the edges
// of C are left to other kernels, which may not; so OpenBLAS computes the part of C
// whose sizes are multiples of [wholeTile], and Go the rest.
type openBLAS struct {
	edges Multiplier // has all the threads
	room  bool       // the memory that OpenBLAS needs has been found
}

// wholeTile divides the sizes for which OpenBLAS gives the definition's bits.
const wholeTile = 8

// openBLASIfLinked returns the implementation by OpenBLAS, which is in this program.
func openBLASIfLinked() []implementation {
	return []implementation{{"openblas", openBLASMissing(), newOpenBLAS}}
}

// newOpenBLAS returns a Multiplier that computes the edges with the fastest of our
// kernels.
func newOpenBLAS(threads int) (Multiplier, error) {
	for _, k := range kernels() {
		if k.missing == "" {
			edges, err := newTiled(k, threads)
			if err != nil {
				return nil, err
			}
			return &openBLAS{edges: edges}, nil
		}
	}
	panic("blas: no kernel") // unreachable: the generic one runs everywhere
}

func (m *openBLAS) Split(n int) ([]Multiplier, error) { return split(m, n, newOpenBLAS) }

func (m *openBLAS) Threads() int { return m.edges.Threads() }

// String names the library's version, its build and the kernels in use.
func (m *openBLAS) String() string {
	return fmt.Sprintf("%s, kernel %s; edges: %s", strings.TrimSpace(openblas.Config()), openblas.Core(), m.edges)
}

// Mul implements [Multiplier].
func (m *openBLAS) Mul(ctx context.Context, c, a, b Matrix, progress func(int64)) error {
	c, a, b, done := prepare(c, a, b)
	if done {
		return nil
	}
	if !fitsInt32(c, a, b) || !m.room && !roomForPanels(m.Threads()) {
		return m.edges.Mul(ctx, c, a, b, progress)
	}
	m.room = true
	return m.multiplySlabs(ctx, c, a, b, progress)
}

// multiplySlabs computes the whole tiles of C, a slab in each thread, and then the edges.
func (m *openBLAS) multiplySlabs(ctx context.Context, c, a, b Matrix, progress func(int64)) error {
	rows, cols := c.Rows/wholeTile*wholeTile, c.Cols/wholeTile*wholeTile
	threads := m.Threads()
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
				if !multiplySlab(ctx, c.View(i, j, r, s), a.View(i, 0, r, a.Cols), b.View(0, j, a.Cols, s), progress) {
					cancelled.Store(true)
				}
			})
		}
	}
	wg.Wait()
	if cancelled.Load() {
		return context.Cause(ctx)
	}
	err := m.edges.Mul(ctx, c.View(rows, 0, c.Rows-rows, c.Cols), a.View(rows, 0, a.Rows-rows, a.Cols), b, progress)
	if err != nil {
		return err
	}
	return m.edges.Mul(ctx, c.View(0, cols, rows, c.Cols-cols), a.View(0, 0, rows, a.Cols), b.View(0, cols, a.Cols, c.Cols-cols), progress)
}

// multiplySlab computes one thread's part of C, panel by panel, and reports whether it
// came to its end.
func multiplySlab(ctx context.Context, c, a, b Matrix, progress func(int64)) bool {
	c.clear()
	for k := 0; k < a.Cols; k += Panel {
		if ctx.Err() != nil {
			return false
		}
		depth := min(Panel, a.Cols-k)
		addPanel(c, a.View(0, k, a.Rows, depth), b.View(k, 0, depth, b.Cols))
		if progress != nil {
			progress(int64(c.Rows) * int64(c.Cols) * int64(depth))
		}
	}
	return true
}

// addPanel computes c += a·b, one step of the definition for all of c: a has at most
// [Panel] columns, and c's sizes are multiples of [wholeTile].
//
// Note: OpenBLAS's kernel for Haswell begins a chain with its first term instead of
// adding that to +0. If all terms are −0, so is the chain, and not +0. This would show
// in nothing but the sum with a c that is −0 itself, which no c becomes that begins as
// +0. (A form C += A·B, which nothing here needs, would have to look for it.)
func addPanel(c, a, b Matrix) {
	openblas.AddProduct(c.Rows, c.Cols, a.Cols, a.Data, a.Stride, a.Trans, b.Data, b.Stride, b.Trans, c.Data, c.Stride)
}

// fitsInt32 reports whether all sizes can be passed to OpenBLAS, which counts in int32.
// Products that are larger are computed in Go.
func fitsInt32(matrices ...Matrix) bool {
	for _, m := range matrices {
		if max(m.Rows, m.Cols, m.Stride) > math.MaxInt32 {
			return false
		}
	}
	return true
}

// panelMemory is what OpenBLAS may need for itself in each thread, in values: it maps
// 32 MiB for a thread's first product.
const panelMemory = 40 << 20 / 8

// roomForPanels reports whether the memory that OpenBLAS needs can be had. It is
// looked for beforehand since OpenBLAS, if it gets none, asks again for ever.
func roomForPanels(threads int) bool {
	var probe pages.Buffer
	_, err := probe.Floats(threads * panelMemory)
	return errors.Join(err, probe.Free()) == nil
}

// openBLASMissing returns what OpenBLAS lacks to be used; it is decided once.
//
// The kernel that OpenBLAS chose, or that OPENBLAS_CORETYPE made it choose, is
// looked up before it is called: it might be one without FMA, which rounds
// otherwise, or one that this processor cannot run. Then it has to prove itself.
var openBLASMissing = sync.OnceValue(func() string {
	core := openblas.Core()
	switch strings.ToLower(core) {
	case "haswell", "zen":
		if !cpu.X86.HasAVX2 || !cpu.X86.HasFMA {
			return "AVX2 and FMA for its kernel " + core
		}
	case "skylakex", "cooperlake", "sapphirerapids":
		if !cpu.X86.HasAVX512 || !cpu.X86.HasAVX512DQ || !cpu.X86.HasAVX512BW || !cpu.X86.HasAVX512VL {
			return "AVX-512 for its kernel " + core
		}
	default:
		return "a kernel with FMA; it has chosen " + core
	}
	if !roomForPanels(1) {
		return "40 MB of memory for itself"
	}
	if !openBLASConforms() {
		return "a kernel that gives the bits of the definition; " + core + " does not"
	}
	return ""
})

// openBLASConforms computes two small products both ways, in some hundred microseconds: one
// of whole tiles, and one as deep as a panel. A library that divides a panel, since it is
// too deep for its kernel's blocks, shows in the second.
func openBLASConforms() bool {
	return openBLASComputes(24, 11, 24) && openBLASComputes(8, Panel, 8)
}

// openBLASComputes reports whether C += A·B has the definition's bits, for an A and a B few
// of whose products are exact.
func openBLASComputes(rows, depth, cols int) bool {
	roots := func(n, from int) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = math.Sqrt(float64(from + i))
		}
		return x
	}
	a, b := Dense(rows, depth, roots(rows*depth, 2)), Dense(depth, cols, roots(depth*cols, 3))
	c, panel := Dense(rows, cols, roots(rows*cols, 5)), Dense(rows, cols, make([]float64, rows*cols))
	want := slices.Clone(c.Data)
	Define(panel, a, b)
	for i, s := range panel.Data {
		want[i] += s
	}
	addPanel(c, a, b)
	return slices.Equal(c.Data, want)
}
