//go:build linux

package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A cut is a large product that was cut into panels for the pool.
type cut struct {
	name    string
	product string // gram or product
	long    int    // the dimension that was cut
}

var stepsOfCut = []string{"cut", "job", "combine"}

// cuts returns the large products that were measured, the short ones before the long ones.
func (a *archive) cuts() (all []cut) {
	for _, name := range a.names(numpy, "Large/*/*", "sec/op") {
		parts := strings.Split(name, "/")
		c := cut{name: name, product: strings.TrimPrefix(parts[1], "product=")}
		c.long, _ = strconv.Atoi(strings.TrimPrefix(parts[2], "long="))
		all = append(all, c)
	}
	slices.SortFunc(all, func(x, y cut) int { return x.long - y.long })
	return all
}

// largePeak returns the largest memory of a step, in bytes, of the longest product of a name or of the shortest.
func (a *archive) largePeak(build, product string, longest bool) float64 {
	cuts := slices.DeleteFunc(a.cuts(), func(c cut) bool { return c.product != product })
	if len(cuts) < 2 {
		return math.NaN()
	}
	c := cuts[0]
	if longest {
		c = cuts[len(cuts)-1]
	}
	return a.largest(build, c.name+"/step=*", "peak-B")
}

// largeTable has a row for each product.
func (a *archive) largeTable() string {
	megabytes := func(implementation, name string) string {
		if x := a.median(implementation, name, "peak-B"); !math.IsNaN(x) {
			return fmt.Sprintf("%.0f MB", x/1e6)
		}
		return ""
	}
	what := map[string]string{"gram": "XᵀX, X %d×300", "product": "A·B, 3000×%d×2000"}
	var rows [][]string
	for _, c := range a.cuts() {
		row := []string{fmt.Sprintf(what[c.product], c.long), a.spread(numpy, c.name), megabytes(numpy, c.name),
			a.spread(shipped, c.name), fmt.Sprint(a.median(shipped, c.name, "panels"))}
		for _, step := range stepsOfCut {
			name := c.name + "/step=" + step
			row = append(row, a.spread(shipped, name)+", "+megabytes(shipped, name))
		}
		rows = append(rows, row)
	}
	if rows == nil {
		return table(nil, nil)
	}
	return `numpy runs in one process; "on the pool" is matinit -panels auto, the jobs, and matcombine, from the first step to the norm.
Each step has its time and its peak memory; "a job" is one of the jobs, run alone on one thread.

` + table([]string{"", "numpy", "its memory", "on the pool", "panels", "matinit", "a job", "matcombine"}, rows)
}
