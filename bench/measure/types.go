//go:build linux

package main

import (
	"context"
	"fmt"
	"math"
	"strconv"
)

// elementTypes are the types whose products are compared with numpy's, by numpy's names.
var elementTypes = []string{"float64", "float32", "complex128", "complex64", "int8", "int32", "int64"}

// measureTypes measures products of each type, on one thread. In each round, both builds and numpy take turns.
func (r *runner) measureTypes(ctx context.Context) error {
	for i := range r.runs {
		fmt.Fprintf(r.progress, "run %d of %d: types\n", i+1, r.runs)
		for _, t := range elementTypes {
			printed, err := r.output(ctx, r.dir, r.environment(numpy, 1), python, r.dgemm(), strconv.Itoa(size), "1", t)
			if err != nil {
				return err
			}
			if err := r.record(numpy, "pkg: "+programs+"\n"+printed+"\n"); err != nil {
				return err
			}
		}
		for _, build := range []struct {
			implementation string
			goTest         []string
		}{
			{shipped, testWithOpenBLAS},
			{goBuild, []string{"go", "test"}},
		} {
			argv := append(build.goTest[:len(build.goTest):len(build.goTest)], "-run=^$", "-bench="+r.typeSizes, "-benchtime=1x", "-timeout=1h", "-vet=off", "./blas")
			printed, err := r.output(ctx, r.root, []string{"CGO_ENABLED=0"}, argv...)
			if err != nil {
				return err
			}
			if err := r.record(build.implementation, printed+"\n"); err != nil {
				return err
			}
		}
	}
	return nil
}

// typeRate returns the rate of an implementation's n×n products of a type on one thread, in GF/s. A product of complex
// numbers is four of real ones.
func (a *archive) typeRate(implementation, elementType string, n int) float64 {
	if implementation != numpy {
		return a.median(implementation, fmt.Sprintf("blas.Types/n=%d/threads=1", n), elementType+"-GF/s")
	}
	name := fmt.Sprintf("Warm/type=%s/n=%d/threads=1", elementType, n)
	flops := 2 * math.Pow(float64(n), 3)
	switch elementType {
	case "float64":
		name = fmt.Sprintf("Warm/n=%d/threads=1", n)
	case "complex64", "complex128":
		flops *= 4
	}
	return flops / a.seconds(numpy, name) / 1e9
}

// typeTable returns the rates of the types' products.
func (a *archive) typeTable() string {
	var rows [][]string
	for _, t := range elementTypes {
		for _, n := range []int{size, 4000} {
			row := []string{t, strconv.Itoa(n)}
			measured := false
			for _, implementation := range []string{shipped, goBuild, numpy} {
				cell := ""
				if rate := a.typeRate(implementation, t, n); rate > 0 {
					cell, measured = fmt.Sprintf("%.1f", rate), true
				}
				row = append(row, cell)
			}
			if measured {
				rows = append(rows, row)
			}
		}
	}
	return table([]string{"type", "n", "shipped build", "Go build", "numpy, warm"}, rows)
}
