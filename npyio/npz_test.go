package npyio

import (
	"archive/zip"
	"bytes"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"matpool/elem"
)

// hi and lo are the arrays of the tests' archives.
var (
	hi = Array{Name: "hi", Shape: []int{2, 3}, Values: []float64{1, 2, 3, 4, 5, 6}}
	lo = Array{Name: "lo", Shape: []int{2, 3}, Values: []float64{-1, -2, -3, -4, -5, -6}}
)

func npz(t testing.TB, arrays ...Array) []byte {
	t.Helper()
	var file bytes.Buffer
	if err := WriteNpz(&file, arrays...); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// member is a member of an archive that another program has written.
type member struct {
	zip.FileHeader
	content string
}

func deflatedMember(name, content string) member {
	return member{zip.FileHeader{Name: name, Method: zip.Deflate}, content}
}

// file is an array as a .npy file.
func (a Array) file(t testing.TB) string {
	t.Helper()
	var file bytes.Buffer
	file.Write(Header{DType: Float64, Shape: a.Shape}.Append(nil))
	if err := WriteFloat64s(&file, a.Values); err != nil {
		t.Fatal(err)
	}
	return file.String()
}

// archive makes an archive as a program does that does not know the sizes before: with
// a descriptor behind each member. Where a member's size is given, that is claimed.
func archive(t testing.TB, members ...member) []byte {
	t.Helper()
	var file bytes.Buffer
	w := zip.NewWriter(&file)
	for _, m := range members {
		create := w.CreateHeader
		if m.UncompressedSize64 != 0 {
			create = w.CreateRaw
		}
		f, err := create(&m.FileHeader)
		if err == nil {
			_, err = io.WriteString(f, m.content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func save(t testing.TB, content []byte) (path string) {
	t.Helper()
	return rewrite(t, filepath.Join(t.TempDir(), "x.npz"), content)
}

func rewrite(t testing.TB, path string, content []byte) string {
	t.Helper()
	if err := os.WriteFile(path, content, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// readNpz reads all of an archive of hi and lo, and holds it against its checksums.
func readNpz(path string) (values [2][]float64, err error) {
	arrays, err := OpenNpz(path, "hi", "lo")
	if err != nil {
		return values, err
	}
	defer arrays[0].Close()
	for i, array := range arrays {
		if err := array.Verify(); err != nil {
			return values, err
		}
		count, _ := array.Len()
		values[i] = make([]float64, count)
		if err := array.readFloat64s(values[i], 0); err != nil {
			return values, err
		}
	}
	return values, nil
}

// What is written is read; by any program, since a member's size and checksum stand
// before it, and the date is np.savez's.
func TestNpzRoundTrip(t *testing.T) {
	file := npz(t, hi, lo)
	if again := npz(t, hi, lo); !bytes.Equal(again, file) {
		t.Error("the same arrays make other bytes")
	}
	for _, want := range [][]byte{
		[]byte("PK\x03\x04\x2d\x00\x00\x00\x00\x00\x00\x00\x21\x00"), // version 4.5, no flags, stored, midnight, 1980-01-01
		[]byte("hi.npy\x01\x00\x10\x00"),
		[]byte("lo.npy\x01\x00\x10\x00"),
	} {
		if !bytes.Contains(file, want) {
			t.Errorf("%q is not in the file", want)
		}
	}
	path := save(t, file)
	got, err := readNpz(path)
	if err != nil || !reflect.DeepEqual(got, [2][]float64{hi.Values, lo.Values}) {
		t.Errorf("%v, %v", got, err)
	}
	arrays, err := OpenNpz(path, "lo", "hi") // in the order asked for
	if err != nil {
		t.Fatal(err)
	}
	defer arrays[0].Close()
	part := make([]float64, 2)
	if err := arrays[0].readFloat64s(part, 3); err != nil || !slices.Equal(part, []float64{-4, -5}) || arrays[0].Deflated() {
		t.Errorf("%v, %v, deflated: %v", part, err, arrays[0].Deflated())
	}
	if err := arrays[1].readFloat64s(part, 5); !errors.As(err, new(*SizeError)) || !strings.HasPrefix(err.Error(), path+": hi: ") {
		t.Errorf("beyond the end: %v", err)
	}
}

// variants are one content, written in the ways that there are.
func variants(t testing.TB) map[string][]byte {
	return map[string][]byte{
		"ours": npz(t, hi, lo),
		"stored, sizes behind": archive(t, member{zip.FileHeader{Name: "lo.npy"}, lo.file(t)},
			member{zip.FileHeader{Name: "hi.npy"}, hi.file(t)}),
		"deflated": archive(t, deflatedMember("hi.npy", hi.file(t)), deflatedMember("lo.npy", lo.file(t))),
	}
}

func TestNpzTruncatedAtEveryByte(t *testing.T) {
	path := save(t, nil)
	for how, file := range variants(t) {
		for n := range file {
			if _, err := readNpz(rewrite(t, path, file[:n])); !errors.Is(err, ErrFormat) {
				t.Fatalf("%s: the first %d bytes of %d: error %v", how, n, len(file), err)
			}
		}
	}
}

// Whatever byte is changed, the error is found, or there is none.
func TestNpzWithOneByteChanged(t *testing.T) {
	path := save(t, nil)
	for how, file := range variants(t) {
		want, err := readNpz(rewrite(t, path, file))
		if err != nil || !reflect.DeepEqual(want, [2][]float64{hi.Values, lo.Values}) {
			t.Fatalf("%s: %v, %v", how, want, err)
		}
		refused := 0
		for i := range file {
			for _, change := range []byte{0x01, 0xff} {
				file[i] ^= change
				got, err := readNpz(rewrite(t, path, file))
				file[i] ^= change
				switch {
				case err == nil && reflect.DeepEqual(got, want): // a date, say
				case errors.Is(err, ErrFormat):
					refused++
				default:
					t.Errorf("%s: byte %d ^ %#x: %v, %v", how, i, change, got, err)
				}
			}
		}
		if refused < len(file) { // of two changes to each byte
			t.Errorf("%s: only %d changes of %d were found", how, refused, 2*len(file))
		}
	}
}

// A deflated array is read in parts too, in any order and by several at once.
func TestDeflatedInParts(t *testing.T) {
	long := Array{Name: "hi", Shape: []int{10000}, Values: make([]float64, 10000)}
	for i := range long.Values {
		long.Values[i] = float64(i)
	}
	arrays, err := OpenNpz(save(t, archive(t, deflatedMember("hi.npy", long.file(t)))), "hi")
	if err != nil || !arrays[0].Deflated() {
		t.Fatal(err)
	}
	defer arrays[0].Close()
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			part, first := make([]float64, 100), int64(i*37%50)*200
			if err := arrays[0].readFloat64s(part, first); err != nil || !slices.Equal(part, long.Values[first:first+100]) {
				t.Errorf("from %d on: %v", first, err)
			}
		})
	}
	wg.Wait()
	one := Array{Name: "one", DType: DTypeOf(elem.Uint8), Shape: []int{5}, Data: []byte("abcde")}
	bytes, err := OpenMember(save(t, archive(t, deflatedMember("one.npy", string(one.header().Append(nil))+"abcde"))), "one")
	if err != nil {
		t.Fatal(err)
	}
	defer bytes.Close()
	for _, i := range []int{4, 4, 3, 1, 1, 2, 0} { // forwards, backwards, and again
		var got [1]byte
		if err := bytes.Read(got[:], int64(i)); err != nil || got[0] != "abcde"[i] {
			t.Errorf("%q, %v", got, err)
		}
	}
	for range 2 {
		if err := arrays[0].readFloat64s(make([]float64, 2), 9999); !errors.Is(err, ErrFormat) {
			t.Errorf("beyond the end: %v", err)
		}
	}
}

func manyArrays() (arrays []Array) {
	for i := range 100 {
		arrays = append(arrays, Array{Name: strconv.Itoa(i), Values: []float64{1}})
	}
	return arrays
}

func TestNpzsThatAreRefused(t *testing.T) {
	text := hi.file(t)
	ok := member{zip.FileHeader{Name: "lo.npy"}, lo.file(t)}
	with := func(h zip.FileHeader, content string) []byte {
		h.Name = "hi.npy"
		if h.CompressedSize64 == 0 {
			h.CompressedSize64 = h.UncompressedSize64
		}
		return archive(t, ok, member{h, content})
	}
	var damage *ArchiveError
	var header *HeaderError
	var size *SizeError
	var pickle *PickleError
	const terabytes = 8e12
	for _, test := range []struct {
		file []byte
		kind any
		says string
	}{
		{archive(t), &damage, `holds the arrays , where "hi", "lo" are wanted`},
		{archive(t, ok), &damage, `holds the arrays "lo", where`},
		{archive(t, ok, ok), &damage, `holds two members with the name "lo.npy"`},
		{npz(t, hi, lo, Array{Name: "mean\n", Shape: nil, Values: []float64{1}}), &damage, `holds the arrays "hi", "lo", "mean\n", where`},
		{npz(t, manyArrays()...), &damage, `holds the arrays "0", "1", "10", "11", "12", "13", "14", "15", "16", "17" and 90 more, where`},
		{[]byte("PK\x03\x04"), &damage, "truncated or damaged"},
		{[]byte{}, &damage, "truncated: it is empty"},
		{[]byte(text), &damage, "is a .npy file, not a .npz file"},
		{with(zip.FileHeader{Flags: 1, UncompressedSize64: uint64(len(text))}, text), &damage, "hi: is encrypted"},
		{with(zip.FileHeader{Method: 12, UncompressedSize64: uint64(len(text))}, text), &damage, "hi: is compressed by method 12"},
		{with(zip.FileHeader{UncompressedSize64: terabytes}, text), &damage, "hi: damaged: 8000000000000 bytes are promised"},
		{with(zip.FileHeader{UncompressedSize64: 1<<64 - 1}, text), &damage, "hi: damaged: 18446744073709551615 bytes are promised"},
		{with(zip.FileHeader{CompressedSize64: 10, UncompressedSize64: 11}, text), &damage, "hi: damaged: it is not compressed, but"},
		{with(zip.FileHeader{Method: zip.Deflate, CompressedSize64: 10, UncompressedSize64: terabytes}, text),
			&damage, "hi: damaged: 8000000000000 bytes are promised, more than 10 bytes can be decompressed to"},
		{with(zip.FileHeader{Method: zip.Deflate, CompressedSize64: 10, UncompressedSize64: 100}, strings.Repeat("\xff", 10)), &damage, "hi: damaged: flate: corrupt"},
		{with(zip.FileHeader{}, ""), &header, "hi: truncated: it is empty"},
		{with(zip.FileHeader{}, text[:50]), &header, "hi: truncated: the file ends inside its header"},
		{with(zip.FileHeader{}, text[:len(text)-1]), &size, "hi: truncated: header promises 48 bytes of data, file holds 47"},
		{with(zip.FileHeader{}, text+"x"), &size, "hi: too long"},
		{with(zip.FileHeader{Method: zip.Deflate}, text[:len(text)-1]), &size, "hi: truncated"},
		{with(zip.FileHeader{}, npy(1, dict("'<f8'", "False", "(1000000, 1000000)"), 8)), &size, "hi: truncated: header promises 8000000000000 bytes"},
		{with(zip.FileHeader{}, npy(1, dict("'|O'", "False", "(3,)"), 96)), &pickle, "hi: holds Python objects"},
		{with(zip.FileHeader{UncompressedSize64: uint64(len(text)), CRC32: 1}, text), &damage, "hi: damaged: zip: checksum error"},
	} {
		path := save(t, test.file)
		_, err := readNpz(path)
		if !errors.Is(err, ErrFormat) || !errors.As(err, test.kind) || !strings.HasPrefix(err.Error(), path+": "+test.says) {
			t.Errorf("%.60q:\n%v\nwant %T with %q", test.file, err, test.kind, test.says)
		}
	}
}

// The content of a deflated array is not what its length promised.
func TestDeflatedValuesThatAreDamaged(t *testing.T) {
	text := hi.file(t)
	m := deflatedMember("hi.npy", text)
	file := archive(t, m)
	crc := crc32.ChecksumIEEE([]byte(text))
	descriptor := bytes.Index(file, []byte{'P', 'K', 7, 8, byte(crc)})
	file[descriptor-1] ^= 0xff // the last byte of the compressed values
	arrays, err := OpenNpz(save(t, file), "hi")
	if err != nil {
		t.Fatal(err)
	}
	defer arrays[0].Close()
	if err := arrays[0].Verify(); !errors.Is(err, ErrFormat) {
		t.Errorf("error %v", err)
	}
}

func TestIsNpz(t *testing.T) {
	for content, want := range map[string]bool{
		string(npz(t, hi)): true,
		string(npz(t)):     true,
		hi.file(t):         false,
		"":                 false,
		"PK":               false,
		"PKZIP":            false,
	} {
		if got := IsNpz(save(t, []byte(content))); got != want {
			t.Errorf("%.9q: %v", content, got)
		}
	}
	for _, path := range []string{"no such file", t.TempDir(), os.DevNull} {
		if IsNpz(path) {
			t.Errorf("%s is none", path)
		}
		if _, err := OpenNpz(path, "hi"); err == nil || !strings.HasPrefix(err.Error(), path+": ") {
			t.Errorf("error %v", err)
		}
	}
	if _, err := OpenNpz(filepath.Join(t.TempDir(), "none"), "hi"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
}

// A file whose values are written at their places, last ones first, is the one that is written from its beginning.
func TestLayoutInAnyOrder(t *testing.T) {
	arrays := []Array{hi, {Name: "ä", DType: DTypeOf(elem.Int8), Shape: []int{3}, Data: []byte{1, 2, 3}}, lo, {Name: "none", Shape: []int{0, 2}}}
	want := npz(t, arrays...)
	var members []NpzMember
	for _, a := range arrays {
		members = append(members, NpzMember{a.Name, a.header()})
	}
	layout := NewNpzLayout(members...)
	if layout.Size() != int64(len(want)) {
		t.Errorf("size %d, want %d", layout.Size(), len(want))
	}
	file, err := os.Create(filepath.Join(t.TempDir(), "x.npz"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	sums := make([]Checksum, len(arrays))
	for i := len(arrays) - 1; i >= 0; i-- {
		sums[i] = ChecksumOf(arrays[i].bytes())
		if _, err := file.WriteAt(arrays[i].bytes(), layout.Values(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := layout.Finish(func(offset int64) io.Writer { return io.NewOffsetWriter(file, offset) }, sums...); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(file.Name())
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("another file, %v", err)
	}
}

// The checksum of a whole is made of those of its parts.
func TestChecksumsOfParts(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	whole := make([]byte, 1000)
	for i := range whole {
		whole[i] = byte(r.Uint32())
	}
	want := ChecksumOf(whole)
	for range 100 {
		var got Checksum
		for rest := whole; len(rest) > 0; {
			n := r.IntN(min(len(rest), 1+r.IntN(400)) + 1)
			got = got.Then(ChecksumOf(rest[:n]))
			rest = rest[n:]
		}
		if got != want {
			t.Fatalf("%v, want %v", got, want)
		}
	}
}
