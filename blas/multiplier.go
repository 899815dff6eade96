package blas

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// A Multiplier is an implementation of the product with a number of threads. It owns
// the memory into which it packs the factors, so one Multiplier computes one product
// at a time.
type Multiplier interface {
	// Mul computes C = A·B in float64s by the package's definition. Any of the three may
	// be a transposed view. If A or B is complex, C has two columns for each of B's, re and
	// im. C is only written: what it held does not matter, NaN included. A size of 0 in k
	// makes C zero.
	//
	// progress, which may be nil, gets the number of multiplications done since its
	// last call, of all [Multiplications]. Any of the threads may call it.
	//
	// When ctx is cancelled, Mul stops within a panel and returns the cause; when a factor's
	// memory is lost, it returns that factor's error. C then holds anything. There is no other
	// error. Mul panics if the sizes do not fit, if a view is larger than its data, or if C
	// shares memory with A or B.
	Mul(ctx context.Context, c Matrix, a, b Factor, progress func(multiplications int64)) error

	// Gram computes C = XᵀX, with the bits of Mul(C, Xᵀ, X): C is symmetric, since the factors
	// of a multiplication commute, and only what is not below the diagonal is computed.
	// progress gets the number of multiplications, of all [GramMultiplications]. The rest is as
	// for Mul. Gram panics if X is complex.
	Gram(ctx context.Context, c Matrix, x Factor, progress func(multiplications int64)) error

	// Split returns n Multipliers of the same kind, for use at the same time, which
	// have the threads between them. It fails as [New] does, and panics unless n is
	// at least 1 and at most the number of threads.
	Split(n int) ([]Multiplier, error)

	// Threads returns the number of threads.
	Threads() int

	// String describes what computes the products: "Go, kernel avx512 (8×24)".
	String() string

	// inGo returns what computes without a library, with the same threads.
	inGo() *tiled

	// suits reports whether a library computes this product: whether there is one that can do so here, and a whole tile.
	suits(c Matrix, a, b operand) bool
}

// New returns a Multiplier with the named kernel, one of [Kernels], or with the
// fastest if the name is empty. It fails with [ErrKernel] if there is no such kernel
// or this processor lacks what it needs, and if the memory to pack the factors cannot
// be had: whatever the size of the matrices, up to 4 MiB (8 MiB with two threads or more),
// and 0.6 MiB for each thread. It panics unless threads ≥ 1.
func New(kernel string, threads int) (Multiplier, error) {
	if threads < 1 {
		panic(fmt.Sprintf("blas: %d threads", threads))
	}
	found, err := find(kernel)
	if err != nil {
		return nil, err
	}
	return found.start(threads)
}

// An implementation is one way to compute products: by OpenBLAS, or in Go with one of
// our kernels.
type implementation struct {
	name    string
	missing func() string // what this processor lacks for it; empty if nothing
	start   func(threads int) (Multiplier, error)
}

// implementations returns all that the program has, the fastest first. The last one
// is plain Go.
//
// OpenBLAS stands behind the kernel for AVX-512, which is faster up to n = 2000 on the processors measured so far
// (bench/runs), at most 3 % slower at 4000, and reads mapped factors where they lie.
func implementations() (all []implementation) {
	for _, k := range kernels() {
		if len(all) == 1 {
			all = append(all, openBLASIfLinked()...)
		}
		all = append(all, implementation{k.name, func() string { return k.missing }, func(threads int) (Multiplier, error) { return newTiled(k, threads) }})
	}
	return all
}

// Kernels returns the names of the kernels that this processor can run, the
// fastest first. The last, "generic", is plain Go and runs everywhere.
func Kernels() []string {
	var names []string
	for _, x := range implementations() {
		if x.missing() == "" {
			names = append(names, x.name)
		}
	}
	return names
}

// ErrKernel is what an error of [New] wraps if the kernel is at fault.
var ErrKernel = errors.New("no such kernel")

// find returns the named implementation, or the fastest for an empty name.
func find(name string) (implementation, error) {
	for _, x := range implementations() {
		if x.name != name && name != "" {
			continue
		}
		switch missing := x.missing(); {
		case missing == "":
			return x, nil
		case name != "":
			return implementation{}, fmt.Errorf("%w on this processor: %s needs %s", ErrKernel, name, missing)
		}
	}
	return implementation{}, fmt.Errorf("%w: %q; this processor has %s", ErrKernel, name, strings.Join(Kernels(), ", "))
}

// split divides m's threads among n Multipliers that start makes.
func split(m Multiplier, n int, start func(threads int) (Multiplier, error)) ([]Multiplier, error) {
	if n < 1 || n > m.Threads() {
		panic(fmt.Sprintf("blas: %d threads cannot be divided among %d", m.Threads(), n))
	}
	if n == 1 {
		return []Multiplier{m}, nil
	}
	parts := make([]Multiplier, n)
	for i := range parts {
		var err error
		if parts[i], err = start((m.Threads() + i) / n); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// prepare returns a product's matrices such that C lies row by row: Cᵀ = BᵀAᵀ, and
// fma(x, y, s) = fma(y, x, s). If C is a single column, and A must be converted and lies column by column, C becomes a row:
// then whole lines of A are converted at once. If a size is 0, it clears C, and there is nothing left to do.
func prepare(c Matrix, a, b operand) (_ Matrix, _, _ operand, done bool) {
	if c.Trans {
		c, a, b = c.T(), b.T(), a.T()
	}
	if c.Cols == 1 && c.Stride == 1 && c.Rows > 1 && a.trans && !a.ready {
		c, a, b = Matrix{Rows: 1, Cols: c.Rows, Data: c.Data, Stride: c.Rows}, b.T(), a.T()
	}
	if c.Rows == 0 || c.Cols == 0 {
		return c, a, b, true
	}
	if a.cols == 0 {
		c.clear()
		return c, a, b, true
	}
	return c, a, b, false
}

// clear makes c zero, which lies row by row.
func (c Matrix) clear() {
	for i := range c.Rows {
		clear(c.Data[i*c.Stride : i*c.Stride+c.Cols])
	}
}
