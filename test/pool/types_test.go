//go:build pool

package pool

import (
	"strings"
	"testing"
)

// TestTypes runs flows of other types and of archives, end to end: the norm is the serial check's.
func TestTypes(t *testing.T) {
	t.Parallel()
	for _, way := range []struct {
		name, make, factors, flags, outputs string
	}{
		{"float32", "-dtype float32", "", "", "output.npy"},
		{"pairs", "-npz", "input.npz", "", "output.npy"},
		{"pairs in batches", "-npz", "input.npz", "-products_per_job=3 -indexed_output_files=c.npz", "c.npz"},
		{"arrays by name", "-npz -dtype float32", "input.npz:A input.npz:B", "-indexed_output_files=c.npz", "c.npz"},
		{"sums", "-npz", "input.npz", "-products_per_job=4 -sum=yes", "partial.npz"},
	} {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			f := newFolder(t)
			f.run("matinit", append(strings.Fields(way.make), "-quiet", "-seed", "42", "-jobs", "8", "-size", "64")...)
			f.write("run_product", "total_jobs = 8\nlog = log.txt\n")
			factors := strings.Fields(way.factors)
			flags := strings.Fields(way.flags)
			if len(factors) > 0 {
				flags = append(flags, "-indexed_input_files="+strings.Join(factors, ","))
			}
			f.run("matsubmit", append(flags, "run_product")...)
			if told, status := f.watch(); status != 0 {
				t.Fatalf("matwatch: exit status %d\n%s", status, told)
			}
			outputs := "8"
			if strings.HasPrefix(way.outputs, "partial") {
				outputs = "2"
			}
			got := f.run("matcombine", "-quiet", "-jobs", outputs, way.outputs)
			if want := f.run("matprod", append([]string{"-serial", "-quiet", "-jobs", "8"}, factors...)...); got != want {
				t.Errorf("norm %q, the serial check's is %q", got, want)
			}
		})
	}
}
