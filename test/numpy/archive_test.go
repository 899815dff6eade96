package numpy

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"matpool/elem"
	"matpool/npyio"
)

// checkArchive reads all arrays of an archive and holds them against what they are.
func checkArchive(t *testing.T, how, path string, want map[string]raw) {
	t.Helper()
	a, err := npyio.OpenArchive(path)
	if err != nil {
		t.Errorf("%s: %v", how, err)
		return
	}
	defer a.Close()
	if len(a.Names()) != len(want) {
		t.Errorf("%s: arrays %q, of %d", how, a.Names(), len(want))
	}
	for _, name := range a.Names() {
		f, err := a.Open(name)
		if err != nil {
			t.Errorf("%s: %v", how, err)
			continue
		}
		if got := readRaw(t, f); !got.same(want[name]) {
			t.Errorf("%s: %s is\n%v\nnot\n%v", how, name, got, want[name])
		}
	}
}

// An unpacked archive is a folder of .npy files, one of each type, and the file README.
type unpacked struct {
	dir  string
	want map[string]raw // the arrays, by their names
}

func unpack(t *testing.T) unpacked {
	t.Helper()
	u := unpacked{t.TempDir(), map[string]raw{}}
	var questions []question
	for _, typ := range elem.Types() {
		array := rawArrays(typ)[8] // of two dimensions
		if typ.IsComplex() || typ.IsFloat() {
			array = rawArrays(typ)[27] // big-endian, Fortran
		}
		questions = append(questions, question{"array": array, "version": []int{1, 0}, "file": u.path(typ.String() + ".npy")})
	}
	for i, r := range ask[raw](t, "save_raw", questions...) {
		u.want[elem.Types()[i].String()] = r
	}
	if err := os.WriteFile(u.path("README"), []byte("these are arrays\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	return u
}

func (u unpacked) path(name string) string { return filepath.Join(u.dir, name) }

// files returns the files by the names that they are to have in an archive: their own, or these without an ending.
func (u unpacked) files(ending string) map[string]string {
	files := map[string]string{"README": u.path("README")}
	for name := range u.want {
		files[name+ending] = u.path(name + ".npy")
	}
	return files
}

// Archives of arrays of all types are read, stored and deflated, with sizes of 64 bits, with sizes behind the members, and
// with other files, whoever has packed them: numpy, Python's zipfile, Go's package, zip(1).
func TestArchivesOfPython(t *testing.T) {
	u := unpack(t)
	path := u.path("x.npz")
	for _, compress := range []bool{false, true} {
		for _, pipe := range []bool{false, true} {
			for _, zip64 := range []bool{false, true} {
				for _, ending := range []string{".npy", ""} {
					ask[any](t, "zip_files", question{"file": path, "files": u.files(ending), "compress": compress, "pipe": pipe, "zip64": zip64})
					checkArchive(t, fmt.Sprintf("zipfile, compress %v, pipe %v, zip64 %v, %q", compress, pipe, zip64, ending), path, u.want)
				}
			}
		}
	}
	arrays := map[string]string{}
	for name := range u.want {
		arrays[name] = fmt.Sprintf("np.load(%q)", u.path(name+".npy"))
	}
	for _, compress := range []bool{false, true} {
		ask[any](t, "save_archive", question{"file": path, "arrays": arrays, "compress": compress})
		checkArchive(t, fmt.Sprintf("savez, compress %v", compress), path, u.want)
	}
}

func TestArchivesOfGo(t *testing.T) {
	u := unpack(t)
	for _, method := range []uint16{zip.Store, zip.Deflate} {
		file, err := os.Create(u.path("x.npz"))
		if err != nil {
			t.Fatal(err)
		}
		w := zip.NewWriter(file)
		for name, source := range u.files(".npy") {
			member, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: method})
			if err == nil {
				_, err = member.Write(readFile(t, source))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		file.Close()
		checkArchive(t, fmt.Sprintf("method %d", method), u.path("x.npz"), u.want)
	}
}

func TestArchivesOfZip(t *testing.T) {
	u := unpack(t)
	path := u.path("x.npz")
	for _, options := range []string{"-0", "-9", "-0 -fd", "-9 -fd", "-0 -fz", "-9 -fz"} {
		os.Remove(path)
		run(t, u.dir, "/bin/sh", "-c", "zip -q "+options+" x.npz *.npy README")
		checkArchive(t, options, path, u.want)
		if strings.Contains(options, "-fz") {
			continue // into a pipe that gives an archive which Python cannot read either
		}
		run(t, u.dir, "/bin/sh", "-c", "zip -q "+options+" - *.npy README | cat >x.npz")
		checkArchive(t, options+" into a pipe", path, u.want)
	}
	// What is compressed in another way is refused, and the hint has numpy pack it again.
	run(t, u.dir, "/bin/sh", "-c", "rm x.npz; zip -q -Z bzip2 x.npz *.npy")
	a, err := npyio.OpenArchive(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = a.Open("int8")
	a.Close()
	follow(t, u.dir, npyio.Hint(err), "x.npz")
	checkArchive(t, "after bzip2", path, u.want)
}

// An archive of 3 MB that claims 3 GB takes no more memory than what it holds.
func TestArchivesThatLie(t *testing.T) {
	dir := t.TempDir()
	ask[any](t, "liar", question{"file": filepath.Join(dir, "liar.npz")})
	ask[any](t, "save_any", question{"file": filepath.Join(dir, "B.npy"), "array": "np.ones((1024, 4))"})
	type end struct {
		Status int
		Stderr string
		KB     int
	}
	for _, command := range [][]string{
		{path(t, matprod), "liar.npz:A", "B.npy", "c.npy"},
		{path(t, matcombine), "-quiet", "-o", "c.npy", "liar.npz:A"},
	} {
		got := ask[end](t, "peak", question{"command": command, "folder": dir})[0]
		if got.Status != badData || !strings.Contains(got.Stderr, ": liar.npz: A: damaged: ") || got.KB > 100_000 {
			t.Errorf("%v: %+v", command, got)
		}
	}
}

// Numpy finds in our archives what we wrote, of all types.
func TestOurArchivesAreNumpys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.npz")
	var arrays []npyio.Array
	want := map[string]raw{}
	for _, typ := range elem.Types() {
		for _, fortran := range []bool{false, true} {
			data := make([]byte, 15*typ.Size())
			for i := range data {
				data[i] = byte(i % 2)
			}
			name := fmt.Sprintf("%v %v ä", typ, fortran)
			arrays = append(arrays, npyio.Array{Name: name, DType: npyio.DTypeOf(typ), Fortran: fortran, Shape: []int{3, 5}, Data: data})
			want[name] = raw{npyio.DTypeOf(typ).String(), []int{3, 5}, fortran, fmt.Sprintf("%x", data)}
		}
	}
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := npyio.WriteNpz(file, arrays...); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	got := ask[map[string]raw](t, "load_all", question{"file": path})[0]
	if len(got) != len(want) {
		t.Errorf("numpy finds %d arrays, of %d", len(got), len(want))
	}
	for name := range want {
		if !got[name].same(want[name]) {
			t.Errorf("%s: numpy reads\n%v\nof\n%v", name, got[name], want[name])
		}
	}
	checkArchive(t, "ours", path, want)
}

// An archive whose directory lies beyond 2³¹ is read, as numpy writes it; and numpy reads ours, there and beyond 2³². The
// zeros before the last value take no room. (With package npyio's own tests: all limits of the format.)
func TestArchivesBeyondTheLimits(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.npz")
	ask[any](t, "sparse_archive", question{"file": path, "size": 1 << 31})
	end := []byte{0}
	f, err := npyio.OpenMember(path, "end")
	if err == nil {
		err = f.Read(end, 0)
		f.Close()
	}
	if err != nil || end[0] != 42 {
		t.Errorf("numpy's archive ends in %d, %v", end[0], err)
	}
	for _, size := range []int{1<<31 - 1000, 1 << 31, 1<<32 - 1000, 1 << 32} {
		d := npyio.DTypeOf(elem.Uint8)
		layout := npyio.NewNpzLayout(npyio.NpzMember{Name: "big", Header: npyio.Header{DType: d, Shape: []int{size}}},
			npyio.NpzMember{Name: "end", Header: npyio.Header{DType: d}})
		file, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		end := []byte{42}
		_, err = file.WriteAt(end, layout.Values(1))
		at := func(offset int64) io.Writer { return io.NewOffsetWriter(file, offset) }
		err = errors.Join(err, layout.Finish(at, npyio.Checksum{}, npyio.ChecksumOf(end)), file.Close())
		if got := ask[int](t, "load_end", question{"file": path})[0]; got != 42 || err != nil {
			t.Errorf("%d zeros: numpy finds %d, %v", size, got, err)
		}
	}
}
