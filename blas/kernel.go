package blas

import (
	"math"
	"unsafe"
)

// A kernel computes a column of tiles of C from packed factors: a strip of C as wide as
// a tile, and as high as the block of A is.
//
// run computes, for each element (i, j) of c, which has rows rows and at most kernel.cols
// columns, the panel's chain
//
//	s ← +0;  s ← fma(a[i,k], b[k·cols+j], s) for k = 0 … depth−1
//
// where a[i,k] lies at a[(i/rows·depth + k)·rows + i%rows] with kernel.rows for rows, as
// [pack] leaves it, and c[i·stride+j] ← c[i·stride+j] + s where add is set, else +0 + s.
// (The addition of +0 is not idle: a chain that underflows may end in −0.)
type kernel struct {
	name       string
	missing    string // what this processor lacks to run it; empty if nothing
	rows, cols int    // a tile's size
	blockRows  int    // how much of A is packed at a time: blockRows×blockDepth,
	blockDepth int    // multiples of rows and of Panel
	run        func(depth int, a, b, c *float64, rows, cols, stride int, add bool)
}

// kernels returns all kernels that the program has, the fastest first.
func kernels() []kernel { return append(archKernels(), generic) }

// generic is the kernel for processors without one of their own. math.FMA is a
// single instruction on arm64, ppc64, riscv64, s390x and on amd64 since 2013,
// and right, if slow, everywhere else.
var generic = kernel{name: "generic", rows: 4, cols: 4, blockRows: 120, blockDepth: 2 * Panel, run: runGeneric}

func runGeneric(depth int, a, b, c *float64, rows, cols, stride int, add bool) {
	bs := unsafe.Slice(b, 4*depth)
	cs := unsafe.Slice(c, (rows-1)*stride+cols)
	var tile [16]float64
	for i := 0; i < rows; i += 4 {
		chains(&tile, unsafe.Slice(a, ceilDiv(rows, 4)*4*depth)[i*depth:][:4*depth], bs)
		for r := range min(4, rows-i) {
			row := cs[(i+r)*stride:][:cols]
			if !add {
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
