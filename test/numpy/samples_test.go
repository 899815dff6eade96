package numpy

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"github.com/kshedden/gonpy"
	sbinet "github.com/sbinet/npyio/npy"
	sbinetz "github.com/sbinet/npyio/npz"
	"gonum.org/v1/gonum/mat"

	"matpool/elem"
	"matpool/npyio"
)

// What numpy 1.24 and 2.2 make of these is the same.

var layouts = []sample{
	{label: "a float64 matrix as np.save writes it", code: "x = typed('<f8', 3, 4); np.save(name, x)"},
	{label: "big-endian", code: "x = typed('>f8', 3, 4); np.save(name, x)"},
	{label: "in Fortran order", code: "x = fortran(typed('f8', 3, 4)); np.save(name, x)"},
	{label: "version 2.0 of the format", code: "x = typed('f8', 3, 4); np.lib.format.write_array(open(name, 'wb'), x, version=(2, 0))"},
	{label: "version 3.0 of the format", code: "x = typed('f8', 3, 4); np.lib.format.write_array(open(name, 'wb'), x, version=(3, 0))"},
	{label: "a single value, shape `()`", code: "x = typed('f8'); np.save(name, x)"},
	{label: "a vector", code: "x = typed('f8', 5); np.save(name, x)"},
	{label: "a stack of matrices", code: "x = typed('f8', 2, 3, 4); np.save(name, x)"},
	{label: "no values, shape `(0, 4)`", code: "x = typed('f8', 0, 4); np.save(name, x)"},
	{label: "the type without a byte order, `f8`", code: `x = np.arange(12.0).reshape(3, 4); by_hand(name, "{'descr': 'f8', 'fortran_order': False, 'shape': (3, 4), }")`},
	{label: "the type by its name, `float64`", code: `x = np.arange(12.0).reshape(3, 4); by_hand(name, "{'descr': 'float64', 'fortran_order': False, 'shape': (3, 4), }")`},
	{label: "sizes as Python 2 writes them, `(3L, 4L)`", code: `x = np.arange(12.0).reshape(3, 4); by_hand(name, "{'descr': '<f8', 'fortran_order': False, 'shape': (3L, 4L), }")`},
	{label: "the header's keys in another order", code: `x = np.arange(12.0).reshape(3, 4); by_hand(name, "{'shape': (3, 4), 'fortran_order': False, 'descr': '<f8'}")`},
}

// Each archive holds A and B.
var archives = []sample{
	{label: "np.savez", code: "x = typed('f8', 3, 4); np.savez(name, A=x, B=x)"},
	{label: "np.savez_compressed", code: "x = typed('f8', 3, 4); np.savez_compressed(name, A=x, B=x)"},
	{label: "`zip -0`", code: "x = typed('f8', 3, 4); zipped(name, '-0')"},
	{label: "`zip -9`", code: "x = typed('f8', 3, 4); zipped(name, '-9')"},
	{label: "`zip - … | cat`: sizes after the members", code: "x = typed('f8', 3, 4); zipped(name, '-9', pipe=True)"},
	{label: "`zip -fz`: 64-bit sizes", code: "x = typed('f8', 3, 4); zipped(name, '-fz')"},
	{label: "Python's zipfile, deflated", code: "x = typed('f8', 3, 4); archive(name, [('A.npy', x), ('B.npy', x)], zipfile.ZIP_DEFLATED)"},
	{label: "… into a pipe, with 64-bit sizes", code: "x = typed('f8', 3, 4); archive(name, [('A.npy', x), ('B.npy', x)], zipfile.ZIP_DEFLATED, pipe=True, zip64=True)"},
	{label: "with other files and folders", code: "x = typed('f8', 3, 4); archive(name, [('README', b'two arrays'), ('A.npy', x), ('B.npy', x), ('more/C.npy', x)])"},
}

var refused = []sample{
	{"Python objects", "np.save(name, np.array([[1, 'a'], [None, {}]], dtype=object), allow_pickle=True)", ""},
	{"a pickle", "pickle.dump([1, 2], open(name, 'wb'))", ""},
	{"records", "x = np.zeros((2, 2), [('x', 'f8'), ('y', 'f8')]); np.save(name, x)", ""},
	{"text", "x = np.array([['1.5', '2']]); np.save(name, x)", ""},
	{"dates", "x = np.zeros((2, 2), 'M8[s]'); np.save(name, x)", ""},
	{"long doubles", "x = np.ones((2, 2), np.longdouble); np.save(name, x)", ""},
	{"raw bytes", "x = np.zeros(3, 'V8'); np.save(name, x)", ""},
	{"truncated in its values", "x = typed('f8', 3, 4); np.save(name, x); os.truncate(name, 200)", "make or copy it again"},
	{"truncated in its header", "x = typed('f8', 3, 4); np.save(name, x); os.truncate(name, 100)", "make or copy it again"},
	{"more bytes than values", "x = typed('f8', 3, 4); np.save(name, x); open(name, 'ab').write(b'more')", "make it again: two programs may have written to it"},
	{"empty", "open(name, 'w')", ""},
	{"zeros, from a full disk", "open(name, 'wb').write(bytes(1000))", ""},
	{"copied as text", "x = typed('f8', 3, 4); np.save(name, x); change(name, lambda b: b.replace(b'\\n', b'\\r\\n'))", ""},
	{"a text table", "open(name, 'w').write('1.5,2\\n3,4\\n')", ""},
	{"a Git LFS pointer", "open(name, 'w').write('version https://git-lfs.github.com/spec/v1\\noid sha256:4d7a\\nsize 8000128\\n')", ""},
	{"an HTML page", "open(name, 'w').write('<!DOCTYPE html>\\n<title>404 Not Found</title>\\n')", ""},
	{"compressed with gzip", "import gzip; gzip.open(name, 'wb').write(npy(typed('f8', 3, 4)))", ""},
	{"HDF5, or Matlab since 7.3", "open(name, 'wb').write(b'\\x89HDF\\r\\n\\x1a\\n' + bytes(500))", ""},
	{"an unknown version of the format", "by_hand(name, '', version=4)", "save it again with a numpy that reads it"},
	{"a header of 20,000 bytes", "x = np.arange(12.0).reshape(3, 4); by_hand(name, \"{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }\" + 20000 * ' ')", "in Python: `np.save(name, np.load(name, max_header_size=100000))`"},
	{"a header that claims 4 GB", "open(name, 'wb').write(b'\\x93NUMPY\\2\\0\\xff\\xff\\xff\\xff{')", "do not trust it"},
	{"a shape of 8 GB without data", "by_hand(name, \"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000,), }\", np.zeros(0))", "make or copy it again"},
	{"a shape whose size overflows", "by_hand(name, \"{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296), }\", np.zeros(0))", "do not trust it"},
}

var harmful = []sample{
	{"compressed with bzip2", "x = typed('f8', 3, 4); archive(name, [('A.npy', x)], zipfile.ZIP_BZIP2)", ""},
	{"compressed with lzma", "x = typed('f8', 3, 4); archive(name, [('A.npy', x)], zipfile.ZIP_LZMA)", ""},
	{"encrypted", "x = typed('f8', 3, 4); zipped(name, '-0 -P secret')", ""},
	{"no such array", "np.savez(name, B=np.arange(3.0))", ""},
	{"Python objects", "np.savez(name, A=np.array([1, 'a'], dtype=object))", ""},
	{"truncated", "np.savez(name, A=typed('f8', 3, 4)); os.truncate(name, 300)", "make or copy it again"},
	{"bytes before the archive", "x = typed('f8', 3, 4); np.savez(name, A=x); change(name, lambda b: b'PK\\3\\4' + b)", "remove everything before `PK`"},
	{"a changed byte in its values", "x = typed('f8', 3, 4); np.savez(name, A=x); change(name, lambda b: b[:200] + bytes([b[200] ^ 1]) + b[201:])", "make or copy it again"},
	{"two members with one name", "archive(name, [('A.npy', np.arange(3.0)), ('A.npy', np.zeros(3))])", "pack it again"},
	{"two overlapping members", "x = np.arange(3.0); np.savez(name, B=np.zeros(3), A=x); change(name, lambda b: b[:b.rindex(b'PK\\1\\2') + 42] + bytes(4) + b[b.rindex(b'PK\\1\\2') + 46:])", "do not trust it"},
	{"a member longer than its header says", "x = np.arange(3.0); archive(name, [('A.npy', npy(x) + bytes(1 << 24))], zipfile.ZIP_DEFLATED)", "do not trust it"},
	{"a member shorter than its header says", "x = np.arange(3.0); archive(name, [('A.npy', npy(x)[:-8])], zipfile.ZIP_DEFLATED)", "make or copy it again"},
}

// A writing is a file that numpy makes by some Python, and others by functions. Those that cannot have none.
type writing struct {
	sample
	ours, gonpy, sbinet func(name string) error
}

func floats(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = float64(i)
	}
	return x
}

func writings() []writing {
	byUs := func(typ elem.Type, fortran bool, data any, shape ...int) func(string) error {
		return func(name string) error {
			h := npyio.Header{DType: npyio.DTypeOf(typ), Fortran: fortran, Shape: shape}
			b, err := binary.Append(h.Append(nil), binary.LittleEndian, data)
			if err != nil {
				return err
			}
			return os.WriteFile(name, b, 0o666)
		}
	}
	byGonpy := func(fortran bool, n int, shape ...int) func(string) error {
		return func(name string) error {
			w, err := gonpy.NewFileWriter(name)
			if err != nil {
				return err
			}
			w.Shape, w.ColumnMajor = shape, fortran
			return w.WriteFloat64(floats(n))
		}
	}
	bySbinet := func(x any) func(string) error {
		return func(name string) error {
			f, err := os.Create(name)
			if err != nil {
				return err
			}
			defer f.Close()
			return sbinet.Write(f, x)
		}
	}
	bools, halves := []bool{true, false, true}, []uint16{0x3c00, 0x4000}
	return []writing{
		{sample{label: "a vector", code: "x = np.arange(5.0); np.save(name, x)"},
			byUs(elem.Float64, false, floats(5), 5), byGonpy(false, 5, 5), bySbinet(floats(5))},
		{sample{label: "a matrix", code: "x = np.arange(12.0).reshape(3, 4); np.save(name, x)"},
			byUs(elem.Float64, false, floats(12), 3, 4), byGonpy(false, 12, 3, 4), bySbinet(mat.NewDense(3, 4, floats(12)))},
		{sample{label: "… in Fortran order", code: "x = np.arange(12.0).reshape((3, 4), order='F'); np.save(name, x)"},
			byUs(elem.Float64, true, floats(12), 3, 4), byGonpy(true, 12, 3, 4), nil},
		{sample{label: "a stack of matrices", code: "x = np.arange(24.0).reshape(2, 3, 4); np.save(name, x)"},
			byUs(elem.Float64, false, floats(24), 2, 3, 4), byGonpy(false, 24, 2, 3, 4), nil},
		{sample{label: "a single value", code: "x = np.array(0.0); np.save(name, x)"},
			byUs(elem.Float64, false, floats(1)), byGonpy(false, 1, []int{}...), bySbinet(0.0)},
		{sample{label: "booleans", code: "x = np.array([True, False, True]); np.save(name, x)"},
			byUs(elem.Bool, false, bools, 3), nil, bySbinet(bools)},
		{sample{label: "float16s", code: "x = np.array([1, 2], 'f2'); np.save(name, x)"},
			byUs(elem.Float16, false, halves, 2), nil, nil},
		{sample{label: "an archive", code: "x = np.arange(5.0); np.savez(name, A=x)"},
			func(name string) error {
				f, err := os.Create(name)
				if err != nil {
					return err
				}
				defer f.Close()
				return npyio.WriteNpz(f, npyio.Array{Name: "A", Shape: []int{5}, Values: floats(5)})
			},
			nil,
			func(name string) error { return sbinetz.Write(name, map[string]any{"A.npy": floats(5)}) }},
	}
}

// writtenTable says whether what is written has numpy's bytes. We read whatever of it numpy reads.
func writtenTable(t *testing.T) string {
	t.Helper()
	rows := [][]string{{"what is written", "matpool", "gonpy", "sbinet/npyio"}}
	for _, w := range writings() {
		array := ""
		if w.label == "an archive" {
			array = "A.npy"
		}
		numpys := makeSamples(t, []sample{w.sample}, array)[0]
		cells := []string{w.label}
		for _, write := range []func(string) error{w.ours, w.gonpy, w.sbinet} {
			if write == nil {
				cells = append(cells, "no")
				continue
			}
			f := numpys
			f.File = filepath.Join(t.TempDir(), f.base())
			if err := write(f.File); err != nil {
				t.Errorf("%s: %v", f.label, err)
			}
			cell := byNumpy(t, []sampleFile{f})[0]
			if cell == "yes" {
				if c, err := readOurs(f.File, array); err != nil || !c.same(*f.holds) {
					t.Errorf("%s: %v, %v", f.label, c, err)
				}
				if cell = "yes, other bytes"; bytes.Equal(ofAnyPython(readFile(t, f.File)), ofAnyPython(readFile(t, numpys.File))) {
					cell = "numpy's bytes"
				}
			}
			cells = append(cells, cell)
		}
		rows = append(rows, cells)
	}
	return markdown(rows)
}

// ofAnyPython makes of an archive the form that all versions of Python would give it.
func ofAnyPython(file []byte) []byte {
	if bytes.HasPrefix(file, []byte("PK")) {
		return asOfOldPython(file)
	}
	return file
}
