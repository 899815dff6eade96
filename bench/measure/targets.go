//go:build linux

package main

import (
	"fmt"
	"slices"
	"strings"
)

// A target is what a figure is held against. Targets are ratios of medians, or sizes.
type target struct {
	what    string
	formula string // how the figure is computed, for whoever reads the table
	figure  formula
	ofGo    formula // the same of the Go build, where that may be another
	limit   float64
	least   bool // the figure is to be at least the limit; otherwise at most
	format  string
}

// A formula computes a figure, and says whether all it needs was measured.
type formula = func(r *results) (float64, bool)

// ratio is a time over another one's.
func ratio(sideA, a, sideB, b string) formula {
	return func(r *results) (float64, bool) {
		x, okX := r.time(sideA, a)
		y, okY := r.time(sideB, b)
		return x / y, okX && okY && y > 0
	}
}

// overhead is what a job takes beyond one warm product, over what another side's takes.
func overhead(side string) formula {
	return func(r *results) (float64, bool) {
		g, okG := r.time(numpy, "cmd."+warm(size, 1))
		job, ok := r.time(side, fmt.Sprintf("cmd.Job/n=%d", size))
		theirs, okTheirs := r.time(numpy, fmt.Sprintf("cmd.Job/n=%d", size))
		return (job - g) / (theirs - g), ok && okG && okTheirs
	}
}

// products is how many the flow has.
func (r *results) products() int {
	n := 0
	for _, name := range r.names(openblas, "cmd.Serial/products=", "sec/op") {
		fmt.Sscanf(name, "cmd.Serial/products=%d/", &n)
	}
	return n
}

// perProduct is the time of a program over that of as many warm products.
func perProduct(side, program string, threads int) formula {
	return func(r *results) (float64, bool) {
		g, okG := r.time(numpy, "cmd."+warm(size, threads))
		t, ok := r.time(side, fmt.Sprintf("cmd.%s/products=%d/threads=%d", program, r.products(), threads))
		return t / (g * float64(r.products())), ok && okG
	}
}

func peakMemory(side, name string) formula {
	return func(r *results) (float64, bool) {
		var all []float64
		for _, full := range r.names(side, name, "peak-B") {
			all = append(all, r.values[key{side, full, "peak-B"}]...)
		}
		if len(all) == 0 {
			return 0, false
		}
		return slices.Max(all) / 1e6, true
	}
}

func programSize(program, system string) formula {
	return func(r *results) (float64, bool) {
		name := "cmd.Size/program=" + program + "/os=" + system
		for _, side := range []string{openblas, goBuild} {
			if b := r.values[key{side, name, "B"}]; len(b) > 0 {
				return median(b) / 1e6, true
			}
		}
		return 0, false
	}
}

// rate is a side's rate of multiplication over another's, both in GF/s.
func rate(sideA, a, sideB, b string) formula {
	return func(r *results) (float64, bool) {
		x, y := r.values[key{sideA, a, "GF/s"}], r.values[key{sideB, b, "GF/s"}]
		return median(x) / median(y), len(x) > 0 && len(y) > 0
	}
}

// fastest names the first kernel of the Go build that was measured.
func (r *results) fastest() string {
	for _, kernel := range []string{"avx512", "avx2", "generic"} {
		if len(r.names(goBuild, fmt.Sprintf("blas.Mul/n=%d/kernel=%s/", size, kernel), "GF/s")) > 0 {
			return kernel
		}
	}
	return ""
}

func mul(n int, kernel string) string {
	return fmt.Sprintf("blas.Mul/n=%d/kernel=%s/threads=1", n, kernel)
}

// targets returns what the programs are to reach.
func (r *results) targets() []target {
	job100, combine := "cmd.Job/n=100", "cmd.Combine/outputs=%d/threads=2"
	p := r.products()
	list := []target{
		{what: "one job beyond its product, 1 thread", formula: "(matprod − g) ÷ (product.py − g)", figure: overhead(openblas), ofGo: overhead(goBuild), limit: 0.08, format: "%.3f"},
		{what: "one job with 100×100 matrices", formula: "matprod ÷ product.py", figure: ratio(openblas, job100, numpy, job100), ofGo: ratio(goBuild, job100, numpy, job100), limit: 0.10, format: "%.3f"},
		{what: fmt.Sprintf("serial check of %d products, 2 threads", p), formula: "matprod -serial ÷ (products · g)", figure: perProduct(openblas, "Serial", 2), ofGo: perProduct(goBuild, "Serial", 2), limit: 1.15, format: "%.2f"},
		{what: "… its memory at most", formula: "MB", figure: peakMemory(openblas, "cmd.Serial/"), ofGo: peakMemory(goBuild, "cmd.Serial/"), limit: 100, format: "%.0f"},
		{what: fmt.Sprintf("%d products to as many files, 1 thread", p), formula: "matprod -count ÷ (products · g)", figure: perProduct(openblas, "Batch", 1), ofGo: perProduct(goBuild, "Batch", 1), limit: 1.25, format: "%.2f"},
		{what: fmt.Sprintf("%d products to as many files, 2 threads", p), formula: "matprod -count ÷ (products · g)", figure: perProduct(openblas, "Batch", 2), ofGo: perProduct(goBuild, "Batch", 2), limit: 1.25, format: "%.2f"},
	}
	for threads := 1; threads <= 2; threads++ {
		name := fmt.Sprintf("cmd.Combine/outputs=100/threads=%d", threads)
		list = append(list, target{what: fmt.Sprintf("sum of 100 outputs, %d thread%s", threads, plural(threads)),
			formula: "matcombine ÷ combine.py", figure: ratio(openblas, name, numpy, name), limit: 0.40, format: "%.2f"})
	}
	perOutput := func(r *results) (float64, bool) {
		x, ok := ratio(openblas, fmt.Sprintf(combine, 1000), openblas, fmt.Sprintf(combine, 100))(r)
		return x / 10, ok
	}
	list = append(list,
		target{what: "time per output, of 1,000 over that of 100", formula: "matcombine's ratio", figure: perOutput, limit: 1.1, format: "%.2f"},
		target{what: "… its memory at most", formula: "MB", figure: peakMemory(openblas, "cmd.Combine/"), limit: 64, format: "%.0f"})
	for threads := 1; threads <= 2; threads++ {
		name := fmt.Sprintf("cmd.Init/pairs=%d/threads=%d", p, threads)
		list = append(list, target{what: fmt.Sprintf("inputs of %d pairs, %d thread%s", p, threads, plural(threads)),
			formula: "matinit ÷ initialise.py", figure: ratio(openblas, name, numpy, name), limit: 0.25, format: "%.2f"})
	}
	list = append(list, r.poolTargets()...)
	for _, name := range r.names(openblas, "cmd.Start/program=", "sec/op") {
		program := strings.TrimPrefix(name, "cmd.Start/program=")
		list = append(list, target{what: program + " -version", formula: "÷ a Go program that does nothing",
			figure: ratio(openblas, name, empty, "cmd.Start/program=empty"), limit: 3, format: "%.2f"})
	}
	for _, x := range []struct {
		program string
		limit   float64
	}{{"matprod", 8}, {"matwatch", 16}} {
		for _, system := range []string{"linux", "windows"} {
			list = append(list, target{what: "size of " + x.program + " for " + system, formula: "MB", figure: programSize(x.program, system), limit: x.limit, format: "%.1f"})
		}
	}
	for _, n := range []int{1000, 4000} {
		whole := fmt.Sprintf("blas.Dgemm/n=%d/threads=1", n)
		list = append(list,
			target{what: fmt.Sprintf("multiplication, n = %d, OpenBLAS in panels", n), formula: "÷ OpenBLAS's own rate",
				figure: rate(openblas, mul(n, "openblas"), library, strings.Replace(whole, "blas.", "openblas.", 1)), limit: 0.98, least: true, format: "%.3f"},
			target{what: fmt.Sprintf("multiplication, n = %d, the Go build", n), formula: "÷ OpenBLAS's own rate",
				figure: rate(goBuild, mul(n, r.fastest()), library, strings.Replace(whole, "blas.", "openblas.", 1)), limit: 0.98, least: true, format: "%.3f"})
	}
	peak := "peak.Peak/threads=1"
	return append(list,
		target{what: "multiplication, n = 1000, the Go build", formula: "÷ the core's peak", figure: rate(goBuild, mul(1000, r.fastest()), goBuild, peak), limit: 0.92, least: true, format: "%.3f"},
		target{what: "multiplication, n = 1000, OpenBLAS in panels", formula: "÷ the core's peak", figure: rate(openblas, mul(1000, "openblas"), goBuild, peak), limit: 0.92, least: true, format: "%.3f"})
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

func (t target) met(x float64) bool { return t.least && x >= t.limit || !t.least && x <= t.limit }
