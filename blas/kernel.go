package blas

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"unsafe"
)

// An implementation is one way to compute products: OpenBLAS with its own kernels, or
// Go with one of ours.
type implementation struct {
	name    string
	missing string    // what this processor lacks for it; empty if nothing
	panel   panelFunc // nil for Go
	kernel  kernel
}

// implementations returns all that the program has, the fastest first. The last one
// is plain Go.
func implementations() []implementation {
	var all []implementation
	for _, k := range append(archKernels(), generic) {
		all = append(all, implementation{name: k.name, missing: k.missing, kernel: k})
	}
	return withOpenBLAS(all)
}

// Kernels returns the names of the kernels that this processor can run, the
// fastest first. The last, "generic", is plain Go and runs everywhere.
func Kernels() []string {
	var names []string
	for _, x := range implementations() {
		if x.missing == "" {
			names = append(names, x.name)
		}
	}
	return names
}

// ErrKernel is what an error of [New] wraps where the kernel is at fault.
var ErrKernel = errors.New("no such kernel")

// find returns the named implementation, or the fastest for an empty name.
func find(name string) (implementation, error) {
	for _, x := range implementations() {
		switch {
		case x.name == name && x.missing != "":
			return implementation{}, fmt.Errorf("%w on this processor: %s needs %s", ErrKernel, name, x.missing)
		case x.name == name, name == "" && x.missing == "":
			return x, nil
		}
	}
	return implementation{}, fmt.Errorf("%w: %q; this processor has %s", ErrKernel, name, strings.Join(Kernels(), ", "))
}

// A kernel computes one tile of C, rows×cols values, from a packed strip of each
// factor.
//
// run computes, for each element (i, j) of the tile, the panel's chain
//
//	s ← +0;  s ← fma(a[k·rows+i], b[k·cols+j], s) for k = 0 … depth−1
//
// and c[i·stride+j] ← c[i·stride+j] + s where add is set, else +0 + s. (The
// addition of +0 is not idle: a chain that underflows may end in −0.)
type kernel struct {
	name       string
	missing    string // what this processor lacks to run it; empty if nothing
	rows, cols int
	run        func(depth int, a, b, c *float64, stride int, add bool)
}

// generic is the kernel for processors without one of their own. math.FMA is a
// single instruction on arm64, ppc64, riscv64, s390x and on amd64 since 2013,
// and right, if slow, everywhere else.
var generic = kernel{name: "generic", rows: 4, cols: 4, run: runGeneric}

func runGeneric(depth int, a, b, c *float64, stride int, add bool) {
	as, bs := unsafe.Slice(a, 4*depth), unsafe.Slice(b, 4*depth)
	cs := unsafe.Slice(c, 3*stride+4)
	for i := 0; i < 4; i += 2 { // two rows at a time: eight sums fit the registers
		var s00, s01, s02, s03, s10, s11, s12, s13 float64
		for k := 0; k < 4*depth; k += 4 {
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
		row0, row1 := cs[i*stride:i*stride+4], cs[(i+1)*stride:(i+1)*stride+4]
		if !add {
			clear(row0)
			clear(row1)
		}
		row0[0] += s00
		row0[1] += s01
		row0[2] += s02
		row0[3] += s03
		row1[0] += s10
		row1[1] += s11
		row1[2] += s12
		row1[3] += s13
	}
}
