//go:build openblas

package blas

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sys/cpu"

	"matpool/blas/internal/openblas"
)

// withOpenBLAS puts OpenBLAS before Go's own kernels. The first of them that the
// processor can run computes what OpenBLAS leaves.
//
// Called for one panel of k at a time, with alpha = beta = 1, its kernels with FMA
// give the bits of the definition for every tile that is whole. Tiles on the edges
// of C are left to other kernels, which may not; so OpenBLAS computes the part of C
// whose sizes are multiples of 8, and Go the rest.
func withOpenBLAS(others []implementation) []implementation {
	o := implementation{name: "openblas", missing: openBLASMissing(), panel: openBLASPanel}
	o.bare = o.missing == "" && openBLASIsBare()
	for _, x := range others {
		if x.missing == "" {
			o.kernel = x.kernel
			break
		}
	}
	return append([]implementation{o}, others...)
}

// describeOpenBLAS names the library's version, its build and the kernels in use.
func describeOpenBLAS() string {
	return fmt.Sprintf("%s, kernel %s", strings.TrimSpace(openblas.Config()), openblas.Core())
}

// openBLASMissing says what OpenBLAS lacks to be used; it is decided once.
//
// The kernel that OpenBLAS chose, or that OPENBLAS_CORETYPE made it choose, is
// looked up before it is called: it might be one without FMA, which rounds
// otherwise, or one that this processor cannot run. Then it shows what it can do.
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
	got, want := Dense(rows, cols, roots(rows*cols, 5)), Dense(rows, cols, roots(rows*cols, 5))
	Define(want, a, b, true)
	openBLASPanel(got, a, b)
	return slices.Equal(got.Data, want.Data)
}

// openBLASIsBare reports whether a chain of terms that are all −0 is −0, and not +0.
var openBLASIsBare = sync.OnceValue(func() bool {
	const n, depth = wholeTile, 10
	c, a, b := Dense(n, n, make([]float64, n*n)), Dense(n, depth, make([]float64, n*depth)), Dense(depth, n, make([]float64, depth*n))
	for i := range c.Data {
		c.Data[i] = math.Copysign(0, -1)
	}
	for i := range a.Data {
		a.Data[i] = -1
	}
	openBLASPanel(c, a, b)
	return slices.ContainsFunc(c.Data, math.Signbit)
})

// openBLASPanel computes c += a·b, for a panel of k.
func openBLASPanel(c, a, b Matrix) {
	openblas.AddProduct(c.Rows, c.Cols, a.Cols, a.Data, a.Stride, a.Trans, b.Data, b.Stride, b.Trans, c.Data, c.Stride)
}
