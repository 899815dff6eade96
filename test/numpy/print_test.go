package numpy

import (
	"fmt"
	"path/filepath"
	"testing"
)

// If a sum or its norm is not finite, matcombine prints what combine.py prints.
func TestNormsThatAreNotFinite(t *testing.T) {
	tests := []struct{ first, second, want string }{
		{"np.array([[1, inf]])", "np.array([[1, 2]], 'f8')", "inf"},
		{"np.array([[1, -inf]])", "np.array([[1, 2]], 'f8')", "inf"},
		{"np.array([[1, inf]])", "np.array([[1, inf]])", "inf"},
		{"np.array([[1, inf]])", "np.array([[1, -inf]])", "nan"},
		{"np.array([[1, nan]])", "np.array([[1, 2]], 'f8')", "nan"},
		{"np.array([[1, nan]])", "np.array([[inf, 2]])", "nan"},
		{"np.array([[1, 1e308]])", "np.array([[1, 1e308]])", "inf"},
		{"np.array([[1, 1e200]])", "np.array([[1, 1e200]])", "inf"}, // the square is infinite
		{"with_values(uniform(300, 300), {(299, 299): nan})", "uniform(300, 300)", "nan"},
		{"with_values(uniform(300, 300), {(0, 299): -inf})", "uniform(300, 300)", "inf"},
	}
	var dirs []string
	var questions []question
	for _, test := range tests {
		dir := t.TempDir()
		dirs = append(dirs, dir)
		questions = append(questions,
			question{"file": filepath.Join(dir, "output0.npy"), "array": test.first},
			question{"file": filepath.Join(dir, "output1.npy"), "array": test.second})
	}
	ask[array](t, "save", questions...)
	for i, test := range tests {
		ours, numpys := run(t, dirs[i], matcombine, "-quiet", "-jobs", "2"), runScript(t, dirs[i], "combine.py", 2)
		if ours != test.want || numpys != test.want {
			t.Errorf("%s + %s: matcombine prints %s, combine.py %s; want %s", test.first, test.second, ours, numpys, test.want)
		}
	}
}

// A norm is printed as Python prints the number. The norm of a single value is exactly its
// magnitude, unless its square underflows or overflows, so the number is known.
func TestNormsArePrintedAsPythonPrintsThem(t *testing.T) {
	values := []string{
		"0.0", "-0.0", "1.0", "-1.0", "0.1", "1/3", "100.0", "123456789.0", "2.0**53", "2.0**53 + 2",
		"1e15", "1234567890123456.7", "9999999999999998.0", "1e16", "1.5e16", "1e17", "1e22", "1e23", "1e100", "1e150",
		"0.001", "0.0001", "0.00012345", "9.999e-5", "1e-5", "1.5e-7", "1e-10", "1e-100", "1e-145",
		"5e-324", "1e-200", "1e308", "nan", "-inf", // squares underflow and overflow
	}
	for exponent := range 40 {
		values = append(values, fmt.Sprintf("np.pi * 1e%d", exponent-20))
	}
	dir := t.TempDir()
	var questions []question
	for i, value := range values {
		questions = append(questions, question{"file": filepath.Join(dir, fmt.Sprintf("%d.npy", i)), "array": "np.array(" + value + ")"})
	}
	for i, numpys := range ask[string](t, "save_and_print_norm", questions...) {
		if ours := run(t, dir, matcombine, "-quiet", fmt.Sprintf("%d.npy", i)); ours != numpys {
			t.Errorf("the norm of %s is printed as %s, Python prints %s", values[i], ours, numpys)
		}
	}
}
