package numpy

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const badData = 65

// Files that numpy writes, and reads, but which hold no numbers, or none of a known size:
// each program says so in one line that begins with the file's name, gives a hint, and ends
// with 65.
func TestFilesOfOtherTypesAreRefused(t *testing.T) {
	const pickle = "Python objects (descr '|O'), which are never unpickled"
	tests := []struct{ array, holds string }{
		{"np.array([[1, 'a'], [None, {}]], dtype=object)", pickle},
		{"np.array([[0.5]], dtype=object)", pickle},
		{"np.zeros((2, 2), [('x', 'f8'), ('y', 'f8')])", "records, with the fields 'x', 'y'"},
		{"np.zeros((2, 2), [('x', 'f8'), ('o', object)])", pickle},
		{`np.zeros((2, 2), [('\u03b1', 'f8')])`, "records, with the fields 'α'"}, // version 3.0
		{"np.array([['a', 'b']])", "text (descr '<U1'), not numbers"},
		{"np.array([[b'a', b'b']])", "text (descr '|S1'), not numbers"},
		{"np.zeros((2, 2), 'M8[s]')", "dates (descr '<M8[s]'), not numbers"},
		{"np.ones((2, 2), np.longdouble)", "longdoubles (descr '<f16'), which differ from machine to machine"},
	}
	var dirs []string
	var questions []question
	for _, test := range tests {
		dir := t.TempDir()
		dirs = append(dirs, dir)
		questions = append(questions,
			question{"file": filepath.Join(dir, "other.npy"), "array": test.array},
			question{"file": filepath.Join(dir, "good.npy"), "array": "uniform(2, 2)"})
	}
	ask[any](t, "save_any", questions...)

	commands := [][]string{
		{matcombine, "other.npy", "good.npy"},
		{matcombine, "good.npy", "other.npy"},
		{matprod, "other.npy", "good.npy", "product.npy"},
		{matprod, "good.npy", "other.npy", "product.npy"},
	}
	for i, test := range tests {
		says := "other.npy: holds " + test.holds
		for _, command := range commands {
			if hint := refuses(t, dirs[i], says, command[0], command[1:]...); hint == "" {
				t.Errorf("%s: no hint", test.array)
			}
		}
	}
}

// bfloat16 and float8_e5m2, as ml_dtypes has numpy save them: the hints make the same numbers of them.
func TestHintsForShortFloats(t *testing.T) {
	const x = "x = np.asfortranarray(np.array([0, -0.0, 1, -2, 1.5, 0.25, 2**-14, 7, 5, -6, np.inf, -np.inf]).reshape(3, 4)); "
	for _, test := range []struct{ bits, as, descr, says string }{
		{"(x.astype('<f4').view('<u4') >> 16).astype('<u2')", "<u2", "<V2", "raw bytes (descr '<V2'), not numbers"},
		{"(x.astype('<f2').view('<u2') >> 8).astype('u1')", "|u1", "<f1", "float8 numbers (descr '<f1'), which numpy cannot load"},
	} {
		dir := t.TempDir()
		change := fmt.Sprintf(`file = open('x.npy', 'rb').read(); open('x.npy', 'wb').write(file.replace(b"'%s'", b"'%s'"))`, test.as, test.descr)
		run(t, dir, python, "-c", "import numpy as np; "+x+"np.save('x.npy', "+test.bits+"); np.save('one.npy', np.eye(4)); "+change)
		hint := refuses(t, dir, "x.npy: holds "+test.says, matprod, "x.npy", "one.npy", "c.npy")
		_, code, _ := strings.Cut(hint, ": ")
		follow(t, dir, "in Python: "+code, "x.npy")
		run(t, dir, python, "-c", "import numpy as np; "+x+"y = np.load('x.npy'); assert np.array_equal(x, y) and y.flags.fnc, y")
	}
}

// What people have instead of a .npy file: the hint says how to make one with the same numbers.
func TestHintsForOtherFiles(t *testing.T) {
	_, _, status := exits(t, t.TempDir(), python, "-c", "import sys; sys.exit(sys.version_info < (3, 13))")
	before313 := status != 0
	for _, test := range []struct {
		file, save string // code that writes the array x to the file
		says       string
		needs      string // a module
	}{
		{"x.txt", "np.savetxt('x.txt', x)", `text: it begins with "0.0000000000"`, ""},
		{"x.csv", "np.savetxt('x.csv', x, delimiter=',')", `text: it begins with "0.0000000000"`, ""},
		{"x.tsv", "np.savetxt('x.tsv', x, delimiter='\\t')", `text: it begins with "0.0000000000"`, ""},
		{"semicolons", "np.savetxt('semicolons', x, delimiter=';')", `text: it begins with "0.0000000000"`, ""},
		{"x.db", "import dbm.ndbm, shelve; shelve.Shelf(dbm.ndbm.open('x', 'n'))['x'] = x", "a database of Berkeley DB, such as a shelf of Python", "dbm.ndbm"},
		{"shelf", "import dbm.gnu, shelve; shelve.Shelf(dbm.gnu.open('shelf', 'n'))['x'] = x", "a database of gdbm, such as a shelf of Python", "dbm.gnu"},
		{"shelf", "import dbm.sqlite3, shelve; shelve.Shelf(dbm.sqlite3.open('shelf', 'n'))['x'] = x", "a database of SQLite, such as a shelf of Python", "dbm.sqlite3"},
		{"x.mat", "import scipy.io; scipy.io.savemat('x.mat', {'x': x})", "a file of Matlab (version 5)", "scipy.io"},
		{"x.h5", "import h5py; h5py.File('x.h5', 'w')['x'] = x", "a file of HDF5", "h5py"},
		{"x.npy.gz", "import gzip; np.save(gzip.open('x.npy.gz', 'w'), x)", "one compressed by gzip", ""},
		{"x.npy.bz2", "import bz2; np.save(bz2.open('x.npy.bz2', 'w'), x)", "one compressed by bzip2", ""},
		{"x.npy.xz", "import lzma; np.save(lzma.open('x.npy.xz', 'w'), x)", "one compressed by xz", ""},
	} {
		if test.needs == "dbm.sqlite3" && before313 {
			continue // Python has it from 3.13 on, which the tests with numpy 2 have
		}
		t.Run(test.file+"/"+test.needs, func(t *testing.T) {
			dir := t.TempDir()
			const x = "import numpy as np; x = np.arange(12.).reshape(3, 4); "
			run(t, dir, python, "-c", x+test.save+"; np.save('one.npy', np.eye(4))")
			hint := refuses(t, dir, test.file+": not a .npy file but "+test.says, matprod, test.file, "one.npy", "c.npy")
			how, code, _ := strings.Cut(hint, ": ")
			if how == "decompress it first" {
				run(t, dir, "/bin/sh", "-c", strings.Replace(code, "FILE", test.file, 1))
			} else {
				follow(t, dir, "in Python: "+code, test.file)
			}
			run(t, dir, python, "-c", x+"assert np.array_equal(x, np.load('x.npy'))")
			run(t, dir, matprod, "x.npy", "one.npy", "c.npy")
		})
	}
}

// Files in both orders are not added up; the hint says how to make them alike.
func TestSumsOfBothOrdersAreRefused(t *testing.T) {
	dir := t.TempDir()
	ask[array](t, "save",
		question{"file": filepath.Join(dir, "c.npy"), "array": "integers(3, 4)"},
		question{"file": filepath.Join(dir, "fortran.npy"), "array": "fortran(integers(3, 4))"})
	hint := refuses(t, dir, "fortran.npy: is not in the order (C or Fortran) of c.npy", matcombine, "c.npy", "fortran.npy")
	follow(t, dir, hint, "fortran.npy")
	run(t, dir, matcombine, "c.npy", "fortran.npy")
}

// refuses runs a program that must find its input bad and say why, and nothing else
// but a hint, which is returned.
func refuses(t *testing.T, dir, why, program string, args ...string) (hint string) {
	t.Helper()
	name := filepath.Base(program)
	stdout, stderr, status := exits(t, dir, program, args...)
	message, hint, _ := strings.Cut(stderr, "\n"+name+": hint: ")
	if want := name + ": " + why; status != badData || stdout != "" || strings.TrimSuffix(message, "\n") != want {
		t.Errorf("%s %s: exit status %d\n%s%swant %d\n%s", name, strings.Join(args, " "), status, stdout, stderr, badData, want)
	}
	return strings.TrimSuffix(hint, "\n")
}

// libraries matches those that a hint takes to be imported.
var libraries = regexp.MustCompile(`\b(scipy\.io|h5py|pandas)\.`)

// follow does what a hint says, with a file's name for the word name.
func follow(t *testing.T, dir, hint, file string) {
	t.Helper()
	code, ok := strings.CutPrefix(hint, "in Python: ")
	if !ok {
		t.Fatalf("hint %q is no Python", hint)
	}
	code = regexp.MustCompile(`\bname\b`).ReplaceAllString(code, fmt.Sprintf("'%s'", file))
	if m := libraries.FindStringSubmatch(code); m != nil {
		code = "import " + m[1] + "; " + code
	}
	run(t, dir, python, "-c", "import numpy as np; "+code)
}
