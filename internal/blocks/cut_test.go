package blocks

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"matpool/condor/jobfile"
	"matpool/elem"
	"matpool/internal/base/file"
	"matpool/internal/pair"
	"matpool/internal/pair/pairtest"
	"matpool/internal/product"
	"matpool/internal/random/nprand"
	"matpool/internal/sum"
	"matpool/npyio"
)

// A matrixFile is a matrix that was read from a file.
type matrixFile struct {
	npyio.Header
	values []byte
}

func readMatrix(t *testing.T, name string) matrixFile {
	t.Helper()
	f, err := npyio.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	count, _ := f.Len()
	values := make([]byte, int(count)*f.DType.Size)
	if err := f.Read(values, 0); err != nil {
		t.Fatal(err)
	}
	return matrixFile{f.Header, values}
}

func (m matrixFile) value(i, j int) []byte {
	at := i*m.Shape[1] + j
	if m.FortranOrder() {
		at = j*m.Shape[0] + i
	}
	return m.values[at*m.DType.Size:][:m.DType.Size]
}

// isBlock reports whether m is the block of another matrix that begins at (i, j).
func (m matrixFile) isBlock(whole matrixFile, i, j int) bool {
	if m.DType != whole.DType {
		return false
	}
	for r := range m.Shape[0] {
		for c := range m.Shape[1] {
			if !bytes.Equal(m.value(r, c), whole.value(i+r, j+c)) {
				return false
			}
		}
	}
	return true
}

// The blocks of A and B are their parts, whatever the type, the order and the division, even if
// only a few files may be open; and they are as large as np.array_split makes them.
func TestCut(t *testing.T) {
	source := nprand.New(7)
	divisions := []Division{{1, jobfile.Grid{Rows: 1, Cols: 1}}, {4, jobfile.Grid{Rows: 1, Cols: 1}}, {1, jobfile.Grid{Rows: 2, Cols: 3}}, {3, jobfile.Grid{Rows: 2, Cols: 2}}, {20, jobfile.Grid{Rows: 1, Cols: 1}}, {1, jobfile.Grid{Rows: 15, Cols: 1}}}
	types := []elem.Type{elem.Float64, elem.Int8, elem.Complex128}
	for i, d := range divisions {
		for _, fortran := range []bool{false, true} {
			typ, open := types[i%len(types)], 3*(i%2)
			t.Run(fmt.Sprint(fortran, typ, d, open), func(t *testing.T) {
				dir := t.TempDir()
				a := pairtest.Typed(t, filepath.Join(dir, "a.npy"), source, typ, fortran, 15, 20)
				b := pairtest.Typed(t, filepath.Join(dir, "b.npy"), source, elem.Float32, !fortran, 20, 17)
				checkCut(t, a, b, d, open)
			})
		}
	}
}

// Lines that are longer than the buffer are cut in parts.
func TestCutOfLongLines(t *testing.T) {
	dir := t.TempDir()
	source := nprand.New(8)
	const long = cutBuffer/8 + 100_000
	a := pairtest.Typed(t, filepath.Join(dir, "a.npy"), source, elem.Float64, false, 2, long)
	b := pairtest.Typed(t, filepath.Join(dir, "b.npy"), source, elem.Int8, false, long, 1)
	checkCut(t, a, b, Division{3, jobfile.Grid{Rows: 1, Cols: 1}}, 0)
}

// checkCut cuts two files and looks at each product's blocks.
func checkCut(t *testing.T, nameA, nameB string, d Division, open int) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "new")
	o := CutOptions{From: pair.Pair{A: nameA, B: nameB}, Dir: dir, A: "A.npy", B: "B.npy", Cut: d, open: open}
	if _, _, err := Cut(t.Context(), o, pairtest.Quietly); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2*d.Products() {
		t.Fatalf("%d files, %v", len(entries), err)
	}
	a, b := readMatrix(t, nameA), readMatrix(t, nameB)
	begin := func(size, parts, i int) int { return i*(size/parts) + min(i, size%parts) }
	for r := range d.Rows {
		for c := range d.Cols {
			for p := range d.Panels {
				i := (r*d.Cols+c)*d.Panels + p
				blockA, blockB := readMatrix(t, filepath.Join(dir, file.Indexed("A.npy", i))), readMatrix(t, filepath.Join(dir, file.Indexed("B.npy", i)))
				row, k, col := begin(a.Shape[0], d.Rows, r), begin(a.Shape[1], d.Panels, p), begin(b.Shape[1], d.Cols, c)
				if !blockA.isBlock(a, row, k) || !blockB.isBlock(b, k, col) {
					t.Fatalf("product %d has other blocks", i)
				}
				if blockA.Shape[0] != begin(a.Shape[0], d.Rows, r+1)-row || blockA.Shape[1] != begin(a.Shape[1], d.Panels, p+1)-k ||
					blockB.Shape[0] != blockA.Shape[1] || blockB.Shape[1] != begin(b.Shape[1], d.Cols, c+1)-col {
					t.Fatalf("product %d multiplies %v and %v", i, blockA.Shape, blockB.Shape)
				}
			}
		}
	}
}

// Where a file system has no hard links, the block is copied.
func TestBlocksAreCopied(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	c := cutter{ctx: t.Context()}
	if err := errors.Join(os.WriteFile(from, []byte("content"), 0o666), c.copy(from, to)); err != nil {
		t.Fatal(err)
	}
	if content, err := os.ReadFile(to); err != nil || string(content) != "content" || file.Same(from, to) {
		t.Errorf("%q, %v", content, err)
	}
}

// The tiles of a product have its bits: joined, they are its file, and have its norm.
func TestJoin(t *testing.T) {
	for typ, g := range map[elem.Type]jobfile.Grid{elem.Float64: {Rows: 2, Cols: 3}, elem.Float32: {Rows: 1, Cols: 1}, elem.Int64: {Rows: 5, Cols: 1}, elem.Complex64: {Rows: 1, Cols: 4}, elem.Bool: {Rows: 7, Cols: 2}} {
		t.Run(fmt.Sprint(typ, g), func(t *testing.T) {
			source := nprand.New(9)
			dir := t.TempDir()
			in := func(name string) string { return filepath.Join(dir, name) }
			a, b := pairtest.Typed(t, in("a.npy"), source, typ, false, 300, 300), pairtest.Typed(t, in("b.npy"), source, typ, true, 300, 401)
			o := CutOptions{From: pair.Pair{A: a, B: b}, Dir: dir, A: "A.npy", B: "B.npy", Cut: Division{1, g}}
			_, _, err := Cut(t.Context(), o, pairtest.Quietly)
			pairs := append(pair.Pair{A: in("A.npy"), B: in("B.npy"), C: in("tile.npy")}.Range(0, g.Rows*g.Cols), pair.Pair{A: a, B: b, C: in("whole.npy")})
			err = errors.Join(err, product.Write(t.Context(), product.Options{Pairs: pairs, Multiplier: pairtest.Multiplier(t, 1)}, pairtest.Quietly))
			if err != nil {
				t.Fatal(err)
			}
			want, err := sum.Combine(t.Context(), sum.CombineOptions{Names: []string{in("whole.npy")}, Threads: 1}, pairtest.Quietly)
			if err != nil {
				t.Fatal(err)
			}
			for _, keep := range []int{0, 1} {
				norm, err := Join(t.Context(), g, sum.CombineOptions{Names: file.IndexedRange(in("tile.npy"), 0, g.Rows*g.Cols), Output: in("joined.npy"), Threads: 2, Open: keep}, pairtest.Quietly)
				joined, err2 := os.ReadFile(in("joined.npy"))
				whole, err3 := os.ReadFile(in("whole.npy"))
				if err := errors.Join(err, err2, err3); err != nil || norm != want || !bytes.Equal(joined, whole) {
					t.Fatalf("norm %v, want %v; equal files: %v; %v", norm, want, bytes.Equal(joined, whole), err)
				}
			}
		})
	}
}
