package submit

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"matpool/condor/eventlog"
	"matpool/condor/jobfile"
)

// tree returns the names of the files below the current folder.
func tree(t *testing.T) (names []string) {
	t.Helper()
	err := filepath.WalkDir(".", func(name string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func touch(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(name), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// Files that are set aside have their old content when they are put back, and do not exist
// when they are discarded. Files that do not exist are skipped.
func TestSetAside(t *testing.T) {
	t.Chdir(t.TempDir())
	touch(t, "out/c0.npy", "out/c1.npy", "c2.npy")
	kept, err := setAside([]string{"out/c0.npy", "c2.npy", "c3.npy"}, time.Unix(1234, 5))
	if want := []string{".c2.npy.aside-1234", "out/.c0.npy.aside-1234", "out/c1.npy"}; err != nil || !slices.Equal(tree(t), want) {
		t.Fatalf("%v: %v, want %v", err, tree(t), want)
	}
	if err := putBack(kept); err != nil {
		t.Fatal(err)
	}
	if content, err := os.ReadFile("out/c0.npy"); string(content) != "out/c0.npy" {
		t.Errorf("%q, %v", content, err)
	}
	if kept, err = setAside([]string{"out/c0.npy"}, time.Unix(1235, 0)); err != nil {
		t.Fatal(err)
	}
	if err := discard(kept); err != nil {
		t.Fatal(err)
	}
	if want := []string{"c2.npy", "out/c1.npy"}; !slices.Equal(tree(t), want) {
		t.Errorf("%v, want %v", tree(t), want)
	}
}

// If one file cannot be set aside, none is.
func TestSetAsideAllOrNone(t *testing.T) {
	t.Chdir(t.TempDir())
	touch(t, "c0.npy", "c1.npy/x")
	_, err := setAside([]string{"c0.npy", "c1.npy"}, time.Now())
	if err == nil || err.Error() != "c1.npy: cannot be set aside: is a folder" {
		t.Error(err)
	}
	if want := []string{"c0.npy", "c1.npy/x"}; !slices.Equal(tree(t), want) {
		t.Errorf("%v, want %v", tree(t), want)
	}
}

// After an interruption, an old output is removed if its job was submitted since or if it
// exists again, and otherwise put back. Other files are left alone.
func TestHeal(t *testing.T) {
	t.Chdir(t.TempDir())
	r := requestOf(4, jobfile.Request{Matprod: true, ProductsPerJob: 1, IndexedOutputs: []string{"out/c.npy"}})
	tk := task{Options: Options{File: "run"}, Request: r, outputs: outputsOf(r, "run_product")}
	touch(t, "out/.c0.npy.aside-1000", "out/.c1.npy.aside-1000", "out/.c2.npy.aside-1000", "out/c2.npy", "out/.c9.npy.aside-1000", "out/.c1.npy.aside-x", ".run.norm.aside-1000")
	q := queue{latest: []*eventlog.Job{{Submitted: time.Unix(999, 0)}, {Submitted: time.Unix(1000, 0)}, nil, nil}}
	list, err := findAsides(tk)
	if err != nil {
		t.Fatal(err)
	}
	notes, err := recoverAside(list, tk, divide(r, survey{products: alike(4, product{})}, slotCount{}), q)
	if err != nil || len(notes) != 1 || !strings.HasPrefix(notes[0], "2 outputs put back: ") {
		t.Errorf("%q, %v", notes, err)
	}
	if want := []string{"out/.c1.npy.aside-x", "out/.c9.npy.aside-1000", "out/c0.npy", "out/c2.npy", "run.norm"}; !slices.Equal(tree(t), want) {
		t.Errorf("%v, want %v", tree(t), want)
	}
	if content, err := os.ReadFile("out/c2.npy"); string(content) != "out/c2.npy" {
		t.Errorf("the newer output became %q, %v", content, err)
	}
}

// The copy of a program is executable, whatever mode an older copy had.
func TestCopyProgram(t *testing.T) {
	t.Chdir(t.TempDir())
	touch(t, "from")
	for what, prepare := range map[string]func() error{
		"no copy":                        func() error { return os.RemoveAll("to") },
		"a copy that is not executable":  func() error { return os.Chmod("to", 0o644) },
		"another that is not executable": func() error { return os.WriteFile("to", []byte("other"), 0o600) },
	} {
		if _, err := os.Stat("to"); err != nil {
			touch(t, "to")
		}
		if err := prepare(); err != nil {
			t.Fatal(err)
		}
		if err := copyProgram("to", "from", os.Stderr); err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile("to")
		if err != nil || string(content) != "from" || !isExecutable("to") {
			t.Errorf("%s: the copy is %q, executable: %v, %v", what, content, isExecutable("to"), err)
		}
	}
}
