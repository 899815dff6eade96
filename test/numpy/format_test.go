package numpy

import (
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"matpool/elem"
	"matpool/npyio"
)

// The bytes before the values are those that np.save would write, for arrays of any type, order
// and shape, up to numpy's 32 dimensions.
func TestHeadersAreNumpys(t *testing.T) {
	var headers []npyio.Header
	both := func(d npyio.DType, shape ...int) {
		headers = append(headers, npyio.Header{DType: d, Shape: shape}, npyio.Header{DType: d, Shape: shape, Fortran: true})
	}
	var types []npyio.DType
	for kind, sizes := range map[byte][]int{'i': {2, 4, 8}, 'u': {2, 4, 8}, 'f': {2, 4, 8, 16}, 'c': {8, 16, 32}} {
		for _, size := range sizes {
			types = append(types, npyio.DType{Order: '<', Kind: kind, Size: size}, npyio.DType{Order: '>', Kind: kind, Size: size})
		}
	}
	for _, kind := range []byte("biu") {
		types = append(types, npyio.DType{Order: '|', Kind: kind, Size: 1})
	}
	slices.SortFunc(types, func(x, y npyio.DType) int { return strings.Compare(x.String(), y.String()) })

	for _, d := range types {
		both(d)
		both(d, 3, 4)
	}
	// One more digit in a size makes the header longer, and the spare blanks fewer.
	f8 := npyio.Float64
	for power := 10; power <= 1e17; power *= 10 {
		for size := power - 1; size <= power+1; size++ {
			both(f8, size)
			both(f8, size, 3)
			both(f8, 3, size)
			both(f8, size, 1)
			both(f8, 0, size)
		}
	}
	// Every possible header length, so that each number of blanks occurs once.
	for dims := range 30 {
		for _, middle := range []int{2, 20, 200} {
			for _, last := range []int{2, 20, 200} {
				both(f8, slices.Concat([]int{2}, slices.Repeat([]int{1}, dims), []int{middle, last})...)
			}
		}
	}
	rng := rand.New(rand.NewPCG(1, 1))
	for range 500 {
		digits := 17.0 // of the number of values
		shape := make([]int, rng.IntN(9))
		for i := range shape {
			d := rng.Float64() * digits
			digits -= d
			shape[i] = int(math.Pow(10, d))
			if rng.IntN(50) == 0 {
				shape[i] = 0
			}
		}
		both(types[rng.IntN(len(types))], shape...)
	}

	var questions []question
	for _, h := range headers {
		questions = append(questions, question{"dtype": h.DType.String(), "shape": append([]int{}, h.Shape...), "fortran": h.Fortran})
	}
	for i, want := range ask[string](t, "header", questions...) {
		if got := headers[i].Append(nil); hex.EncodeToString(got) != want {
			bytes, _ := hex.DecodeString(want)
			t.Errorf("%v:\n%q\nnumpy writes\n%q", headers[i], got, bytes)
		}
	}
}

// An array is an array as numpy describes it; the bits of its values are in memory order.
type array struct {
	DType   string
	Shape   []int
	Fortran bool
	Bits    []uint64
}

func (a array) String() string {
	return fmt.Sprintf("%s %v, Fortran order %v", a.DType, a.Shape, a.Fortran)
}

// Arrays of float64s in all forms that a file can have.
var arrays = []string{
	"hard()",
	"hard(1)",
	"hard(0)",
	"hard(7)",
	"hard(100003)",
	"hard(0, 5)",
	"hard(5, 0)",
	"hard(1, 1)",
	"hard(1, 7)",
	"hard(7, 1)",
	"hard(37, 53)",
	"hard(1000, 10)",
	"hard(2, 3, 5, 7)",
	"fortran(hard(1, 7))",
	"fortran(hard(7, 1))",
	"fortran(hard(0, 5))",
	"fortran(hard(37, 53))",
	"fortran(hard(2, 3, 5, 7))",
	"hard(37, 53).T",
	"hard(37, 53)[::2, 1::3]", // contiguous in neither order
	"hard(37, 53)[::-1]",
	"big_endian(hard(0, 5))",
	"big_endian(hard(37, 53))",
	"big_endian(fortran(hard(37, 53)))",
}

// Every file of float64s that numpy writes is read with the same shape, order and bits, including
// NaN payloads, denormals and negative zeros, whatever the version of the file.
func TestWhatNumpyWritesIsRead(t *testing.T) {
	dir := t.TempDir()
	for _, version := range []npyio.Version{{Major: 1}, {Major: 2}, {Major: 3}} {
		var questions []question
		for i, expression := range arrays {
			questions = append(questions, question{
				"file": filepath.Join(dir, fmt.Sprint(i)), "array": expression, "version": []int{int(version.Major), 0}})
		}
		for i, want := range ask[array](t, "save_version", questions...) {
			f, err := npyio.Open(filepath.Join(dir, fmt.Sprint(i)))
			if err != nil {
				t.Errorf("%s: %v", arrays[i], err)
				continue
			}
			if f.Version != version {
				t.Errorf("%s: version %v, want %v", arrays[i], f.Version, version)
			}
			checkSame(t, arrays[i], readArray(t, f), want)
			f.Close()
		}
	}
}

// readFloat64s returns the values of a file of float64s.
func readFloat64s(t *testing.T, f *npyio.File) []float64 {
	t.Helper()
	count, _ := f.Len()
	values, data := make([]float64, count), make([]byte, 8*count)
	if err := f.Read(data, 0); err != nil {
		t.Fatal(err)
	}
	elem.ToFloat64(values, data, elem.Float64, f.DType.Swapped())
	return values
}

func readArray(t *testing.T, f *npyio.File) array {
	t.Helper()
	values := readFloat64s(t, f)
	a := array{DType: f.DType.String(), Shape: f.Shape, Fortran: f.Fortran}
	for _, v := range values {
		a.Bits = append(a.Bits, math.Float64bits(v))
	}
	return a
}

func checkSame(t *testing.T, what string, got, want array) {
	t.Helper()
	if got.String() != want.String() {
		t.Errorf("%s: %v, numpy says %v", what, got, want)
		return
	}
	if len(got.Bits) != len(want.Bits) {
		t.Errorf("%s: %d values, numpy says %d", what, len(got.Bits), len(want.Bits))
		return
	}
	for i := range got.Bits {
		if got.Bits[i] != want.Bits[i] {
			t.Errorf("%s: value %d is %#016x, numpy says %#016x", what, i, got.Bits[i], want.Bits[i])
			return
		}
	}
}

// np.load reads the files that we write, without allow_pickle and with the same bits. They are,
// byte for byte, what np.save writes for the same array.
func TestWhatIsWrittenNumpyReads(t *testing.T) {
	hard := []float64{math.NaN(), math.Inf(1), math.Inf(-1), 5e-324, -0x1p-1030, math.Copysign(0, -1), 0, math.MaxFloat64, -0.1}
	dir := t.TempDir()
	var written []array
	var questions []question
	for _, shape := range [][]int{{}, {0}, {1}, {7}, {99999}, {100000}, {1, 1}, {0, 5}, {5, 0}, {1, 7}, {7, 1}, {9, 9}, {10, 10},
		{37, 53}, {99, 99}, {100, 100}, {1000, 9}, {9, 1000}, {2, 3, 5, 7}, {1, 1, 3}, {3, 1, 1}} {
		for _, fortran := range []bool{false, true} {
			h := npyio.Header{DType: npyio.Float64, Shape: shape, Fortran: fortran}
			count, _ := h.Len()
			values := make([]float64, count)
			w := array{DType: h.DType.String(), Shape: shape}
			long := 0 // the number of dimensions longer than 1; with two, the orders differ
			for _, size := range shape {
				if size > 1 {
					long++
				}
			}
			w.Fortran = fortran && long > 1 && count > 0
			for i := range values {
				values[i] = hard[i%len(hard)]
				w.Bits = append(w.Bits, math.Float64bits(values[i]))
			}
			name := filepath.Join(dir, fmt.Sprintf("%d.npy", len(written)))
			file, err := os.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := file.Write(h.Append(nil)); err != nil {
				t.Fatal(err)
			}
			if err := npyio.WriteFloat64s(file, values); err != nil {
				t.Fatal(err)
			}
			if err := file.Close(); err != nil {
				t.Fatal(err)
			}
			written = append(written, w)
			questions = append(questions, question{"file": name, "copy": name + ".copy.npy"})
		}
	}
	for i, read := range ask[array](t, "load", questions...) {
		checkSame(t, "written", written[i], read)
		sameFiles(t, questions[i]["file"].(string), questions[i]["copy"].(string))
	}
}
