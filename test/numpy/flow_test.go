package numpy

import (
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"matpool/npyio"
)

// matinit -seed S writes the files that initialise.py writes with seed S.
func TestInputsAreNumpys(t *testing.T) {
	for _, test := range []struct {
		jobs, size int
		seed       uint32
	}{
		{1, 1, 0},
		{3, 10, 0},
		{3, 10, 42},
		{2, 333, 42},
		{2, 333, 4294967295},
		{2, 500, 1},
		{1, 1000, 2026},
	} {
		t.Run(fmt.Sprintf("jobs=%d/size=%d/seed=%d", test.jobs, test.size, test.seed), func(t *testing.T) {
			ours, numpys := t.TempDir(), t.TempDir()
			initialise(t, ours, test.jobs, test.size, test.seed)
			runScript(t, numpys, "initialise.py", test.jobs, test.size, test.seed)
			for i := range test.jobs {
				for _, factor := range "AB" {
					name := fmt.Sprintf("input%c%d.npy", factor, i)
					sameFiles(t, filepath.Join(ours, name), filepath.Join(numpys, name))
				}
			}
		})
	}
}

func initialise(t *testing.T, dir string, jobs, size int, seed uint32) {
	t.Helper()
	run(t, dir, matinit, "-quiet", "-jobs", strconv.Itoa(jobs), "-size", strconv.Itoa(size), "-seed", fmt.Sprint(seed))
}

// The factors of products, as expressions; they become A.npy and B.npy in a folder for each pair.
type factors struct{ a, b string }

// products lets numpy save each pair together with its product, C.npy, and the product of the
// magnitudes, |A||B|, bound.npy. Our product is ours.npy.
func products(t *testing.T, pairs []factors) (folders []string) {
	t.Helper()
	var questions []question
	for _, p := range pairs {
		dir := t.TempDir()
		folders = append(folders, dir)
		questions = append(questions, question{"a": p.a, "b": p.b, "folder": dir})
	}
	ask[any](t, "multiply", questions...)
	for _, dir := range folders {
		run(t, dir, matprod, "A.npy", "B.npy", "ours.npy")
	}
	return folders
}

// |C − C_numpy| ≤ γₖ|A||B| for each element, with γₖ = ku/(1−ku) and u = 2⁻⁵³. If numpy's
// element is NaN or infinite, so is ours.
func TestProductsAreWithinTheErrorBound(t *testing.T) {
	pairs := []factors{
		{"uniform(1, 1)", "uniform(1, 1)"},
		{"uniform(2, 3)", "uniform(3, 2)"},
		{"uniform(1, 1000)", "uniform(1000, 1)"},
		{"uniform(1, 1000)", "uniform(1000, 77)"},
		{"uniform(77, 1000)", "uniform(1000, 1)"},
		{"uniform(77, 1)", "uniform(1, 31)"},
		{"uniform(37, 53)", "uniform(53, 29)"},
		{"uniform(127, 129)", "uniform(129, 131)"},
		{"uniform(333, 1000)", "uniform(1000, 77)"},
		{"uniform(1000, 1000)", "uniform(1000, 1000).T"},
		{"abs(uniform(1000, 1000))", "abs(uniform(1000, 1000))"},
		{"wide(37, 1000)", "wide(1000, 41)"},
		{"fortran(uniform(37, 53))", "fortran(uniform(53, 29))"},
		{"big_endian(uniform(37, 53))", "big_endian(fortran(uniform(53, 29)))"},
		{"with_values(uniform(20, 300), {(0, 0): inf, (1, 299): -inf, (2, 130): nan, (3, 1): inf, (3, 200): -inf})",
			"with_values(uniform(300, 30), {(0, 0): 0, (130, 7): inf, (299, 8): nan, (1, 9): -inf, (250, 10): -inf})"},
		{"with_values(np.zeros((9, 9)), {(4, 4): inf})", "np.ones((9, 9))"},
		{"np.full((5, 200), 1e200)", "with_values(np.full((200, 13), 1e200), {(199, 3): -inf, (0, 5): nan})"},
	}
	for i, dir := range products(t, pairs) {
		checkBound(t, dir, pairs[i])
	}
}

// checkBound holds the product in a folder against numpy's.
func checkBound(t *testing.T, dir string, what any) {
	t.Helper()
	ours, numpys, bound := readValues(t, dir, "ours.npy"), readValues(t, dir, "C.npy"), readValues(t, dir, "bound.npy")
	k := float64(openArray(t, dir, "A.npy").Shape[1])
	gamma := k * 0x1p-53 / (1 - k*0x1p-53)
	if len(ours) != len(numpys) {
		t.Fatalf("%v: %d values, numpy has %d", what, len(ours), len(numpys))
	}
	for j, c := range numpys {
		same := ours[j] == c || math.IsNaN(ours[j]) && math.IsNaN(c)
		if !same && !(math.Abs(ours[j]-c) <= gamma*bound[j]) {
			t.Errorf("%v: value %d is %v, numpy has %v: the difference is %.3g times the bound",
				what, j, ours[j], c, math.Abs(ours[j]-c)/(gamma*bound[j]))
			break
		}
	}
}

func openArray(t *testing.T, dir, name string) *npyio.File {
	t.Helper()
	f, err := npyio.Open(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func readValues(t *testing.T, dir, name string) []float64 {
	t.Helper()
	return readFloat64s(t, openArray(t, dir, name))
}

// Whole numbers are multiplied without rounding, so the files are the same.
func TestProductsOfWholeNumbersAreNumpys(t *testing.T) {
	pairs := []factors{
		{"integers(1, 1)", "integers(1, 1)"},
		{"integers(3, 4)", "integers(4, 5)"},
		{"integers(1, 1000)", "integers(1000, 1)"},
		{"integers(99, 1000)", "integers(1000, 100)"},
		{"integers(200, 200)", "integers(200, 200).T"},
		{"fortran(integers(131, 257))", "integers(257, 63)"},
		{"integers(131, 257)", "big_endian(integers(257, 63))"},
		{"np.zeros((3, 0))", "np.zeros((0, 4))"},
		{"np.zeros((0, 3))", "integers(3, 4)"},
		{"integers(4, 3)", "np.zeros((3, 0))"},
		// Stacks that are larger than what is read, or computed, at a time.
		{"integers(70000, 3, 3)", "integers(70000, 3, 2)"},
		{"integers(300, 1, 3, 3)", "integers(400, 3, 2)"},
		{"integers(400, 3, 3)", "integers(300, 1, 3, 2)"},
		{"integers(100000, 1, 3)", "integers(100000, 3, 1)"},
		{"integers(5, 1, 700, 5, 5)", "integers(6, 700, 5, 5)"},
		{"integers(2000, 10, 30)", "integers(30, 7)"},
		{"integers(10, 30)", "integers(2000, 30, 7)"},
		{"integers(30, 70, 80)", "integers(30, 80, 90)"},
	}
	for _, dir := range products(t, pairs) {
		sameFiles(t, filepath.Join(dir, "ours.npy"), filepath.Join(dir, "C.npy"))
	}
}

// Sums of whole numbers are the same too, whatever the shape and order.
func TestSumsOfWholeNumbersAreNumpys(t *testing.T) {
	dir := t.TempDir()
	path := func(format string, args ...any) string { return filepath.Join(dir, fmt.Sprintf(format, args...)) }
	var terms, sums []question
	for i, term := range []string{
		"integers(37, 53)",
		"fortran(integers(37, 53))",
		"big_endian(integers(37, 53))",
		"big_endian(fortran(integers(37, 53)))",
		"integers(300, 400)", // more than one block
		"integers(1, 1)",
		"integers(9, 1)",
		"integers(10, 10)[3]",
		"integers(1, 1)[0, 0]",
		"integers(60, 2).reshape(2, 3, 4, 5)",
		"np.zeros((0, 5))",
		"np.array([-0.0, 0.0])",
	} {
		var names []string
		for j, times := range []string{"1", "3", "-8"} {
			names = append(names, path("%d-%d.npy", i, j))
			terms = append(terms, question{"file": names[j], "array": term + " * " + times})
		}
		sums = append(sums, question{"files": names, "result": path("%d.numpy.npy", i)})
	}
	ask[array](t, "save", terms...)
	ask[any](t, "add", sums...)
	for i, q := range sums {
		run(t, dir, matcombine, append([]string{"-o", path("%d.npy", i)}, q["files"].([]string)...)...)
		sameFiles(t, path("%d.npy", i), path("%d.numpy.npy", i))
	}
}

// matcombine and matprod -serial compute the same sum and print the same text for its norm. The
// norm is within 1e-14 of the one that combine.py and serial.py print, and formatted as Python
// formats it.
func TestNormsOfTheFlow(t *testing.T) {
	var printed []question
	for _, test := range []struct {
		jobs, size int
		seed       uint32
	}{{1, 1, 1}, {3, 100, 42}, {5, 37, 7}, {100, 10, 0}, {2, 1000, 2026}} {
		t.Run(fmt.Sprintf("jobs=%d/size=%d", test.jobs, test.size), func(t *testing.T) {
			dir, jobs := t.TempDir(), strconv.Itoa(test.jobs)
			initialise(t, dir, test.jobs, test.size, test.seed)
			run(t, dir, matprod, "-first", "0", "-count", jobs)
			combined := run(t, dir, matcombine, "-quiet", "-jobs", jobs, "-o", "combined.npy")
			serial := run(t, dir, matprod, "-quiet", "-serial", "-jobs", jobs, "-o", "serial.npy")
			if serial != combined {
				t.Errorf("matprod -serial prints %s, matcombine %s", serial, combined)
			}
			sameFiles(t, filepath.Join(dir, "serial.npy"), filepath.Join(dir, "combined.npy"))
			for _, script := range []string{"combine.py", "serial.py"} {
				checkClose(t, script, combined, runScript(t, dir, script, jobs))
			}
			printed = append(printed, question{"text": combined})
		})
	}
	for i, text := range ask[string](t, "print_again", printed...) {
		if text != printed[i]["text"] {
			t.Errorf("matcombine prints %s, Python %s", printed[i]["text"], text)
		}
	}
}

func checkClose(t *testing.T, script, ours, numpys string) {
	t.Helper()
	x, errX := strconv.ParseFloat(ours, 64)
	y, errY := strconv.ParseFloat(numpys, 64)
	if errX != nil || errY != nil {
		t.Fatal(errX, errY)
	}
	if !(math.Abs(x-y) <= 1e-14*math.Abs(y)) {
		t.Errorf("our norm is %s, %s prints %s", ours, script, numpys)
	}
}

// Each step can be ours or Python's, on the same files.
func TestFlowsAreInterchangeable(t *testing.T) {
	const jobs = 3
	python, ours := t.TempDir(), t.TempDir()
	runScript(t, python, "initialise.py", jobs, 120, 11)
	initialise(t, ours, jobs, 120, 11)
	var norms []string
	// Each product is made in its own folder, as on a pool: ours from Python's inputs, Python's
	// from ours.
	for i := range jobs {
		job := t.TempDir()
		copyFile(t, python, fmt.Sprintf("inputA%d.npy", i), job, "inputA.npy")
		copyFile(t, python, fmt.Sprintf("inputB%d.npy", i), job, "inputB.npy")
		run(t, job, matprod)
		copyFile(t, job, "output.npy", python, fmt.Sprintf("output%d.npy", i))

		job = t.TempDir()
		copyFile(t, ours, fmt.Sprintf("inputA%d.npy", i), job, "inputA.npy")
		copyFile(t, ours, fmt.Sprintf("inputB%d.npy", i), job, "inputB.npy")
		runScript(t, job, "product.py")
		copyFile(t, job, "output.npy", ours, fmt.Sprintf("output%d.npy", i))
	}
	norms = append(norms, runScript(t, python, "combine.py", jobs), run(t, ours, matcombine, "-quiet", "-jobs", fmt.Sprint(jobs)))
	// As on a pool where Python made one of the products and we made the others.
	copyFile(t, ours, "output1.npy", python, "output1.npy")
	norms = append(norms, runScript(t, python, "combine.py", jobs), run(t, python, matcombine, "-quiet", "-jobs", fmt.Sprint(jobs)))
	serial := runScript(t, ours, "serial.py", jobs)
	for _, norm := range norms {
		checkClose(t, "serial.py", norm, serial)
	}
}

func copyFile(t *testing.T, fromDir, from, toDir, to string) {
	t.Helper()
	in, err := os.Open(filepath.Join(fromDir, from))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(filepath.Join(toDir, to))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}
