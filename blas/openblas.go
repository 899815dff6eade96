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

	"golang.org/x/sys/cpu"

	"matpool/blas/internal/openblas"
	"matpool/internal/base/pages"
)

// openBLAS computes products with OpenBLAS.
//
// Called for one panel of k at a time, with alpha = beta = 1, its kernels with FMA
// give the bits of the definition for every tile that is whole. Tiles on the edges
// of C are left to other kernels, which may not; so OpenBLAS computes the part of C
// whose sizes are multiples of [wholeTile], and Go the rest.
//
// C code cannot recover from a fault, so it gets copies of a factor whose memory can be lost (see [Factor]), a
// panel's blocks at a time. Only amd64 has OpenBLAS: on arm64 the Go kernel needs no cross compiler and no C
// library, and it is not known whether OpenBLAS's kernels there give the definition's bits.
type openBLAS struct {
	edges *tiled // has all the threads
	room  bool   // the memory that OpenBLAS needs has been found

	converted pages.Buffer // the blocks of a panel that are no float64s, for each thread
}

// wholeTile divides the sizes for which OpenBLAS gives the definition's bits.
const wholeTile = 8

// openBLASIfLinked returns the implementation by OpenBLAS, which is in this program.
func openBLASIfLinked() []implementation {
	return []implementation{{"openblas", openBLASMissing, newOpenBLAS}}
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
			return &openBLAS{edges: edges.inGo()}, nil
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

func (m *openBLAS) inGo() *tiled { return m.edges }

// Mul implements [Multiplier].
func (m *openBLAS) Mul(ctx context.Context, c Matrix, a, b Factor, progress func(int64)) error {
	t, done := newTask(m, c, a, b)
	if done {
		return nil
	}
	w := watch(ctx, a, b)
	defer w.end()
	switch t.path() {
	case library:
		return m.multiplySlabs(w, t.c, t.x, t.y, progress)
	case dot:
		return m.edges.dot(w, t.c, t.x, t.y, progress)
	}
	return m.edges.multiply(w, t.c, t.x, t.y, progress)
}

// safe returns an operand as OpenBLAS may see it. Where memory can be lost, a panel's blocks are copied, as
// those of other types are converted: C code cannot stop at a fault.
func safe(x operand) operand {
	x.ready = x.ready && !x.canLose
	return x
}

// suits implements [Multiplier].
func (m *openBLAS) suits(c Matrix, a, b operand) bool {
	if min(c.Rows, c.Cols) < wholeTile {
		return false
	}
	m.room = m.room || roomForPanels(m.Threads())
	return m.room && fitsInt32(c, a, b)
}

// gramCols is the size of the squares on a Gram matrix's diagonal, a multiple of [wholeTile].
const gramCols = 512

// Gram implements [Multiplier]: OpenBLAS computes what is above the squares on the diagonal, a
// block of columns at a time, and Go their upper triangles.
func (m *openBLAS) Gram(ctx context.Context, c Matrix, x Factor, progress func(int64)) error {
	checkGram(c, x)
	y := plain(x)
	c, a, b, done := prepare(c, y.T(), y)
	if done {
		return nil
	}
	if (task{m: m, n: 1, a: x.T(), b: x, c: c, x: a, y: b, gram: true}).path() != library {
		return m.edges.Gram(ctx, c, x, progress)
	}
	w := watch(ctx, x)
	defer w.end()
	for j := 0; j < c.Cols; j += gramCols {
		cols := min(gramCols, c.Cols-j)
		block := b.View(0, j, b.rows, cols)
		if j > 0 {
			if err := m.multiplySlabs(w, c.View(0, j, j, cols), a.View(0, 0, j, a.cols), block, progress); err != nil {
				return err
			}
		}
		if err := m.edges.multiplyUpper(w, c.View(j, j, cols, cols), a.View(j, 0, cols, a.cols), block, progress); err != nil {
			return err
		}
	}
	mirror(m.Threads(), c.Data, c.Cols, c.Stride)
	return nil
}

// The largest block of C that is computed at a time if the factors are no float64s, so that
// the blocks of A and B that are converted stay small: 6 MiB for each thread.
const (
	convertedRows = 1024
	convertedCols = 2048
)

// multiplySlabs computes the whole tiles of C, a slab in each thread, and then the edges.
func (m *openBLAS) multiplySlabs(ctx *watched, c Matrix, a, b operand, progress func(int64)) error {
	rows, cols := c.Rows/wholeTile*wholeTile, c.Cols/wholeTile*wholeTile
	threads := m.Threads()
	if float64(rows)*float64(cols)*float64(a.cols) < smallProduct {
		threads = 1
	}
	slabRows, slabCols := rows, cols
	if rows >= cols {
		slabRows = roundUp(ceilDiv(rows, threads), wholeTile)
	} else {
		slabCols = roundUp(ceilDiv(cols, threads), wholeTile)
	}
	safeA, safeB := safe(a), safe(b)
	blockA, blockB := 0, 0
	if !safeA.ready {
		blockA = min(slabRows, convertedRows) * min(Panel, a.cols)
	}
	if !safeB.ready {
		blockB = min(slabCols, convertedCols) * min(Panel, a.cols)
	}
	memory, err := m.converted.Floats(threads * (blockA + blockB))
	if err != nil { // then with less
		return m.edges.multiply(ctx, c, a, b, progress)
	}
	var wg sync.WaitGroup
	for i := 0; i < rows && cols > 0; i += slabRows {
		for j := 0; j < cols; j += slabCols {
			s := slab{scratchA: memory[:blockA], scratchB: memory[blockA:][:blockB]}
			memory = memory[blockA+blockB:]
			r, w := min(slabRows, rows-i), min(slabCols, cols-j)
			work := func() {
				ctx.read(func() {
					s.multiply(ctx, c.View(i, j, r, w), safeA.View(i, 0, r, a.cols), safeB.View(0, j, a.cols, w), progress)
				})
			}
			if i+r < rows || j+w < cols {
				wg.Go(work)
			} else { // a small product takes less time than to start another thread
				work()
			}
		}
	}
	wg.Wait()
	if err := context.Cause(ctx); err != nil {
		return err
	}
	err = m.edges.multiply(ctx, c.View(rows, 0, c.Rows-rows, c.Cols), a.View(rows, 0, a.rows-rows, a.cols), b, progress)
	if err != nil {
		return err
	}
	return m.edges.multiply(ctx, c.View(0, cols, rows, c.Cols-cols), a.View(0, 0, rows, a.cols), b.View(0, cols, a.cols, c.Cols-cols), progress)
}

// A slab is one thread's part of C, and the memory where its factors become float64s.
type slab struct{ scratchA, scratchB []float64 }

// multiply computes the part, panel by panel, until ctx is cancelled. If there is something to
// convert, it does so for one block of c after the other.
func (s slab) multiply(ctx context.Context, c Matrix, a, b operand, progress func(int64)) {
	c.clear()
	rows, cols := c.Rows, c.Cols
	if !a.ready || !b.ready {
		rows, cols = convertedRows, convertedCols
	}
	for j := 0; j < c.Cols; j += cols {
		w := min(cols, c.Cols-j)
		for k := 0; k < a.cols; k += Panel {
			depth := min(Panel, a.cols-k)
			y := b.View(k, j, depth, w).convert(s.scratchB)
			for i := 0; i < c.Rows; i += rows {
				if ctx.Err() != nil {
					return
				}
				r := min(rows, c.Rows-i)
				addPanel(c.View(i, j, r, w), a.View(i, k, r, depth).convert(s.scratchA), y)
				if progress != nil {
					progress(int64(r) * int64(w) * int64(depth))
				}
			}
		}
	}
}

// addPanel computes c += a·b, one step of the definition for all of c: a has at most
// [Panel] columns, and c's sizes are multiples of [wholeTile].
//
// Note: OpenBLAS's kernel for Haswell begins a chain with its first term instead of
// adding that to +0. If all terms are −0, so is the chain, and not +0. This would show
// only in the sum with a c that is −0 itself, which no c becomes that begins as
// +0. (A form C += A·B, which nothing here needs, would have to look for it.)
func addPanel(c, a, b Matrix) {
	openblas.AddProduct(c.Rows, c.Cols, a.Cols, panelOf(c), panelOf(a), panelOf(b))
}

func panelOf(m Matrix) openblas.Matrix {
	return openblas.Matrix{Data: m.Data, Stride: m.Stride, Trans: m.Trans}
}

// fitsInt32 reports whether all sizes can be passed to OpenBLAS, which counts in int32.
// Products that are larger are computed in Go.
func fitsInt32(c Matrix, factors ...operand) bool {
	largest := max(c.Rows, c.Cols, c.Stride)
	for _, x := range factors {
		largest = max(largest, x.rows, x.cols)
		if x.ready {
			largest = max(largest, x.stride)
		}
	}
	return largest <= math.MaxInt32
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

// openBLASConforms computes two small products both ways, in some ten microseconds: one
// of whole tiles, and one as deep as a panel. A library that divides a panel, since it is
// too deep for its kernel's blocks, shows in the second.
func openBLASConforms() bool {
	values := make([]float64, 8*Panel+2) // few of whose products are exact
	for i := range values {
		values[i] = math.Sqrt(float64(2 + i))
	}
	return openBLASComputes(24, 11, 24, values) && openBLASComputes(8, Panel, 8, values)
}

// openBLASComputes reports whether C += A·B has the definition's bits, for matrices of these values.
func openBLASComputes(rows, depth, cols int, values []float64) bool {
	a, b := Dense(rows, depth, values[:rows*depth]), Dense(depth, cols, values[1:][:depth*cols])
	c := Dense(rows, cols, slices.Clone(values[2:][:rows*cols]))
	want := slices.Clone(c.Data)
	for i := range want {
		x, y := a.Data[i/cols*depth:], b.Data[i%cols:]
		s := 0.0
		for k := range depth {
			s = math.FMA(x[k], y[k*cols], s)
		}
		want[i] += s
	}
	addPanel(c, a, b)
	return slices.Equal(c.Data, want)
}
