package blas

import (
	"math"
	"unsafe"
)

// A kernel computes columns of tiles of C.
type kernel struct {
	name       string
	missing    string // what this processor lacks to run it; empty if nothing
	rows, cols int    // a tile's size
	vector     int    // values in a vector; if fewer vectors of a tile are needed, fewer are computed
	blockRows  int    // how much of A is packed at a time: blockRows×blockDepth,
	blockDepth int    // multiples of rows and of Panel
	direct     direct // which factors it can read where they lie
	run        func(t *tileColumn)
}

// narrowDepth is the depth of a block of A where C has no more columns than a vector has values. A row of A is then used once,
// and comes sooner from memory in long pieces.
const narrowDepth = 16 * Panel

// mostBlocks limits how many times taller a shallow block of A may be.
const mostBlocks = 16

// block returns the size of the blocks of A for a C with so many columns.
func (k kernel) block(a operand, cols int) (rows, depth int) {
	switch {
	case a.cols < k.blockDepth: // and more rows
		return k.blockRows * min(k.blockDepth/a.cols, mostBlocks), k.blockDepth
	case cols > k.vector || a.trans || a.cols == k.blockDepth:
		return k.blockRows, k.blockDepth
	}
	return k.blockRows * k.blockDepth / narrowDepth / k.rows * k.rows, narrowDepth
}

// kernels returns all kernels that the program has, the fastest first.
func kernels() []kernel { return append(archKernels(), generic) }

// generic is the kernel for processors that have no other. math.FMA is a
// single instruction on arm64, ppc64, riscv64, s390x and on amd64 since 2013,
// and right, if slow, everywhere else.
var generic = kernel{name: "generic", rows: 4, cols: 4, vector: 4, blockRows: 120, blockDepth: 2 * Panel, run: runGeneric}

func runGeneric(t *tileColumn) {
	bs := unsafe.Slice(t.b, 4*t.depth)
	as := unsafe.Slice(t.a, roundUp(t.rows, 4)*t.depth)
	stride := t.rowC / 8
	cs := unsafe.Slice(t.c, (t.rows-1)*stride+t.cols)
	var tile [16]float64
	for i := 0; i < t.rows; i += 4 {
		chains(&tile, as[i*t.depth:][:4*t.depth], bs)
		for r := range min(4, t.rows-i) {
			row := cs[(i+r)*stride:][:t.cols]
			if !t.add {
				clear(row)
			}
			for j := range row {
				row[j] += tile[4*r+j]
			}
		}
	}
}

// chains computes the chains of a tile of 4×4.
func chains(tile *[16]float64, as, bs []float64) {
	for i := 0; i < 4; i += 2 { // two rows at a time: eight sums fit the registers
		var s00, s01, s02, s03, s10, s11, s12, s13 float64
		for k := 0; k+4 <= len(bs); k += 4 {
			x, y := as[k+i:k+i+2:k+i+2], bs[k:k+4:k+4]
			s00 = math.FMA(x[0], y[0], s00)
			s01 = math.FMA(x[0], y[1], s01)
			s02 = math.FMA(x[0], y[2], s02)
			s03 = math.FMA(x[0], y[3], s03)
			s10 = math.FMA(x[1], y[0], s10)
			s11 = math.FMA(x[1], y[1], s11)
			s12 = math.FMA(x[1], y[2], s12)
			s13 = math.FMA(x[1], y[3], s13)
		}
		copy(tile[4*i:], []float64{s00, s01, s02, s03, s10, s11, s12, s13})
	}
}
