//go:build pool

package pool

import (
	"fmt"
	"testing"
)

// submitted runs the jobs of a simplified submission file until they are done.
func (f folder) submitted(text string) {
	f.Helper()
	f.write("run_product", text+"log = log.txt\n")
	f.run("matsubmit", "run_product")
	if told, status := f.watch(); status != 0 {
		f.Fatalf("matwatch: exit status %d\n%s", status, told)
	}
}

// The Gram matrix of a matrix that is cut into blocks, as products and as sums of batches: the
// norm is the serial check's.
func TestGram(t *testing.T) {
	t.Parallel()
	for flags, outputs := range map[string]string{"": "output.npy", "sum = yes\nproducts_per_job = 3\n": "partial.npz"} {
		f := newFolder(t)
		f.run("matinit", "-quiet", "-jobs", "1", "-size", "200", "-seed", "42")
		f.run("matinit", "-quiet", "-from", "inputA0.npy", "-gram", "-panels", "6")
		f.submitted("gram = yes\ntotal_jobs = 6\n" + flags)
		files := 6
		if flags != "" {
			files = 2
		}
		got := f.run("matcombine", "-quiet", "-jobs", fmt.Sprint(files), outputs)
		if want := f.run("matprod", "-gram", "-serial", "-quiet", "-jobs", "6"); got != want {
			t.Errorf("%s: norm %s, the serial check's is %s", outputs, got, want)
		}
	}
}

// One product in tiles, which are joined to the file that matprod makes of the whole, on
// machines of both systems; and in tiles of several panels each.
func TestTiles(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	f.run("matinit", "-quiet", "-jobs", "1", "-size", "200", "-seed", "42", "-a", "A.npy", "-b", "B.npy")
	f.run("matprod", "A0.npy", "B0.npy", "whole.npy")
	f.run("matinit", "-quiet", "-from", "A0.npy,B0.npy", "-grid", "3x4")
	f.submitted("grid = 3x4\ntotal_jobs = 12\n")
	norm := f.run("matcombine", "-quiet", "-grid", "3x4", "-o", "joined.npy")
	if f.read("joined.npy") != f.read("whole.npy") {
		t.Error("the tiles joined are another file than the product")
	}
	if want := f.run("matcombine", "-quiet", "whole.npy"); norm != want {
		t.Errorf("norm %s, of the whole %s", norm, want)
	}

	f = newFolder(t)
	f.run("matinit", "-quiet", "-jobs", "1", "-size", "200", "-seed", "42", "-a", "A.npy", "-b", "B.npy")
	f.run("matinit", "-quiet", "-from", "A0.npy,B0.npy", "-grid", "2x1", "-panels", "4")
	f.submitted("grid = 2x1\nsum = yes\ntotal_jobs = 8\n")
	norm = f.run("matcombine", "-quiet", "-grid", "2x1", "partial.npz")
	f.run("matprod", "-first", "0", "-count", "8")
	for tile := range 2 {
		args := []string{"-quiet", "-o", fmt.Sprintf("tile%d.npy", tile)}
		for panel := range 4 {
			args = append(args, fmt.Sprintf("output%d.npy", 4*tile+panel))
		}
		f.run("matcombine", args...)
	}
	if want := f.run("matcombine", "-quiet", "-grid", "2x1", "tile.npy"); norm != want {
		t.Errorf("norm %s, of the tiles made here %s", norm, want)
	}
}
