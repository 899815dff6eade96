package numpy

import (
	"path/filepath"
	"testing"
)

// A Gram matrix is X.T @ X, and -transpose a gives A.T @ B, within the error bound, and to the
// byte where nothing is rounded. The two halves of a Gram matrix are the same to the byte.
func TestTransposedProductsAreNumpys(t *testing.T) {
	var questions []question
	for _, p := range []struct {
		x, y  string // y is "" for a Gram matrix
		exact bool
	}{
		{x: "uniform(1, 1)"},
		{x: "uniform(300, 77)"},
		{x: "uniform(1000, 600)"},
		{x: "fortran(uniform(513, 129))"},
		{x: "big_endian(uniform(40, 31))"},
		{x: "with_values(uniform(20, 30), {(0, 0): inf, (1, 29): -inf, (2, 13): nan})"},
		{x: "integers(500, 131)", exact: true},
		{x: "uniform(300, 77)", y: "uniform(300, 5)"},
		{x: "fortran(uniform(40, 200))", y: "big_endian(uniform(40, 31))"},
		{x: "integers(131, 257)", y: "integers(131, 63)", exact: true},
	} {
		q := question{"a": "(" + p.x + ").T", "b": p.y, "folder": t.TempDir(), "x": p.x, "exact": p.exact}
		if p.y == "" {
			q["b"] = p.x
		}
		questions = append(questions, q)
	}
	var asked []question
	for _, q := range questions {
		asked = append(asked, question{"a": q["a"], "b": q["b"], "folder": q["folder"]})
	}
	ask[any](t, "multiply", asked...)
	for _, q := range questions {
		dir := q["folder"].(string)
		in := func(name string) string { return filepath.Join(dir, name) }
		ask[array](t, "save", question{"file": in("X.npy"), "array": q["x"]})
		run(t, dir, matprod, "-transpose", "a", "X.npy", "B.npy", "ours.npy")
		checkBound(t, dir, q["a"])
		if q["exact"] == true {
			sameFiles(t, in("ours.npy"), in("C.npy"))
		}
		if q["b"] == q["x"] {
			run(t, dir, matprod, "-gram", "X.npy", "gram.npy")
			sameFiles(t, in("gram.npy"), in("ours.npy"))
			if is := run(t, dir, python, "-c", "import numpy as np; g = np.load('gram.npy'); print(np.array_equal(g, g.T, equal_nan=True))"); is != "True" {
				t.Errorf("%v: not symmetric", q["x"])
			}
		}
	}
}

// The flow of the manual on one machine: the norm of the sum of X.T @ X.
func TestGramFlow(t *testing.T) {
	dir := t.TempDir()
	initialise(t, dir, 4, 90, 3)
	ours := run(t, dir, matprod, "-gram", "-serial", "-quiet", "-jobs", "4", "inputA.npy")
	script := "import numpy as np\nprint(np.linalg.norm(sum(X.T @ X for X in (np.load(f'inputA{i}.npy') for i in range(4)))))"
	checkClose(t, "Python", ours, run(t, dir, python, "-c", script))
}
