package npyio

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"matpool/elem"
)

func openArchive(t testing.TB, content []byte) *Archive {
	t.Helper()
	a, err := OpenArchive(save(t, content))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

// Arrays are found by name, with or without .npy, as by numpy: among other files, members without
// the ending, and where one member has the name of another's array.
func TestNamesInAnArchive(t *testing.T) {
	one, two := Array{Values: []float64{1}}.file(t), Array{Values: []float64{2}}.file(t)
	stored := func(name, content string) member { return member{zip.FileHeader{Name: name}, content} }
	a := openArchive(t, archive(t,
		stored("README.txt", "two files\n"),
		stored("folder/", ""),
		stored("A.npy", one),
		deflatedMember("B", two),
		stored("folder/C.npy", one),
		deflatedMember("notes", "short"),
		stored("empty", ""),
		stored("C.npy", one),
		stored("C", two),
		stored("ä.npy", two),
		stored("bad.npy", "bad")))
	if got, want := a.Names(), []string{"A", "B", "folder/C", "C", "C", "ä", "bad"}; !slices.Equal(got, want) {
		t.Errorf("names %q, want %q", got, want)
	}
	for name, want := range map[string]float64{"A": 1, "A.npy": 1, "B": 2, "folder/C": 1, "C": 2, "C.npy": 1, "ä": 2} {
		f, err := a.Open(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := make([]float64, 1)
		if err := f.readFloat64s(got, 0); err != nil || got[0] != want || f.Verify() != nil {
			t.Errorf("%s: %v, %v", name, got, err)
		}
		if err := f.Close(); err != nil { // of the array, not the archive
			t.Error(err)
		}
	}
	for name, says := range map[string]string{
		"D":          `holds no array "D"`,
		"B.npy":      `holds no array "B.npy"`,
		"":           `holds no array ""`,
		"README.txt": `README.txt: not a .npy file but text: it begins with "two files"`,
		"empty":      "empty: truncated: it is empty",
		"bad":        "bad: not a .npy file but text",
		"folder/":    "folder/: truncated: it is empty",
	} {
		_, err := a.Open(name)
		if !errors.Is(err, ErrFormat) || !strings.HasPrefix(err.Error(), a.path+": "+says) {
			t.Errorf("%q: %v, want %s", name, err, says)
		}
		if hint := Hint(err); strings.HasPrefix(says, "holds no") && hint != `it holds "A", "B", "folder/C", "C", "C", "ä", "bad"` {
			t.Errorf("hint %s", hint)
		}
	}
}

// Frameworks name arrays by paths and colons; all that np.savez writes, np.load finds.
func TestNamesThatFrameworksGive(t *testing.T) {
	names := []string{"params/Dense_0/kernel", "layer.0.weight", "linear/W:0", "W:0", "/conv5_3/W", `a\b`, `C:\A`, "with space", "a,b", "Ä", "x.npy",
		"$(index)", "A:", ".hidden", "-m", "../A", "a/../../A", "//server/A"}
	var arrays []Array
	for i, name := range names {
		arrays = append(arrays, Array{Name: name, Values: []float64{float64(i)}})
	}
	a := openArchive(t, npz(t, arrays...))
	if got := a.Names(); !slices.Equal(got, names) {
		t.Errorf("names %q", got)
	}
	for i, name := range names {
		got := []float64{-1}
		f, err := a.Open(name)
		if err == nil {
			err = f.Read(asBytes(got), 0)
		}
		if err != nil || got[0] != float64(i) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

// An array that is opened by itself closes its archive; an archive that is closed is no more read.
func TestClosing(t *testing.T) {
	path := save(t, npz(t, hi))
	f, err := OpenMember(path, "hi")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if err := f.readFloat64s(make([]float64, 1), 0); !errors.Is(err, os.ErrClosed) {
		t.Errorf("after closing: %v", err)
	}
	if _, err := OpenMember(path, "lo"); err == nil || !strings.HasPrefix(err.Error(), path+`: holds no array "lo"`) {
		t.Error(err)
	}
	if _, err := OpenMember(filepath.Join(t.TempDir(), "none.npz"), "lo"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

// patch changes every occurrence of a text in an archive, of the same length.
func patch(t testing.TB, file []byte, old, new string) []byte {
	t.Helper()
	if !bytes.Contains(file, []byte(old)) || len(old) != len(new) {
		t.Fatalf("%q cannot be changed to %q", old, new)
	}
	return bytes.ReplaceAll(file, []byte(old), []byte(new))
}

// with64 puts zip64's records before the end of an archive, which says where its directory is: with a number of members
// too, and with junk between them.
func with64(file []byte, end int, members uint64, junk ...byte) []byte {
	b := append(slices.Clone(file[:end]), end64Signature...)
	b = le.AppendUint64(b, end64Length-12)
	b = append(b, make([]byte, 12)...)
	for range 2 {
		b = le.AppendUint64(b, members)
	}
	b = le.AppendUint64(b, uint64(le.Uint32(file[end+12:])))
	b = le.AppendUint64(b, uint64(le.Uint32(file[end+16:])))
	b = append(b, junk...)
	b = append(b, locator64Signature...)
	b = le.AppendUint32(b, 0)
	b = le.AppendUint64(b, uint64(end))
	b = le.AppendUint32(b, 1)
	return append(b, file[end:]...)
}

// An archive may have zip64's records where it needs none, and a comment as long as one can be, in which the end of another
// archive stands.
func TestSoundEnds(t *testing.T) {
	file := npz(t, hi, lo)
	end := len(file) - endLength
	for _, length := range []int{0, 1000, 1<<16 - 1} {
		comment := bytes.Repeat([]byte("c"), length)
		copy(comment, file[end:])
		for _, file := range [][]byte{file, with64(file, end, 2)} {
			file = append(slices.Clone(file), comment...)
			le.PutUint16(file[len(file)-length-2:], uint16(length))
			if got := openArchive(t, file).Names(); !slices.Equal(got, []string{"hi", "lo"}) {
				t.Errorf("a comment of %d bytes: %q", length, got)
			}
		}
	}
}

// An archive that is made to do harm, or to mean different things to different programs, is
// refused at once, in little memory.
func TestHostileArchives(t *testing.T) {
	stored := func(name, content string) member {
		size, sum := uint64(len(content)), crc32.ChecksumIEEE([]byte(content))
		return member{zip.FileHeader{Name: name, CompressedSize64: size, UncompressedSize64: size, CRC32: sum}, content}
	}
	raw := func(h zip.FileHeader, content string) []byte {
		h.Name = "A.npy"
		return archive(t, member{h, content})
	}
	text := hi.file(t)
	good := archive(t, stored("A.npy", text), stored("B.npy", text))
	directoryAt := bytes.Index(good, []byte(entrySignature))
	second := bytes.LastIndex(good[:directoryAt], []byte(localSignature))
	at := func(file []byte, i int, bytes string) []byte {
		file = slices.Clone(file)
		copy(file[i:], bytes)
		return file
	}
	end := len(good) - endLength
	huge := npy(1, dict("'<f8'", "False", "(1000000000, 1000000000)"), 8)
	zeros := strings.Repeat("\x00", 1<<20)
	var bomb bytes.Buffer // 256 MiB of zeros in 256 KiB
	w := zip.NewWriter(&bomb)
	f, err := w.Create("A.npy")
	if err == nil {
		_, err = f.Write(Header{DType: Float64, Shape: []int{1 << 25}}.Append(nil))
	}
	for i := 0; i < 256 && err == nil; i++ {
		_, err = f.Write([]byte(zeros))
	}
	if err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	wide, ones := with64(good, end, 2), strings.Repeat("\xff", 8)
	var random [200]byte
	rand.NewChaCha8([32]byte{1}).Read(random[:])
	cipher := string(random[:])
	entryAt := func(i int) int { return directoryAt + i*(entryLength+len("A.npy")) }
	for _, test := range []struct {
		what, says string
		file       []byte
	}{
		{"a name twice", `holds two members with the name "A.npy"`, archive(t, stored("A.npy", text), stored("A.npy", text))},
		{"junk in front", "damaged: something stands before the archive or behind its directory", append([]byte(localSignature+"junk"), good...)},
		{"junk behind", "truncated or damaged: its directory", append(slices.Clone(good), "junk"...)},
		{"two members in one place", `damaged: the place of its member "A.npy" is not free`, at(good, entryAt(1)+42, "\x00\x00\x00\x00")},
		{"a member inside another", "A: damaged: 176 bytes are promised, where there are at most", at(good, entryAt(1)+42, "\x64\x00")},
		{"a member in the directory", `damaged: the place of its member "B.npy" is not free`, at(good, entryAt(1)+42, "\xff\xff\x00\x00")},
		{"another name in the member", "B: damaged: it begins with another name", at(good, second+localLength, "C")},
		{"a longer name in the member", "B: damaged: it begins with another name", at(good, second+26, "\x06")},
		{"another method in the member", "B: damaged: it is packed in another way", at(good, second+8, "\x08")},
		{"encrypted in the member alone", "B: damaged: it is packed in another way", at(good, second+6, "\x01")},
		{"another size in the member", "B: damaged: it has another size or checksum", at(good, second+22, "\x01")},
		{"another checksum in the member", "B: damaged: it has another size or checksum", at(good, second+14, "\x01\x02")},
		{"no member there", "B: damaged: it does not begin where", at(good, second, "XX")},
		{"a long extra field", "B: damaged: 176 bytes are promised, where there are 0", at(good, second+28, "\xff\xff")},
		{"too many members promised", "damaged: its directory promises 3 members and has 2", at(good, end+8, "\x03\x00\x03\x00")},
		{"one member promised", "damaged: its directory promises 1 members and has 2", at(good, end+8, "\x01\x00\x01\x00")},
		{"a directory of another length", "damaged: something stands before the archive or behind its directory", at(good, end+12, "\x10")},
		{"a damaged directory", "damaged: its directory cannot be understood", at(good, entryAt(1), "XX")},
		{"a member on another disk", "damaged: its directory cannot be understood", at(good, entryAt(1)+34, "\x01")},
		{"a part of an archive", "is one of several parts", at(good, end+4, "\x01")},
		{"two directories", "damaged: what ends it describes two directories", with64(good, end, 1)},
		{"junk behind zip64", "truncated or damaged: its directory", with64(good, end, 2, 'x')},
		{"zip64 that is not there", "damaged: something stands before the archive or behind its directory", at(good, end+12, "\xff\xff\xff\xff\xff\xff\xff\xff")},
		{"encrypted", "A: is encrypted", raw(zip.FileHeader{Flags: 1, CompressedSize64: 10, UncompressedSize64: 10}, text[:10])},
		{"strongly encrypted", "A: is encrypted", raw(zip.FileHeader{Flags: 1 << 6, CompressedSize64: 10, UncompressedSize64: 10}, text[:10])},
		{"bzip2", "A: is compressed by method 12", raw(zip.FileHeader{Method: 12, CompressedSize64: 10, UncompressedSize64: 10}, text[:10])},
		{"of a future method", "A: is compressed by method 4711", raw(zip.FileHeader{Method: 4711, CompressedSize64: 10, UncompressedSize64: 10}, text[:10])},
		{"more than can be deflated", "A: damaged: 1000000000000 bytes are promised, more than", raw(zip.FileHeader{Method: 8, CompressedSize64: 10, UncompressedSize64: 1e12}, text[:10])},
		{"longer than the file", "A: damaged: 1000000000000 bytes are promised, where", raw(zip.FileHeader{CompressedSize64: 1e12, UncompressedSize64: 1e12}, text[:10])},
		{"an absurd shape", "A: truncated: header promises more data than can be addressed", archive(t, stored("A.npy", huge))},
		{"an absurd shape, deflated", "A: truncated: header promises more data than can be addressed", archive(t, deflatedMember("A.npy", huge))},
		{"less than promised", "A: truncated: header promises 48 bytes of data, file holds 40", archive(t, stored("A.npy", text[:len(text)-8]))},
		{"a bomb with another shape", "A: truncated: header promises 268435456 bytes of data, file holds 268435328",
			patch(t, bomb.Bytes(), "\x80\x00\x00\x10", "\x00\x00\x00\x10")},
		{"a zero byte in its name", "A B: has a name with a zero byte", archive(t, stored("A\x00B.npy", text))},
		{"zip64's record elsewhere", "truncated or damaged: its directory", at(wide, end+end64Length+8, "\x01")},
		{"zip64's record behind the end", "truncated or damaged: its directory", at(wide, end+end64Length+8, ones)},
		{"zip64's record of another length", "truncated or damaged: its directory", at(wide, end+4, "\x01")},
		{"zip64's directory elsewhere", "damaged: something stands before the archive or behind its directory",
			at(at(wide, end+48, "\x01"), len(wide)-6, ones[:4])},
		{"zip64's directory beyond the file", "damaged: something stands before the archive or behind its directory",
			at(at(wide, end+48, ones), len(wide)-6, ones[:4])},
		{"a size of 64 bits that is not there", "damaged: its directory cannot be understood", at(good, entryAt(0)+24, ones[:4])},
		{"a size of 64 bits that is cut short", "damaged: its directory cannot be understood",
			patch(t, raw(zip.FileHeader{CompressedSize64: 1e12, UncompressedSize64: 1e12}, text[:10]), "\x01\x00\x18\x00", "\x01\x00\x04\x00")},
		{"a size of 64 bits that is negative", "A: damaged", raw(zip.FileHeader{CompressedSize64: 1<<63 + 10, UncompressedSize64: 1<<63 + 10}, text[:10])},
		// An encrypted member begins with twelve bytes that no size counts but its own.
		{"encrypted, as no flag says", "A: damaged: it is not compressed, but its size is 200 and 188", raw(zip.FileHeader{CompressedSize64: uint64(len(cipher)), UncompressedSize64: uint64(len(cipher) - 12)}, cipher)},
		{"encrypted, as no flag and no size says", "A: not a .npy file", raw(zip.FileHeader{CompressedSize64: uint64(len(cipher)), UncompressedSize64: uint64(len(cipher))}, cipher)},
		{"encrypted and deflated, as no flag says", "A: not a .npy file", raw(zip.FileHeader{Method: 8, CompressedSize64: uint64(len(cipher)), UncompressedSize64: 1000}, cipher)},
	} {
		path := save(t, test.file)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began := time.Now()
		a, err := OpenArchive(path)
		if err == nil {
			for _, name := range a.Names() {
				var f *File
				if f, err = a.Open(name); err != nil {
					break
				}
				f.Close()
			}
			a.Close()
		}
		took := time.Since(began)
		runtime.ReadMemStats(&after)
		if !errors.Is(err, ErrFormat) || !strings.HasPrefix(err.Error(), path+": "+test.says) {
			t.Errorf("%s: %v, want %s", test.what, err, test.says)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 || took > time.Minute {
			t.Errorf("%s: refused after %v with %d bytes", test.what, took, used)
		}
	}
	if a := openArchive(t, good); !slices.Equal(a.Names(), []string{"A", "B"}) {
		t.Errorf("the archive that all are made from holds %q", a.Names())
	}
	t.Run("bomb", func(t *testing.T) { streams(t, bomb.Bytes()) })
}

// streams reads 256 MiB from an archive, in constant memory.
func streams(t *testing.T, bomb []byte) {
	f, err := openArchive(t, bomb).Open("A")
	if err != nil {
		t.Fatal(err)
	}
	part := make([]byte, 1<<20)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for first := int64(0); first < 1<<25; first += 1 << 17 {
		if err := f.Read(part, first); err != nil {
			t.Fatal(err)
		}
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
		t.Errorf("%d bytes are used", used)
	}
}

// Directories without end are not read, and one that is as long as allowed takes little
// more memory than itself.
func TestLongDirectories(t *testing.T) {
	long := func(members int) []byte {
		var file bytes.Buffer
		w := zip.NewWriter(&file)
		for i := range members {
			if _, err := w.CreateRaw(&zip.FileHeader{Name: fmt.Sprintf("%06d", i)}); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return file.Bytes()
	}
	_, err := OpenArchive(save(t, long(1_000_000)))
	if !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), "longer than the limit") {
		t.Errorf("error %v", err)
	}
	file := long(300_000)
	var before, after runtime.MemStats
	path := save(t, file)
	runtime.ReadMemStats(&before)
	a, err := OpenArchive(path)
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if used := after.TotalAlloc - before.TotalAlloc; len(a.entries) != 300_000 || used > 160<<20 {
		t.Errorf("%d members in %d bytes of memory", len(a.entries), used)
	}
}

// Whatever an archive's arrays are, they are written as they are, and read as they were.
func TestNpzOfAnyType(t *testing.T) {
	var arrays []Array
	for _, typ := range elem.Types() {
		data := make([]byte, 6*typ.Size())
		for i := range data {
			data[i] = byte(i % 2)
		}
		arrays = append(arrays, Array{Name: typ.String(), DType: DTypeOf(typ), Fortran: true, Shape: []int{2, 3}, Data: data})
	}
	a := openArchive(t, npz(t, arrays...))
	for i, name := range a.Names() {
		want := arrays[i]
		f, err := a.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]byte, len(want.Data))
		if err := f.Read(got, 0); err != nil || !bytes.Equal(got, want.Data) || f.DType != want.DType || !f.Fortran || f.Verify() != nil || name != want.Name {
			t.Errorf("%v: %v, %v", want, f.Header, err)
		}
	}
	for _, wrong := range []Array{
		{Name: "A", Shape: []int{2, 3}, Values: make([]float64, 5)},
		{Name: "A", Shape: []int{2, 3}, DType: DTypeOf(elem.Int8), Data: make([]byte, 7)},
	} {
		if err := WriteNpz(&bytes.Buffer{}, wrong); !errors.As(err, new(*SizeError)) {
			t.Errorf("%v is written: %v", wrong, err)
		}
	}
}

// archiveOf returns an archive that is in no file: fuzzing makes ten thousands in a second.
func archiveOf(content []byte) (*Archive, error) {
	a := &Archive{path: "x.npz", bytes: io.NewSectionReader(bytes.NewReader(content), 0, int64(len(content)))}
	return a, a.readDirectory()
}

// Whatever the bytes, an archive's arrays are read or refused, in memory for the file and little more. What is read is
// written and read again.
func FuzzArchive(f *testing.F) {
	one := Array{Name: "A", DType: DTypeOf(elem.Uint8), Shape: []int{2}, Data: []byte{1, 2}}
	header := string(one.header().Append(nil)[:10]) // of which no more is needed
	f.Add(npz(f, one))
	f.Add(archive(f, deflatedMember("A", header)))
	f.Add(archive(f, member{zip.FileHeader{Name: "A.npy"}, header}, member{zip.FileHeader{Name: "B"}, "\x02\x01"}))
	f.Fuzz(func(t *testing.T, file []byte) {
		check := func(err error) {
			if err != nil && !errors.Is(err, ErrFormat) {
				t.Fatalf("error %v is not an ErrFormat", err)
			}
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		defer func() {
			runtime.ReadMemStats(&after)
			if used := after.TotalAlloc - before.TotalAlloc; used > uint64(20*len(file)+1<<20) {
				t.Errorf("%d bytes of memory for %d of a file", used, len(file))
			}
		}()
		a, err := archiveOf(file)
		if check(err); err != nil {
			return
		}
		for _, name := range a.Names() {
			f, err := a.Open(name)
			if check(err); err != nil {
				continue
			}
			count, _ := f.Len()
			part := make([]byte, min(count, 1000)*int64(f.DType.Size))
			err = f.Read(part, max(0, count-1000))
			check(err)
			check(f.Verify())
			if typ, known := f.DType.Elem(); err != nil || !known || count > 1000 || f.DType != DTypeOf(typ) {
				continue
			}
			again, err := archiveOf(npz(t, Array{Name: "A", DType: f.DType, Fortran: f.Fortran, Shape: f.Shape, Data: part}))
			if err != nil {
				t.Fatal(err)
			}
			g, err := again.Open("A")
			if err != nil {
				t.Fatal(err)
			}
			back := make([]byte, len(part))
			if err := g.Read(back, 0); err != nil || g.Verify() != nil || !bytes.Equal(back, part) || !slices.Equal(g.Shape, f.Shape) {
				t.Errorf("%v, written and read again: %v, %v", f.Header, g.Header, err)
			}
		}
	})
}
