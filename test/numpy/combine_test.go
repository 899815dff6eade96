package numpy

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

var dtypes = []string{"?", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "c8", "c16"}

// Sums of every type, order, byte order and shape, and of different types: each element is the exact sum, rounded
// once, in the file that np.save writes.
func TestSumsOfAllTypes(t *testing.T) {
	dir := t.TempDir()
	path := func(format string, args ...any) string { return filepath.Join(dir, fmt.Sprintf(format, args...)) }
	var saves, archives, sums []question
	add := func(terms ...string) {
		i := len(sums)
		var files []string
		for j, term := range terms {
			archived, is := strings.CutPrefix(term, "npz ")
			if !is {
				files = append(files, path("%d-%d.npy", i, j))
				saves = append(saves, question{"file": files[j], "array": term})
				continue
			}
			files = append(files, path("%d-%d.npz", i, j))
			archives = append(archives, question{"file": files[j], "arrays": archived, "compress": i%2 == 0})
		}
		sums = append(sums, question{"files": files, "result": path("%d.want.npy", i)})
	}
	for _, dtype := range dtypes {
		one := func(order, shape string, seed int) string {
			if shape != "" {
				shape += ", "
			}
			array := fmt.Sprintf("typed('%s%s', %sseed=%d)", order, dtype, shape, seed)
			if dtype == "?" {
				array = strings.Replace(array, order, "", 1)
			}
			return array
		}
		add(one("<", "7, 11", 1), one(">", "7, 11", 2), one("<", "7, 11", 3))
		add("fortran("+one("<", "7, 11", 1)+")", "fortran("+one(">", "7, 11", 2)+")")
		add(one(">", "3, 4, 5", 1), "npz "+one("<", "3, 4, 5", 2))
		add(one("<", "13", 1), one("<", "13", 2))
		add(one("<", "", 1), one(">", "", 2))
		add(one("<", "0, 5", 1))
		add("npz "+one("<", "1", 1), one("<", "1", 2))
		// Of each type and each other one.
		for k, other := range dtypes {
			add(one("<", "5, 3", k), fmt.Sprintf("typed('%s', 5, 3, seed=%d)", other, 100+k))
		}
	}
	add("typed('c8', 150, 150)", "typed('i8', 150, 150)", "typed('?', 150, 150)") // more than one block
	ask[any](t, "save_any", saves...)
	ask[any](t, "save_archive", archives...)
	for i, norm := range ask[string](t, "exact_sum", sums...) {
		files := sums[i]["files"].([]string)
		ours := run(t, dir, matcombine, append([]string{"-quiet", "-o", "ours.npy"}, files...)...)
		if norm != "0.0" || ours != norm {
			checkClose(t, "numpy", ours, norm)
		}
		sameFiles(t, path("ours.npy"), path("%d.want.npy", i))
		if t.Failed() {
			t.Fatalf("%v: %v", saves, files)
		}
	}
}

// Arrays of archives, by their names; and partial sums of complex numbers.
func TestSumsOfArraysInArchives(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	ask[any](t, "save_archive",
		question{"file": path("output0.npz"), "arrays": map[string]string{"A": "typed('i8', 20, 30)", "C": "typed('f4', 20, 30)"}},
		question{"file": path("output1.npz"), "arrays": map[string]string{"A": "typed('i8', 20, 30)", "C": "typed('f4', 20, 30, seed=2)"}, "compress": true},
		question{"file": path("partial0.npz"), "arrays": map[string]string{"hi": "typed('c16', 20, 30)", "lo": "typed('c16', 20, 30, seed=2) * 1e-17"}},
		question{"file": path("partial1.npz"), "arrays": map[string]string{"hi": "typed('>f8', 20, 30)", "lo": "typed('>f8', 20, 30, seed=2) * 1e-17"}, "compress": true},
	)
	for _, names := range [][]string{
		{"output0.npz:C", "output1.npz:C"},
		{"output0.npz:C", "output0.npz:A", "partial1.npz"},
		{"partial0.npz", "partial1.npz", "output1.npz:A"},
	} {
		var files []string
		for _, name := range names {
			files = append(files, path(name))
		}
		ask[string](t, "exact_sum", question{"files": files, "result": path("want.npy")})
		run(t, dir, matcombine, append([]string{"-o", "ours.npy"}, names...)...)
		sameFiles(t, path("ours.npy"), path("want.npy"))
		// The sum as an array of an archive, which numpy reads.
		run(t, dir, matcombine, append([]string{"-o", "ours.npz"}, names...)...)
		ask[any](t, "exact_sum", question{"files": []string{path("ours.npz")}, "result": path("again.npy")})
		sameFiles(t, path("again.npy"), path("want.npy"))
		if run(t, dir, matcombine, "ours.npz:arr_0") != run(t, dir, matcombine, "ours.npy") {
			t.Errorf("%v: two norms", names)
		}
	}
	if by, all := run(t, dir, matcombine, "-quiet", "-jobs", "2", "output.npz:C"), run(t, dir, matcombine, "-quiet", "output0.npz:C", "output1.npz:C"); by != all {
		t.Errorf("-jobs 2: norm %s, want %s", by, all)
	}
}
