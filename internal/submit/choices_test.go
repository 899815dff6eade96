package submit

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"matpool/condor/jobfile"
)

// Which choices there are, with their jobs, and MB to the machines and back. Each job gets what the products have in
// common, and auto counts it.
func TestChoices(t *testing.T) {
	tall := product{in: 24e6, out: 8e6, flops: 4e9, shape: []int{1000, 1000}, sum: 16e6} // of 1000×2000 and 2000×1000
	for _, test := range []struct {
		what string
		w    work
		want string
	}{
		{"products", workOf(100, jobfile.Request{Slots: 4, ProductsPerJob: 1}, square(1000)), `
			products_per_job = 1: 100 jobs, 1600 800
			products_per_job = 25, auto: 4 jobs, 1600 800
			sum = yes, products_per_job = 25: 4 jobs, 1600 64
			fixed = a, sum = yes, products_per_job = 25: 4 jobs, 832 64, other
			inputs = random, sum = yes, products_per_job = 25: 4 jobs, 0 64, other`},
		{"the file's own batches", workOf(100, jobfile.Request{Slots: 100, ProductsPerJob: 10, Gram: true, IndexedInputs: []string{"inputX.npy"}}, square(100)), `
			products_per_job = 10: 10 jobs, 16 8
			products_per_job = 1: 100 jobs, 16 8
			sum = yes, products_per_job = 1: 100 jobs, 16 16`},
		{"sums", workOf(10, jobfile.Request{Slots: 2, ProductsPerJob: 1, Sum: true}, tall), `
			products_per_job = 1: 10 jobs, 240 160
			products_per_job = 5, auto: 2 jobs, 240 32
			fixed = a, sum = yes, products_per_job = 5: 2 jobs, 144 32, other`},
		{"random inputs", workOf(10, jobfile.Request{Slots: 2, ProductsPerJob: 1, Sum: true, Random: &jobfile.Random{Size: 1000, Seed: "1", Distribution: "uniform"}}, product{out: 8e6, flops: 2e9, shape: []int{1000, 1000}, sum: 16e6}), `
			products_per_job = 1: 10 jobs, 0 160
			products_per_job = 5, auto: 2 jobs, 0 32`},
		{"tiles", workOf(4, jobfile.Request{Slots: 4, ProductsPerJob: 1, Grid: jobfile.Grid{Rows: 2, Cols: 2}}, square(1000)), `
			products_per_job = 1: 4 jobs, 64 32`},
		{"sums that are tiles", workOf(8, jobfile.Request{Slots: 4, ProductsPerJob: 2, Sum: true, Grid: jobfile.Grid{Rows: 2, Cols: 2}}, square(1000)), `
			a tile a job: 4 jobs, 128 64`},
	} {
		var lines []string
		for _, c := range test.w.choices(slotCount{count: test.w.Slots}) {
			line := fmt.Sprintf("%s: %d jobs, %d %d", c.Name, c.Load.Jobs, c.Load.In/1e6, c.Load.Out/1e6)
			if c.Other {
				line += ", other"
			}
			lines = append(lines, line)
		}
		want := strings.Split(strings.TrimSpace(strings.ReplaceAll(test.want, "\t", "")), "\n")
		if !slices.Equal(lines, want) {
			t.Errorf("%s:\n%s\nwant\n%s", test.what, strings.Join(lines, "\n"), strings.Join(want, "\n"))
		}
	}
}
