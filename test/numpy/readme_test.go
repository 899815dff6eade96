package numpy

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"matpool/internal/record"
)

// Each command in the README's table of numpy idioms does what the line of Python does: it makes the same files, or prints
// the same. All numbers are whole, so that numpy's products have no rounding errors.
func TestLinesOfTheReadme(t *testing.T) {
	_, table, _ := strings.Cut(string(readFile(t, "../../README.md")), "| Python with numpy | matpool |\n|---|---|\n")
	table, _, _ = strings.Cut(table, "\n\n")
	rows := strings.Split(table, "\n")
	if len(rows) != 11 {
		t.Fatalf("the table has %d rows", len(rows))
	}
	span := regexp.MustCompile("`([^`]+)`")
	for _, row := range rows {
		cells := strings.Split(row, " | ")
		lines := span.FindAllStringSubmatch(cells[0], -1)
		line, command := lines[len(lines)-1][1], strings.Fields(span.FindStringSubmatch(cells[1])[1])
		t.Run(strings.Join(command, " "), func(t *testing.T) {
			ours, numpys := t.TempDir(), t.TempDir()
			if command[0] == "matinit" {
				drawsLike(t, command, line, ours, numpys)
				return
			}
			for _, dir := range []string{ours, numpys} {
				saveOperands(t, dir)
			}
			printed := run(t, ours, command[0], command[1:]...)
			if want := run(t, numpys, python, "-c", "import numpy as np; "+line); want != "" && printed != want {
				t.Errorf("prints %s, Python %s", printed, want)
			}
			sameFolders(t, ours, numpys)
		})
	}
}

// drawsLike has matinit and numpy draw small matrices. What a row omits is as in the first one.
func drawsLike(t *testing.T, command []string, line, ours, numpys string) {
	t.Helper()
	q := question{"rng": "mt19937", "seed": "42", "line": line, "jobs": 2, "size": 5, "folder": numpys, "npz": false}
	args := append([]string{"-quiet", "-jobs", "2", "-size", "5", "-seed", "42"}, command[1:]...)
	if slices.Contains(command, "pcg64") {
		q["rng"] = "pcg64"
	}
	if slices.Contains(command, "-npz") {
		q["npz"], q["line"] = true, "np.random.rand(*n)"
	}
	ask[any](t, "inputs", q)
	run(t, ours, matinit, args...)
	sameFolders(t, ours, numpys)
}

// saveOperands makes all files that the commands read.
func saveOperands(t *testing.T, dir string) {
	t.Helper()
	path := func(name string) string { return filepath.Join(dir, name) }
	var saves []question
	for i, name := range []string{"a", "b", "inputA0", "inputA1", "inputA2", "inputB0", "inputB1", "inputB2", "output0", "output1", "output2"} {
		saves = append(saves, question{"file": path(name + ".npy"), "array": fmt.Sprintf("integers(7, 7) // %d", 1000+i)})
	}
	ask[any](t, "save_any", saves...)
	ask[any](t, "save_archive", question{"file": path("in.npz"), "arrays": map[string]string{"A": "integers(7, 7)", "B": "integers(7, 7).T"}})
}

// sameFolders compares the files in two folders.
func sameFolders(t *testing.T, got, want string) {
	t.Helper()
	x, y := contents(t, got), contents(t, want)
	for name := range y {
		if !bytes.Equal(x[name], y[name]) {
			t.Errorf("%s is not numpy's", name)
		}
	}
	if len(x) != len(y) {
		t.Errorf("%d files, numpy makes %d", len(x), len(y))
	}
}

// contents returns the content of the files in a folder, without the records, which numpy does not make.
func contents(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, e := range entries {
		if e.Name() == record.FileName || e.Name() == record.CacheName {
			continue
		}
		files[e.Name()] = ofAnyPython(readFile(t, filepath.Join(dir, e.Name())))
	}
	return files
}
