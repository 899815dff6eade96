package submit

import (
	"strings"
	"testing"

	"matpool/condor/jobfile"
)

// The resources for a job of 1000×1000 products: memory for pairs of 16 MB and products of
// 8 MB that the program holds at the same time, and disk space for the job's files.
func TestResources(t *testing.T) {
	const (
		MB   = 1000 * 1000
		MiB  = 1 << 20
		own  = 64*MiB + 32*MiB // the program and its blocks, for one processor
		pair = 24 * MB
	)
	for _, test := range []struct {
		what         string
		of           func(int, jobfile.Request, product) work
		total        int
		r            jobfile.Request
		memory, disk int64
		why          string
	}{
		{"one product", workOf, 3, jobfile.Request{ProductsPerJob: 1}, own + pair, 24*MB*11/10 + MiB, "8.0 MB; the program"},
		{"a range", workOf, 30, jobfile.Request{ProductsPerJob: 10}, own + 2*pair, 240*MB*11/10 + MiB, "2 of these at a time"},
		{"a sum", workOf, 30, jobfile.Request{ProductsPerJob: 10, Sum: true}, own + 2*pair + 16*MB, 224*MB*11/10 + MiB, "the sum 16.0 MB"},
		{"a long range", workOf, 100_000, jobfile.Request{ProductsPerJob: 50_000, Sum: true}, own + 2*pair + 16*MB + 62_500_000, (50_000*16*MB+64*MB)*11/10 + MiB, "the list of products 62.5 MB"},
		{"a range, four processors", workOf, 30, jobfile.Request{ProductsPerJob: 10, Cpus: 4}, own + 3*32*MiB + 4*pair, 240*MB*11/10 + MiB, "4 of these at a time"},
		{"two processors", workOf, 3, jobfile.Request{ProductsPerJob: 1, Cpus: 2}, own + 32*MiB + pair, 24*MB*11/10 + MiB, ""},
		{"a fixed factor", workOf, 30, jobfile.Request{ProductsPerJob: 10, IndexedInputs: []string{"b.npy"}, Inputs: []string{"A.npy"}, Fixed: jobfile.Fixed{Factor: "a", Name: "A.npy"}}, own + 2*(pair-8*MB) + 8*MB, (160+8)*MB*11/10 + MiB, "The largest factor takes 8.0 MB and its product 8.0 MB, 2 of these at a time; the fixed factor 8.0 MB; the program"},
		{"another program", otherWork, 3, jobfile.Request{ProductsPerJob: 1}, 512*MiB + 32*MB, 512*MiB + 32*MB, "A guess for another program"},
		{"as requested", otherWork, 3, jobfile.Request{ProductsPerJob: 1, Memory: 5 * MiB, Disk: 7 * MiB}, 5 * MiB, 7 * MiB, "As requested."},
	} {
		w := test.of(test.total, test.r, square(1000))
		if test.r.Fixed.Factor != "" { // half of what is read is there once
			m := &w.products[0]
			m.in, m.factors, m.fixed, w.common = m.in/2, m.factors/2, m.factors/2, m.in/2
			w.products = products{}.with(0, test.total, m.product)
		}
		w.division = w.divide(test.r.ProductsPerJob)
		m := w.memory()
		if m.Bytes != test.memory || !strings.Contains(m.Why, test.why) {
			t.Errorf("%s: %d bytes of memory (%s), want %d (%s)", test.what, m.Bytes, m.Why, test.memory, test.why)
		}
		if d := w.disk(w.batches); d.Bytes != test.disk || d.Why == "" {
			t.Errorf("%s: %d bytes of disk (%s), want %d", test.what, d.Bytes, d.Why, test.disk)
		}
	}
}
