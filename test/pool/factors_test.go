//go:build pool

package pool

import (
	"fmt"
	"strings"
	"testing"
)

// TestFactors runs flows whose jobs make their inputs, and flows with a factor that all products have in common: the norm
// is the serial check's.
func TestFactors(t *testing.T) {
	t.Parallel()
	const products = 24
	for _, way := range []struct {
		name, file, flags string
		outputs           int
		output, serial    string
	}{
		{"random sums", "inputs = random\nseed = 42\nsize = 64\nsum = yes\n", "-products_per_job=5", 5, "partial.npz", "-generate -size 64 -seed 42"},
		{"random, auto", "inputs = random\nseed = 42\nsize = 64\nsum = yes\nproducts_per_job = auto\nslots = 8\n", "", 8, "partial.npz", "-generate -size 64 -seed 42"},
		{"random products", "inputs = random\nseed = 123456789012345678901234567890\nsize = 64\ndistribution = normal\ndtype = float32\n", "",
			products, "output.npy", "-generate -size 64 -seed 123456789012345678901234567890 -dist normal -dtype float32"},
		{"a fixed first factor", "fixed = a\ninput_files = A.npy\nindexed_input_files = inputB.npy\n", "", products, "output.npy", "-fixed a A.npy inputB.npy"},
		{"in batches", "fixed = a\ninput_files = A.npy\nindexed_input_files = inputB.npy\n", "-products_per_job=5", products, "output.npy", "-fixed a A.npy inputB.npy"},
		{"a fixed second factor, sums", "fixed = b\ninput_files = A.npy\nindexed_input_files = inputB.npy\n", "-products_per_job=5 -sum=yes", 5, "partial.npz", "-fixed b inputB.npy A.npy"},
	} {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			f := newFolder(t)
			if strings.Contains(way.file, "fixed") {
				f.makeInputs(products, 64)
				f.copy(f.path("inputA7.npy"), "A.npy")
			}
			f.write("run", fmt.Sprintf("total_jobs = %d\nlog = log.txt\n%s", products, way.file))
			f.run("matsubmit", append(strings.Fields(way.flags), "run")...)
			if told, status := f.watch(); status != 0 {
				t.Fatalf("matwatch: exit status %d\n%s", status, told)
			}
			got := f.run("matcombine", "-quiet", "-jobs", fmt.Sprint(way.outputs), way.output)
			want := f.run("matprod", append(strings.Fields(way.serial), "-serial", "-quiet", "-jobs", fmt.Sprint(products))...)
			if got != want {
				t.Errorf("norm %q, the serial check's is %q", got, want)
			}
			again := f.run("matsubmit", append(strings.Fields(way.flags), "-resubmit", "run")...)
			if !strings.HasPrefix(again, fmt.Sprintf("of %d products: %[1]d done, 0 in the queue, 0 missing\n", products)) {
				t.Errorf("what is missing after that: %s", again)
			}
			if strings.Contains(way.file, "seed") {
				other := f.run("matsubmit", append(strings.Fields(way.flags), "-resubmit", "-N", "-seed=7", "run")...)
				want := fmt.Sprintf("of %d products: 0 done, 0 in the queue, %[1]d missing\nto be made again: %d made in another way (", products, way.outputs)
				if !strings.HasPrefix(other, want) || !strings.Contains(other, ", not 7)\n") {
					t.Errorf("what is missing with another seed: %s", other)
				}
			}
		})
	}
}
