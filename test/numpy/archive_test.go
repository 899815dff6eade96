package numpy

import (
	"archive/zip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"matpool/internal/elem"
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

// Archives of arrays of all types are read, whoever has packed them: numpy, Python's zipfile, zip(1) and Go's
// package, stored and deflated, with sizes of 64 bits, with sizes behind the members, and with other files.
func TestArchivesOfOthers(t *testing.T) {
	dir := t.TempDir()
	want, files := map[string]raw{}, map[string]string{}
	var names []string
	var questions []question
	for _, typ := range elem.Types() {
		array := rawArrays(typ)[8] // of two dimensions
		if typ.IsComplex() || typ.IsFloat() {
			array = rawArrays(typ)[27] // big-endian, Fortran
		}
		names = append(names, typ.String())
		questions = append(questions, question{"array": array, "version": []int{1, 0}, "file": filepath.Join(dir, typ.String()+".npy")})
	}
	for i, r := range ask[raw](t, "save_raw", questions...) {
		want[names[i]] = r
		files[names[i]+".npy"] = questions[i]["file"].(string)
	}
	if err := os.WriteFile(filepath.Join(dir, "README"), []byte("these are arrays\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	bare := map[string]string{"README": filepath.Join(dir, "README")} // names without .npy
	for name, file := range files {
		bare[name[:len(name)-len(".npy")]] = file
	}
	path := filepath.Join(dir, "x.npz")

	for _, compress := range []bool{false, true} {
		for _, pipe := range []bool{false, true} {
			for _, zip64 := range []bool{false, true} {
				for _, files := range []map[string]string{files, bare} {
					ask[any](t, "zip_files", question{"file": path, "files": files, "compress": compress, "pipe": pipe, "zip64": zip64})
					checkArchive(t, fmt.Sprintf("zipfile, compress %v, pipe %v, zip64 %v", compress, pipe, zip64), path, want)
				}
			}
		}
	}
	for _, function := range []string{"savez", "savez_compressed"} {
		ask[any](t, "zip_files", question{"file": path, "files": files, "compress": false, "pipe": false, "zip64": false})
		ask[any](t, "repack", question{"file": path, "function": function, "change": "np.asanyarray"})
		checkArchive(t, function, path, want)
	}
	for _, options := range []string{"-0", "-9", "-0 -fd", "-9 -fd", "-0 -fz", "-9 -fz"} {
		os.Remove(path)
		run(t, dir, "sh", "-c", "zip -q "+options+" x.npz *.npy README")
		checkArchive(t, "zip "+options, path, want)
		if strings.Contains(options, "-fz") {
			continue // into a pipe that gives an archive which Python cannot read either
		}
		run(t, dir, "sh", "-c", "zip -q "+options+" - *.npy README | cat >x.npz")
		checkArchive(t, "zip "+options+" into a pipe", path, want)
	}
	for _, method := range []uint16{zip.Store, zip.Deflate} {
		file, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		w := zip.NewWriter(file)
		for name, source := range files {
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
		checkArchive(t, fmt.Sprintf("Go, method %d", method), path, want)
	}
	// What others cannot pack here is refused, and the hint has numpy pack it again.
	run(t, dir, "sh", "-c", "rm x.npz; zip -q -Z bzip2 x.npz *.npy")
	a, err := npyio.OpenArchive(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = a.Open(names[0])
	a.Close()
	follow(t, dir, npyio.Hint(err), "x.npz")
	checkArchive(t, "after bzip2", path, want)
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
