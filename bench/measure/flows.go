//go:build linux

package main

import (
	"fmt"
	"slices"
	"strings"
)

// A flow is a way to compute the sum of products on the pool, as given by the name of its benchmark.
type flow struct {
	implementation, name string
	products, slots      int
	jobs                 float64
	sum                  bool // jobs return the sum of their products
	random               bool // and make their inputs themselves
}

const flowPattern = "Flow/products=%d/slots=%d/per_job=%s"

// The ends of a flow's name.
const (
	sumSuffix    = "/sum=yes"
	randomSuffix = sumSuffix + "/inputs=random"
)

// flowName names the flow on all four slots of the pool. perJob may have a suffix.
func flowName(products int, perJob string) string {
	return fmt.Sprintf(flowPattern, products, 4, perJob)
}

func (a *archive) flows() (all []flow) {
	for k := range a.samples {
		f := flow{implementation: k.implementation, name: k.name, jobs: a.median(k.implementation, k.name, "jobs")}
		var perJob string
		if n, _ := fmt.Sscanf(k.name, flowPattern, &f.products, &f.slots, &perJob); n == 3 && k.unit == "sec/op" {
			f.random = strings.HasSuffix(perJob, randomSuffix)
			f.sum = f.random || strings.HasSuffix(perJob, sumSuffix)
			all = append(all, f)
		}
	}
	return all
}

// bytes returns how many bytes of matrices the flow sends to the machines, and back. A sum has two arrays, since it is not
// rounded.
func (f flow) bytes() (in, out float64) {
	const matrix = 8 * size * size
	if !f.random {
		in = matrix * 2 * float64(f.products)
	}
	if f.sum {
		return in, matrix * 2 * f.jobs
	}
	return in, matrix * float64(f.products)
}

func (a *archive) flowTable() string {
	flows := a.flows()
	slices.SortFunc(flows, func(f, g flow) int { return strings.Compare(f.name+f.implementation, g.name+g.implementation) })
	var rows [][]string
	for _, f := range flows {
		row := []string{strings.TrimPrefix(f.name, "Flow/"), f.implementation, fmt.Sprint(f.jobs), a.spread(f.implementation, f.name)}
		for _, unit := range []string{"input-s", "run-s", "output-s", "machine-s"} {
			row = append(row, fmt.Sprintf("%.2f", a.median(f.implementation, f.name, unit)))
		}
		rows = append(rows, row)
	}
	return `The makespan is from submission to the norm; "empty" only sends the files. The other columns are a job's average times in
the event log, in seconds: sending its inputs, running, sending its outputs, and the total on its machine.

` + table([]string{"", "by", "jobs", "makespan", "input", "run", "output", "on the machine"}, rows)
}
