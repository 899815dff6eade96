//go:build linux

package main

import (
	"fmt"
	"math"
	"strings"
)

// A target compares a figure of each build with a limit. Figures are ratios of medians, or sizes. The figure of
// [empty] is that of the work's files alone.
type target struct {
	work, formula string
	sign          string // "≤" or "≥"
	limit         float64
	figure        func(build string) float64 // NaN if something was not measured
}

func (t target) met(x float64) bool {
	return t.sign == "≤" && x <= t.limit || t.sign == "≥" && x >= t.limit
}

// targets returns the table of targets. To add a target, add a line.
func (a *archive) targets() []target {
	p := a.products()
	t := func(b, format string, args ...any) float64 { return a.seconds(b, fmt.Sprintf(format, args...)) }
	g := func(threads int) float64 { return t(numpy, "Warm/n=1000/threads=%d", threads) }
	serial := func(b string, threads int) float64 { return t(b, "Serial/products=%d/threads=%d", p, threads) }
	batch := func(b string, threads int) float64 { return t(b, "Batch/products=%d/threads=%d", p, threads) }
	combine := func(b string, outputs, threads int) float64 {
		return t(b, "Combine/outputs=%d/threads=%d", outputs, threads)
	}
	matinit := func(b string, threads int) float64 { return t(b, "Init/pairs=%d/threads=%d", p, threads) }
	flow := func(b, perJob string) float64 {
		if b == empty && perJob == "auto" { // a job for each slot
			perJob = fmt.Sprint(p / 4)
		}
		return a.seconds(b, flowName(p, perJob))
	}
	long := func(b, product string) float64 { return a.largePeak(b, product, true) / a.largePeak(b, product, false) }
	further := func(b string) float64 {
		more := a.seconds(b, flowName(10*p, "auto"+randomSuffix)) - flow(b, "auto"+randomSuffix)
		return more / 9 / t(b, "Random/products=%d/threads=2", p)
	}
	return []target{
		{"one job beyond its product, 1 thread", "(matprod − g) ÷ (product.py − g)", "≤", 0.08, func(b string) float64 {
			product := g(1)
			if b == empty {
				product = 0
			}
			return (t(b, "Job/n=1000") - product) / (t(numpy, "Job/n=1000") - g(1))
		}},
		{"one job with 100×100 matrices", "matprod ÷ product.py", "≤", 0.04, func(b string) float64 { return t(b, "Job/n=100") / t(numpy, "Job/n=100") }},
		{"serial check, 2 threads", "matprod -serial ÷ (products · g)", "≤", 1.08, func(b string) float64 { return serial(b, 2) / (float64(p) * g(2)) }},
		{"… its memory", "MB", "≤", 100, func(b string) float64 { return a.largest(b, "Serial/*/*", "peak-B") / 1e6 }},
		{"products to as many files, 1 thread", "matprod -count ÷ (products · g)", "≤", 1.25, func(b string) float64 { return batch(b, 1) / (float64(p) * g(1)) }},
		{"products to as many files, 2 threads", "matprod -count ÷ (products · g)", "≤", 1.15, func(b string) float64 { return batch(b, 2) / (float64(p) * g(2)) }},
		{"sum of 100 outputs, 1 thread", "matcombine ÷ combine.py", "≤", 0.40, func(b string) float64 { return combine(b, 100, 1) / combine(numpy, 100, 1) }},
		{"sum of 100 outputs, 2 threads", "matcombine ÷ combine.py", "≤", 0.25, func(b string) float64 { return combine(b, 100, 2) / combine(numpy, 100, 2) }},
		{"time per output: 300 outputs ÷ 100 outputs", "matcombine ÷ matcombine", "≤", 1.1, func(b string) float64 { return combine(b, 300, 2) / 3 / combine(b, 100, 2) }},
		{"… its memory", "MB", "≤", 64, func(b string) float64 { return a.largest(b, "Combine/*/*", "peak-B") / 1e6 }},
		{"inputs, 1 thread", "matinit ÷ initialise.py", "≤", 0.25, func(b string) float64 { return matinit(b, 1) / matinit(numpy, 1) }},
		{"inputs, 2 threads", "matinit ÷ initialise.py", "≤", 0.22, func(b string) float64 { return matinit(b, 2) / matinit(numpy, 2) }},
		{"the flow on a pool, every file sent", "ours ÷ the scripts'", "≤", 0.30, func(b string) float64 { return flow(b, "auto") / flow(numpy, "1") }},
		{"… jobs return their products' sums", "ours ÷ the scripts'", "≤", 0.30, func(b string) float64 { return flow(b, "auto"+sumSuffix) / flow(numpy, "1") }},
		{"… and make their inputs", "ours ÷ the scripts'", "≤", 0.15, func(b string) float64 { return flow(b, "auto"+randomSuffix) / flow(numpy, "1") }},
		{"each additional product", "(ours of 1000 − ours of 100) ÷ products made in one process", "≤", 1.15, further},
		{"XᵀX cut into panels, four times as long", "a step's largest memory ÷ the same", "≤", 1.1, func(b string) float64 { return long(b, "gram") }},
		{"A·B cut into panels, four times as long", "a step's largest memory ÷ the same", "≤", 1.1, func(b string) float64 { return long(b, "product") }},
		{"the arithmetic of XᵀX", "matprod -gram ÷ matprod -transpose a", "≤", 0.60, func(b string) float64 {
			return a.largest(b, "Gram/*/form=gram", "sec/op") / a.largest(b, "Gram/*/form=transpose", "sec/op")
		}},
		{"the slowest program's -version", "÷ a Go program that does nothing", "≤", 3, func(b string) float64 { return a.largest(b, "Start/*", "sec/op") / t(empty, "Start/program=empty") }},
		{"size of matprod", "MB", "≤", 8, func(b string) float64 { return a.largest(b, "Size/program=matprod/*", "B") / 1e6 }},
		{"size of matwatch", "MB", "≤", 16, func(b string) float64 { return a.largest(b, "Size/program=matwatch/*", "B") / 1e6 }},
		{"multiplication, n = 1000", "÷ OpenBLAS's own rate", "≥", 0.98, func(b string) float64 { return a.dgemm(b, 1000) / a.dgemm(library, 1000) }},
		{"multiplication, n = 4000", "÷ OpenBLAS's own rate", "≥", 0.98, func(b string) float64 { return a.dgemm(b, 4000) / a.dgemm(library, 4000) }},
		{"multiplication, n = 100", "÷ the core's peak", "≥", 0.90, func(b string) float64 { return a.dgemm(b, 100) / a.peak(1) }},
		{"multiplication, n = 200", "÷ the core's peak", "≥", 0.90, func(b string) float64 { return a.dgemm(b, 200) / a.peak(1) }},
		{"multiplication, n = 1000", "÷ the core's peak", "≥", 0.92, func(b string) float64 { return a.dgemm(b, 1000) / a.peak(1) }},
		{"float32, n = 1000", "÷ the rate of float64", "≥", 0.9, func(b string) float64 { return a.typeRate(b, "float32", 1000) / a.typeRate(b, "float64", 1000) }},
		{"float32, n = 4000", "÷ the rate of float64", "≥", 0.9, func(b string) float64 { return a.typeRate(b, "float32", 4000) / a.typeRate(b, "float64", 4000) }},
		{"complex128, n = 1000", "÷ numpy's rate", "≥", 0.9, func(b string) float64 {
			return a.typeRate(b, "complex128", 1000) / a.typeRate(numpy, "complex128", 1000)
		}},
		{"int8, n = 1000", "÷ numpy's rate", "≥", 20, func(b string) float64 { return a.typeRate(b, "int8", 1000) / a.typeRate(numpy, "int8", 1000) }},
	}
}

// products returns the number of products in the flow.
func (a *archive) products() (p int) {
	for _, name := range append(a.names(numpy, "Serial/*/*", "sec/op"), a.names(numpy, "Flow/*/*/*", "sec/op")...) {
		fmt.Sscanf(name[strings.Index(name, "=")+1:], "%d", &p)
	}
	return p
}

// largest returns the largest median of the benchmarks that match a pattern.
func (a *archive) largest(implementation, pattern, unit string) float64 {
	largest := math.NaN()
	for _, name := range a.names(implementation, pattern, unit) {
		if x := a.median(implementation, name, unit); !(x <= largest) {
			largest = x
		}
	}
	return largest
}

// peak returns the greatest rate that threads can reach, in GF/s.
func (a *archive) peak(threads int) float64 {
	return a.median(goBuild, fmt.Sprintf("peak.Peak/threads=%d", threads), "GF/s")
}

// dgemm returns the rate of an implementation's fastest kernel for n×n matrices on one thread, in GF/s.
func (a *archive) dgemm(implementation string, n int) float64 {
	if implementation == library {
		return a.median(library, fmt.Sprintf("openblas.Dgemm/n=%d/threads=1", n), "GF/s")
	}
	return a.largest(implementation, fmt.Sprintf("blas.Mul/n=%d/kernel=*/threads=1", n), "GF/s")
}
