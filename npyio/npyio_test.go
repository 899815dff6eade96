package npyio

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"matpool/elem"

	"github.com/kshedden/gonpy"
)

// What np.save of numpy 1.24 and later writes before the values, spelled out.
func TestHeaderIsNumpys(t *testing.T) {
	pad := func(dict string, spaces int) string {
		return "\x93NUMPY\x01\x00" + string([]byte{byte(len(dict) + spaces + 1), 0}) + dict + strings.Repeat(" ", spaces) + "\n"
	}
	for _, test := range []struct {
		h    Header
		want string
	}{
		{Header{DType: Float64, Shape: []int{3, 4}}, pad("{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }", 58)},
		{Header{DType: Float64, Shape: []int{1000, 1000}}, pad("{'descr': '<f8', 'fortran_order': False, 'shape': (1000, 1000), }", 52)},
		{Header{DType: Float64, Fortran: true, Shape: []int{3, 4}}, pad("{'descr': '<f8', 'fortran_order': True, 'shape': (3, 4), }", 59)},
		{Header{DType: Float64, Shape: []int{5}}, pad("{'descr': '<f8', 'fortran_order': False, 'shape': (5,), }", 60)},
		{Header{DType: Float64, Shape: []int{}}, pad("{'descr': '<f8', 'fortran_order': False, 'shape': (), }", 62)},
		// Contiguous both ways is C order.
		{Header{DType: Float64, Fortran: true, Shape: []int{1, 7}}, pad("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 7), }", 58)},
		{Header{DType: Float64, Fortran: true, Shape: []int{0, 7}}, pad("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 7), }", 58)},
		{Header{DType: DType{'>', 'c', 16}, Shape: []int{2}}, pad("{'descr': '>c16', 'fortran_order': False, 'shape': (2,), }", 59)},
	} {
		got := string(test.h.Append(nil))
		if got != test.want {
			t.Errorf("%v:\n%q\nwant\n%q", test.h, got, test.want)
		}
		if len(got)%64 != 0 {
			t.Errorf("%v: the values begin at %d", test.h, len(got))
		}
	}
}

// Numpy pads by 1 to 64 blanks, never by none; and a header is read back as it was.
func TestHeaderRoundTrip(t *testing.T) {
	for dims := range 20 {
		h := Header{Version: Version{1, 0}, DType: Float64, Fortran: dims > 1, Shape: []int{}}
		for i := range dims {
			h.Shape = append(h.Shape, 3<<(3*i%40))
		}
		text := h.Append([]byte("kept"))
		if !bytes.HasPrefix(text, []byte("kept\x93NUMPY")) || text[len(text)-2] != ' ' || text[len(text)-1] != '\n' {
			t.Errorf("%d dimensions: %q", dims, text)
		}
		got, n, err := ReadHeader(iotest.OneByteReader(bytes.NewReader(text[4:])))
		if err != nil || n != int64(len(text)-4) || !reflect.DeepEqual(got, h) {
			t.Errorf("read back %v, %d, %v; want %v", got, n, err, h)
		}
	}
}

func npy(version byte, dict string, data int) string {
	length := binary.LittleEndian.AppendUint16(nil, uint16(len(dict)))
	if version > 1 {
		length = binary.LittleEndian.AppendUint32(nil, uint32(len(dict)))
	}
	return "\x93NUMPY" + string([]byte{version, 0}) + string(length) + dict + strings.Repeat("\x00", data)
}

func dict(descr, order, shape string) string {
	return "{'descr': " + descr + ", 'fortran_order': " + order + ", 'shape': " + shape + ", }\n"
}

// Headers that some numpy has written, or would read without a murmur.
func TestHeadersThatAreRead(t *testing.T) {
	f8 := Float64
	for _, test := range []struct {
		version byte
		dict    string
		want    Header
	}{
		{1, dict("'<f8'", "False", "(3, 4)"), Header{DType: f8, Shape: []int{3, 4}}},
		{2, dict("'<f8'", "True", "(3, 4)"), Header{DType: f8, Fortran: true, Shape: []int{3, 4}}},
		{3, dict("'>f8'", "False", "()"), Header{DType: DType{'>', 'f', 8}, Shape: []int{}}},
		{1, dict("'|b1'", "False", "(0, 9)"), Header{DType: DType{'|', 'b', 1}, Shape: []int{0, 9}}},
		{1, dict("'<c16'", "False", "(7,)"), Header{DType: DType{'<', 'c', 16}, Shape: []int{7}}},
		{1, dict("'f8'", "False", "(3, 4)"), Header{DType: f8, Shape: []int{3, 4}}},
		{1, dict("U'=f8'", "False", "(00, 4)"), Header{DType: f8, Shape: []int{0, 4}}},
		{1, dict("'|f8'", "False", "(3, 4)"), Header{DType: f8, Shape: []int{3, 4}}},
		{1, dict("'float64'", "False", "(3, 4)"), Header{DType: f8, Shape: []int{3, 4}}},
		{1, dict("'>i1'", "False", "(3, 4)"), Header{DType: DType{'|', 'i', 1}, Shape: []int{3, 4}}},
		{1, dict("'<i8'", "False", "(3L, 4L)"), Header{DType: DType{'<', 'i', 8}, Shape: []int{3, 4}}}, // Python 2
		{1, dict("'<f8'", "False", "("+strings.Repeat("1, ", 64)+")"), Header{DType: f8, Shape: slices.Repeat([]int{1}, 64)}},
		{1, `{"shape":(3,4),"fortran_order":False,"descr":"<f8"}`, Header{DType: f8, Shape: []int{3, 4}}},
		{1, "  { 'shape' : ( 3 , 4 , ) ,\n'descr':u'<f8','fortran_order':\tTrue }  \n", Header{DType: f8, Fortran: true, Shape: []int{3, 4}}},
	} {
		file := npy(test.version, test.dict, 0)
		test.want.Version = Version{test.version, 0}
		got, n, err := ReadHeader(strings.NewReader(file + "values"))
		if err != nil || !reflect.DeepEqual(got, test.want) || n != int64(len(file)) {
			t.Errorf("%q: %v, %d, %v; want %v, %d", test.dict, got, n, err, test.want, len(file))
		}
	}
}

// A header of 10,000 bytes is read, as by numpy, and no longer one.
func TestLongestHeader(t *testing.T) {
	ok := dict("'<f8'", "False", "(3, 4)")
	for length, want := range map[int]bool{9999: true, 10000: true, 10001: false} {
		_, _, err := ReadHeader(strings.NewReader(npy(1, strings.Repeat(" ", length-len(ok))+ok, 96)))
		if (err == nil) != want {
			t.Errorf("%d bytes: %v", length, err)
		}
	}
}

// Every way in which a file can be wrong has its error, and every such error is
// an ErrFormat with the file's name before it.
func TestFilesThatAreRefused(t *testing.T) {
	ok := dict("'<f8'", "False", "(3, 4)")
	var header *HeaderError
	var size *SizeError
	var dtype *TypeError
	var pickle *PickleError
	for _, test := range []struct {
		file string
		kind any
		says string
	}{
		{"", &header, "truncated: it is empty"},
		{"\x93NUM", &header, "ends inside its header"},
		{"\x93NUMPY\x01\x00", &header, "ends inside its header"},
		{"\x93NUMPY\x01\x00\x76", &header, "ends inside its header"},
		{npy(1, ok, 0)[:40], &header, "ends inside its header"},
		{"\x01\x02 and so on", &header, `not a .npy file: it begins with "\x01\x02 and so on"`},
		{npy(4, ok, 96), &header, "version 4.0"},
		{"\x93NUMPY\x01\x01" + npy(1, ok, 96)[8:], &header, "version 1.1"},
		{npy(2, strings.Repeat(" ", 10001), 0), &header, "10001 bytes is longer than the limit of 10000"},
		{"\x93NUMPY\x02\x00\xff\xff\xff\xff", &header, "4294967295 bytes"},
		{npy(3, dict("'<f8'", "False", "(1,)")+"\xff", 8), &header, "not UTF-8"},
		{npy(1, "", 0), &header, `"{" should be`},
		{npy(1, ok+"x", 96), &header, "something follows"},
		{npy(1, "{'descr': '<f8', 'shape': (3,)}", 24), &header, "'fortran_order' is missing"},
		{npy(1, "{'descr': '<f8', 'descr': '<f8'}", 24), &header, "'descr' stands twice"},
		{npy(1, "{'descr': '<f8', 'colour': 1}", 24), &header, "unknown key 'colour'"},
		{npy(1, "{'descr: '<f8'}", 24), &header, `":" should be`},
		{npy(1, "{'descr", 24), &header, "a string should be"},
		{npy(1, "{'descr': '<f8\\n'}", 24), &header, "a string should be"},
		{npy(1, dict("'<f8'", "0", "(3, 4)"), 96), &header, "neither True nor False"},
		{npy(1, dict("'<f8'", "False", "3"), 24), &header, `"(" should be`},
		{npy(1, dict("'<f8'", "False", "(3)"), 24), &header, "not a tuple"},
		{npy(1, dict("'<f8'", "False", "(3, -4)"), 96), &header, `size "-4)`},
		{npy(1, dict("'<f8'", "False", "(-1,)"), 96), &header, `size "-1,`},
		{npy(1, dict("'<f8'", "False", "(True, 12)"), 96), &header, `size "True`},
		{npy(1, dict("'<f8'", "False", "(3 4)"), 96), &header, `"4), }`},
		{npy(1, dict("'<f8'", "False", "(9223372036854775808,)"), 96), &header, "is not a number from 0 to"},
		{npy(1, dict("'<f8'", "False", "("+strings.Repeat("1, ", 65)+")"), 8), &header, "more than 64 dimensions"},
		{npy(1, dict("'|O'", "False", "(3,)"), 96), &pickle, "never unpickled"},
		{npy(1, dict("'O'", "False", "(3,)"), 96), &pickle, "never unpickled"},
		{npy(1, dict("'<U3'", "False", "(3,)"), 96), &dtype, "holds text (descr '<U3'), not numbers"},
		{npy(1, dict("'|S3'", "False", "(3,)"), 96), &dtype, "holds text (descr '|S3'), not numbers"},
		{npy(1, dict("'<M8[ns]'", "False", "(3,)"), 96), &dtype, "holds dates (descr '<M8[ns]'), not numbers"},
		{npy(1, dict("'<m8[s]'", "False", "(3,)"), 96), &dtype, "holds differences of time (descr '<m8[s]'), not numbers"},
		{npy(1, dict("'|V5'", "False", "(3,)"), 96), &dtype, "holds raw bytes (descr '|V5'), not numbers"},
		{npy(1, dict("'<f16'", "False", "(3,)"), 96), &dtype, "holds longdoubles (descr '<f16')"},
		{npy(1, dict("'>c32'", "False", "(3,)"), 96), &dtype, "holds complex longdoubles (descr '>c32')"},
		{npy(1, dict("'<f7'", "False", "(3,)"), 96), &dtype, "names no type of numpy's: descr '<f7'"},
		{npy(1, dict("'<f8\x1b[2J'", "False", "(3,)"), 96), &dtype, "descr '<f8 [2J'"},
		{npy(1, dict("''", "False", "(3,)"), 96), &dtype, "''"},
		{npy(1, dict("[('x', '<f8'), ('', '|V4'), (('a title', 'y'), '<i4', (2, 3)), (u'O', [('z', '<f8')])]", "False", "(3,)"), 96), &dtype,
			"holds records, with the fields 'x', 'y', 'O'"},
		{npy(1, dict("[('\xb5m', '<f8')]", "False", "(3,)"), 96), &dtype, "with the fields 'µm'"},
		{npy(3, dict("[('\u03b1', '<f8')]", "False", "(3,)"), 96), &dtype, "with the fields 'α'"},
		{npy(1, dict("[('x', '<f8'), ('y', [('z', '|O')])]", "False", "(3,)"), 96), &pickle, "holds Python objects (descr '|O')"},
		{npy(1, dict("('<f8', (2,))", "False", "(3,)"), 96), &dtype, "holds small arrays as values"},
		{npy(1, dict("('O', (2,))", "False", "(3,)"), 96), &pickle, "holds Python objects (descr 'O')"},
		{npy(1, dict("[('x', <f8)]", "False", "(3,)"), 96), &header, `"<f8)]`},
		{npy(1, dict(strings.Repeat("[", 9000), "False", "(3,)"), 96), &header, "nested too deep"},
		{npy(1, dict("'<f8'", "False", "(03, 5)"), 120), &header, `size "03" begins with 0, which Python does not read`},
		{npy(3, dict("'<f8'", "False", "(3L, 5L)"), 120), &header, `"L, 5L)`},
		{npy(1, ok, 95), &size, "truncated: header promises 96 bytes of data, file holds 95"},
		{npy(1, ok, 0), &size, "truncated: header promises 96 bytes of data, file holds 0"},
		{npy(1, ok, 97), &size, "too long: header promises 96 bytes of data, file holds 97"},
		{npy(1, dict("'<f8'", "False", "(0, 4)"), 1), &size, "too long: header promises 0 bytes of data, file holds 1"},
		{npy(1, dict("'<f8'", "False", "(1000000, 1000000)"), 8), &size, "truncated: header promises 8000000000000 bytes"},
		{npy(1, dict("'<f8'", "False", "(4294967296, 4294967296)"), 8), &size, "more data than can be addressed"},
	} {
		path := filepath.Join(t.TempDir(), "x.npy")
		if err := os.WriteFile(path, []byte(test.file), 0o666); err != nil {
			t.Fatal(err)
		}
		_, err := Open(path)
		if !errors.Is(err, ErrFormat) || !errors.As(err, test.kind) || !strings.Contains(err.Error(), test.says) ||
			!strings.HasPrefix(err.Error(), path+": ") || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%.90q:\n%v\nwant %T with %q", test.file, err, test.kind, test.says)
		}
	}
}

// A file cut off anywhere is refused; whole, it is read.
func TestTruncationAtEveryByte(t *testing.T) {
	values := []float64{1, -2, math.Inf(1), math.NaN(), 5e-324, 0}
	var whole bytes.Buffer
	whole.Write(Header{DType: Float64, Shape: []int{2, 3}}.Append(nil))
	if err := WriteFloat64s(&whole, values); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.npy")
	for n := range whole.Len() {
		if err := os.WriteFile(path, whole.Bytes()[:n], 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path); !errors.Is(err, ErrFormat) {
			t.Fatalf("the first %d bytes of %d: error %v", n, whole.Len(), err)
		}
	}
	if err := os.WriteFile(path, whole.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got := make([]float64, 6)
	if err := f.readFloat64s(got, 0); err != nil || fmt.Sprint(got) != fmt.Sprint(values) {
		t.Errorf("%v, %v; want %v", got, err, values)
	}
}

func open(t *testing.T, path string) *File {
	t.Helper()
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// readFloat64s reads values of type float64, in either byte order.
func (f *File) readFloat64s(dst []float64, first int64) error {
	err := f.Read(asBytes(dst), first)
	if f.DType.Swapped() {
		elem.SwapBytes(asBytes(dst), elem.Float64)
	}
	return err
}

// Parts of a file can be read, in either byte order, into the caller's memory only.
func TestPartsAndByteOrders(t *testing.T) {
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		d := DType{'<', 'f', 8}
		if order == binary.AppendByteOrder(binary.BigEndian) {
			d.Order = '>'
		}
		file := Header{DType: d, Shape: []int{100}}.Append(nil)
		for i := range 100 {
			file = order.AppendUint64(file, math.Float64bits(float64(i)))
		}
		path := filepath.Join(t.TempDir(), "x.npy")
		if err := os.WriteFile(path, file, 0o666); err != nil {
			t.Fatal(err)
		}
		got := []float64{-1, -1, -1, -1, -1}
		if err := open(t, path).readFloat64s(got[1:4], 42); err != nil || fmt.Sprint(got) != "[-1 42 43 44 -1]" {
			t.Errorf("%v: %v, %v", order, got, err)
		}
	}
}

// Values of every type are read as they lie in the file, in parts, from a .npy file and from an archive,
// stored and deflated.
func TestReadAnyType(t *testing.T) {
	for _, typ := range elem.Types() {
		for _, order := range "<>" {
			d := DTypeOf(typ)
			if d.Size > 1 {
				d.Order = byte(order)
			}
			h := Header{DType: d, Fortran: true, Shape: []int{10, 10}}
			values := make([]byte, 100*d.Size)
			for i := range values {
				values[i] = byte(i * 7)
			}
			file := append(h.Append(nil), values...)
			zipped := archive(t, member{zip.FileHeader{Name: "A.npy"}, string(file)}, deflatedMember("B.npy", string(file)))
			path := save(t, zipped)
			a, err := OpenArchive(path)
			if err != nil {
				t.Fatal(err)
			}
			for name, open := range map[string]func() (*File, error){
				".npy":     func() (*File, error) { return Open(save(t, file)) },
				"stored":   func() (*File, error) { return a.Open("A") },
				"deflated": func() (*File, error) { return OpenMember(path, "B") },
			} {
				f, err := open()
				if err != nil {
					t.Fatalf("%v, %s: %v", d, name, err)
				}
				if f.DType != d || !f.Fortran {
					t.Errorf("%v, %s: %v", d, name, f.Header)
				}
				part := make([]byte, 30*d.Size)
				if err := f.Read(part, 60); err != nil || !bytes.Equal(part, values[60*d.Size:90*d.Size]) {
					t.Errorf("%v, %s: %v", d, name, err)
				}
				if err := f.Read(part, 71); !errors.Is(err, ErrFormat) {
					t.Errorf("%v, %s: beyond its end: %v", d, name, err)
				}
				f.Close()
			}
			a.Close()
		}
	}
}

// A file that shrinks while it is read is truncated, not a short result.
func TestFileThatShrinks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.npy")
	file := Header{DType: Float64, Shape: []int{100}}.Append(nil)
	if err := os.WriteFile(path, append(file, make([]byte, 800)...), 0o666); err != nil {
		t.Fatal(err)
	}
	f := open(t, path)
	if err := os.Truncate(path, int64(len(file))+80); err != nil {
		t.Fatal(err)
	}
	var e *SizeError
	if err := f.Read(make([]byte, 400), 0); !errors.As(err, &e) || *e != (SizeError{800, 80}) {
		t.Errorf("error %v", err)
	}
}

func TestWhatIsNotAFile(t *testing.T) {
	if _, err := Open(filepath.Join(t.TempDir(), "none.npy")); !errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrFormat) {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := Open(t.TempDir()); !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), "is a folder") {
		t.Errorf("a folder: %v", err)
	}
	if _, err := Open(os.DevNull); !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), "is not a regular file") {
		t.Errorf("a device: %v", err)
	}
}

// A failure to read is not a fault of the file.
func TestReadErrorsPassThrough(t *testing.T) {
	broken := errors.New("broken disk")
	whole := Header{DType: Float64, Shape: []int{1}}.Append(nil)
	for n := range whole {
		r := io.MultiReader(bytes.NewReader(whole[:n]), iotest.ErrReader(broken))
		if _, _, err := ReadHeader(r); !errors.Is(err, broken) || errors.Is(err, ErrFormat) {
			t.Fatalf("after %d bytes: %v", n, err)
		}
	}
}

// gonpy, another reader of the format, finds in our files what we wrote.
func TestGonpyReadsOurFiles(t *testing.T) {
	values := []float64{1.5, -2, 1e300, 0, 5, math.Pi}
	var file bytes.Buffer
	file.Write(Header{DType: Float64, Shape: []int{2, 3}}.Append(nil))
	if err := WriteFloat64s(&file, values); err != nil {
		t.Fatal(err)
	}
	r, err := gonpy.NewReader(&file)
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.GetFloat64()
	if err != nil || !reflect.DeepEqual(got, values) || !reflect.DeepEqual(r.Shape, []int{2, 3}) || r.ColumnMajor {
		t.Errorf("%v, shape %v, %v", got, r.Shape, err)
	}
}

// Whatever the bytes, a header is read or refused, and what is read makes sense.
func FuzzReadHeader(f *testing.F) {
	f.Add([]byte(npy(1, dict("'<f8'", "False", "(3, 4)"), 0)))
	f.Add([]byte(npy(2, dict("'>c16'", "True", "(3L,)"), 0)))
	f.Add([]byte(npy(3, dict("'|O'", "False", "()"), 0)))
	f.Fuzz(func(t *testing.T, file []byte) {
		h, n, err := ReadHeader(bytes.NewReader(file))
		if err != nil {
			if !errors.Is(err, ErrFormat) {
				t.Fatalf("error %v is not an ErrFormat", err)
			}
			return
		}
		if n > int64(len(file)) || len(h.Shape) > maxDims || h.DType.Size < 1 {
			t.Fatalf("%v, %d bytes", h, n)
		}
		again, _, err := ReadHeader(bytes.NewReader(h.Append(nil)))
		if err != nil || !reflect.DeepEqual(again.Shape, h.Shape) || again.DType != h.DType {
			t.Fatalf("%v, written and read again: %v, %v", h, again, err)
		}
	})
}
