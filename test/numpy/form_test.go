package numpy

import (
	"fmt"
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

// The sum over panels is within γ of a product of the longest panel's length and one, and tiles
// are the product in one piece, to the byte. The blocks are np.array_split's, to the byte.
func TestCutProductsAreNumpys(t *testing.T) {
	dir := t.TempDir()
	ask[any](t, "multiply", question{"a": "uniform(120, 1003)", "b": "uniform(1003, 77)", "folder": dir})
	run(t, dir, matinit, "-quiet", "-from", "A.npy,B.npy", "-panels", "6")
	script := "import numpy as np\nA, B = np.load('A.npy'), np.load('B.npy')\n" +
		"for i, (a, b) in enumerate(zip(np.array_split(A, 6, axis=1), np.array_split(B, 6))):\n" +
		"    np.save(f'wantA{i}.npy', a)\n    np.save(f'wantB{i}.npy', b)\n"
	run(t, dir, python, "-c", script)
	for i := range 6 {
		for _, factor := range []string{"A", "B"} {
			sameFiles(t, filepath.Join(dir, fmt.Sprintf("input%s%d.npy", factor, i)), filepath.Join(dir, fmt.Sprintf("want%s%d.npy", factor, i)))
		}
	}
	run(t, dir, matprod, "-count", "6")
	run(t, dir, matcombine, "-quiet", "-jobs", "6", "-o", "ours.npy")
	checkBound(t, dir, "panels")

	run(t, dir, matprod, "A.npy", "B.npy", "whole.npy")
	run(t, dir, matinit, "-quiet", "-from", "A.npy,B.npy", "-grid", "3x2", "-dir", "tiles")
	run(t, dir, matprod, "-count", "6", "tiles/inputA.npy", "tiles/inputB.npy", "tiles/output.npy")
	run(t, dir, matcombine, "-quiet", "-grid", "3x2", "-o", "joined.npy", "tiles/output.npy")
	sameFiles(t, filepath.Join(dir, "joined.npy"), filepath.Join(dir, "whole.npy"))
}

// The bound of the manual, γₖ₊₁|A||B| with the length k of a panel, against exact sums of long
// doubles: with panels of length 1, the sum is rounded once.
func TestBoundOfPanels(t *testing.T) {
	dir := t.TempDir()
	run(t, dir, python, "-c", `import numpy as np
r = np.random.default_rng(1)
np.save('A.npy', r.standard_normal((8, 512)))
np.save('B.npy', r.standard_normal((512, 8)))`)
	for _, panels := range []int{2, 64, 512} {
		run(t, dir, matinit, "-quiet", "-force", "-from", "A.npy,B.npy", "-panels", fmt.Sprint(panels))
		run(t, dir, matprod, "-count", fmt.Sprint(panels))
		run(t, dir, matcombine, "-quiet", "-jobs", fmt.Sprint(panels), "-o", "C.npy")
		is := run(t, dir, python, "-c", fmt.Sprintf(`import numpy as np
from fractions import Fraction as F
A, B, C = (np.load(f'{x}.npy') for x in 'ABC')
terms = 512 // %d + 1
gamma = F(terms, 2**53) / (1 - F(terms, 2**53))
exact = np.vectorize(F)
off = abs(exact(C) - exact(A) @ exact(B))
print((off <= gamma * (abs(exact(A)) @ abs(exact(B)))).all())`, panels))
		if is != "True" {
			t.Errorf("%d panels: beyond the bound", panels)
		}
	}
}
