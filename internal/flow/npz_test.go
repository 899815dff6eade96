package flow

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"matpool/elem"
	"matpool/internal/random/nprand"
	"matpool/npyio"
)

// pack writes a .npz file of .npy files.
func pack(t *testing.T, name string, method uint16, files map[string]string) {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for member, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		entry, err := w.CreateHeader(&zip.FileHeader{Name: member + ".npy", Method: method})
		if err == nil {
			_, err = entry.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), os.WriteFile(name, b.Bytes(), 0o666)); err != nil {
		t.Fatal(err)
	}
}

// TestFactorsInArchives multiplies stacks that are broadcast, small ones and ones that are read
// in parts, from archives, with the products of the same arrays in .npy files.
func TestFactorsInArchives(t *testing.T) {
	source := nprand.New(3)
	for _, shapes := range [][2][]int{
		{{30, 40}, {40, 20}},
		{{400, 300}, {300, 400}},
		{{3, 1, 4, 5}, {2, 5, 3}},
		{{1, 2, 200, 300}, {3, 2, 300, 200}},
		{{2, 3, 2, 200, 200}, {3, 1, 200, 200}},
		{{2, 1, 7, 200, 200}, {1, 3, 1, 200, 200}},
	} {
		for _, fortran := range []bool{false, true} {
			for _, method := range []uint16{zip.Store, zip.Deflate} {
				t.Run(fmt.Sprint(shapes, fortran, method), func(t *testing.T) {
					dir := t.TempDir()
					in := func(name string) string { return filepath.Join(dir, name) }
					a := writeTyped(t, in("a.npy"), source, elem.Float32, fortran, shapes[0]...)
					b := writeTyped(t, in("b.npy"), source, elem.Float64, fortran, shapes[1]...)
					pack(t, in("pair.npz"), method, map[string]string{"A": a, "B": b})
					pack(t, in("list.npz"), method, map[string]string{"arr_0": a, "arr_1": b})
					pack(t, in("one.npz"), method, map[string]string{"arr_0": a})
					pairs := []Pair{pairOf(a, b, in("want.npy")), pairOf(in("pair.npz"), "", in("0")), pairOf(in("list.npz"), "", in("1")),
						pairOf(in("one.npz"), in("pair.npz:B"), in("2")), pairOf(a, in("pair.npz:B.npy"), in("3")), pairOf(a, b, in("4.npz"))}
					if err := Products(t.Context(), ProductOptions{Pairs: pairs, Multiplier: newMultiplier(t, 2)}, quietly); err != nil {
						t.Fatal(err)
					}
					want, err := os.ReadFile(in("want.npy"))
					if err != nil {
						t.Fatal(err)
					}
					for i := range 4 {
						if got, err := os.ReadFile(in(fmt.Sprint(i))); err != nil || !bytes.Equal(got, want) {
							t.Errorf("product %d differs (%v)", i, err)
						}
					}
					if got := unpack(t, in("4.npz"), "arr_0.npy"); !bytes.Equal(got, want) {
						t.Error("the product in an archive differs")
					}
				})
			}
		}
	}
}

// unpack returns the only member of an archive, which Go's archive/zip holds against its checksum.
func unpack(t *testing.T, name, member string) []byte {
	t.Helper()
	r, err := zip.OpenReader(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if len(r.File) != 1 || r.File[0].Name != member {
		t.Fatalf("%s: does not hold %s alone", name, member)
	}
	f, err := r.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	content, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// TestDamagedFactors changes one value in an archive: no program uses it.
func TestDamagedFactors(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	for _, stack := range [][]int{{100, 100}, {4, 100, 100}, {40, 100, 100}} {
		for _, fortran := range []bool{false, true} {
			file := writeTyped(t, in("a.npy"), nprand.New(1), elem.Float64, fortran, stack...)
			pack(t, in("sound.npz"), zip.Store, map[string]string{"arr_0": file})
			content, err := os.ReadFile(in("sound.npz"))
			if err != nil {
				t.Fatal(err)
			}
			count, _ := npyio.Header{Shape: stack}.Len()
			for _, at := range []int{300, 300 + 8*int(count) - 400} {
				content[at] ^= 1
				if err := os.WriteFile(in("a.npz"), content, 0o666); err != nil {
					t.Fatal(err)
				}
				content[at] ^= 1
				m := newMultiplier(t, 2)
				for _, p := range []Pair{pairOf(in("a.npz"), file, in("c.npy")), pairOf(file, in("a.npz:arr_0"), in("c.npy"))} {
					pairs := []Pair{p}
					errs := []error{Products(t.Context(), ProductOptions{Pairs: pairs, Multiplier: m}, quietly),
						Partial(t.Context(), PartialOptions{Pairs: pairs, Multiplier: m, Output: in("c.npz")}, quietly)}
					_, err := Serial(t.Context(), SerialOptions{Pairs: pairs, Multiplier: m, Output: in("c.npy")}, quietly)
					for _, err := range append(errs, err) {
						if !errors.Is(err, npyio.ErrFormat) {
							t.Errorf("%v, byte %d: %v, want a checksum error", stack, at, err)
						}
					}
				}
				for _, output := range []string{"c.npy", "c.npz"} {
					if _, err := os.Stat(in(output)); err == nil {
						t.Errorf("%v, byte %d: %s was written", stack, at, output)
					}
				}
			}
		}
	}
}
