package numpy

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
)

// numpy finds hi and lo in the file that matprod -sum writes. For whole numbers, hi is the sum of
// the products that numpy computes, and lo is zero.
func TestPartialSumsAreReadByNumpy(t *testing.T) {
	dir := t.TempDir()
	path := func(format string, args ...any) string { return filepath.Join(dir, fmt.Sprintf(format, args...)) }
	const n = 3
	var factors []question
	for i := range n {
		factors = append(factors,
			question{"file": path("inputA%d.npy", i), "array": fmt.Sprintf("integers(37, 53) + %d", i)},
			question{"file": path("inputB%d.npy", i), "array": "integers(53, 41)"})
	}
	ask[array](t, "save", factors...)
	run(t, dir, matprod, "-first", "0", "-count", strconv.Itoa(n), "-sum", "partial.npz")
	run(t, dir, matprod, "-first", "0", "-count", strconv.Itoa(n))
	ask[any](t, "add", question{"files": []string{path("output0.npy"), path("output1.npy"), path("output2.npy")}, "result": path("sum.npy")})
	names := ask[[]string](t, "split", question{"file": path("partial.npz"), "folder": dir})[0]
	if !slices.Equal(names, []string{"hi float64", "lo float64", "ranges int64", "recipe uint8"}) {
		t.Errorf("numpy finds %q", names)
	}
	sameFiles(t, path("hi.npy"), path("sum.npy"))
	for _, x := range readValues(t, dir, "lo.npy") {
		if x != 0 {
			t.Fatalf("lo contains %v", x)
		}
	}
}

// In whatever way numpy rewrites partial sums, matcombine gives the same result as for ours. Without -unchecked it would
// refuse them: they are not what their records say.
func TestPartialSumsOfNumpyAreRead(t *testing.T) {
	dir := t.TempDir()
	initialise(t, dir, 6, 200, 9)
	want := run(t, dir, matprod, "-quiet", "-serial", "-jobs", "6", "-o", "want.npy")
	for _, change := range []string{"np.array", "big_endian"} {
		for _, function := range []string{"savez", "savez_compressed"} {
			var questions []question
			for i := range 3 {
				name := fmt.Sprintf("partial%d.npz", i)
				run(t, dir, matprod, "-first", strconv.Itoa(2*i), "-count", "2", "-sum", name)
				if i > 0 { // so that one of them is ours
					questions = append(questions, question{"file": filepath.Join(dir, name), "function": function, "change": change})
				}
			}
			ask[any](t, "repack", questions...)
			norm := run(t, dir, matcombine, "-unchecked", "-quiet", "-jobs", "3", "-o", "sum.npy", "partial.npz")
			if norm != want {
				t.Errorf("%s of %s: norm %s, want %s", function, change, norm, want)
			}
			sameFiles(t, filepath.Join(dir, "sum.npy"), filepath.Join(dir, "want.npy"))
		}
	}
	// All in Fortran order, which is allowed for products too.
	ask[any](t, "repack", question{"file": filepath.Join(dir, "partial1.npz"), "function": "savez", "change": "fortran"})
	if _, stderr, status := exits(t, dir, matcombine, "-unchecked", "-jobs", "3", "partial.npz"); status != 65 {
		t.Errorf("one of three in Fortran order: status %d, %s", status, stderr)
	}
	ask[any](t, "repack",
		question{"file": filepath.Join(dir, "partial0.npz"), "function": "savez", "change": "fortran"},
		question{"file": filepath.Join(dir, "partial2.npz"), "function": "savez_compressed", "change": "fortran"})
	run(t, dir, matcombine, "-unchecked", "-quiet", "-jobs", "3", "-o", "fortran.npy", "partial.npz")
	ask[any](t, "load", question{"file": filepath.Join(dir, "fortran.npy"), "copy": filepath.Join(dir, "f.npy")})
	ask[any](t, "save", question{"file": filepath.Join(dir, "c.npy"), "array": fmt.Sprintf("np.ascontiguousarray(np.load(%q))", filepath.Join(dir, "f.npy"))})
	sameFiles(t, filepath.Join(dir, "c.npy"), filepath.Join(dir, "want.npy"))
}
