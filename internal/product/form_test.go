package product

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"matpool/elem"
	"matpool/internal/pair"
	"matpool/internal/pair/pairtest"
	"matpool/internal/random/nprand"
	"matpool/internal/status"
	"matpool/npyio"
)

// transpose writes the array of a file with the last two sizes exchanged.
func transpose(t *testing.T, from, to string) string {
	t.Helper()
	f, err := npyio.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	count, _ := f.Len()
	size := f.DType.Size
	values, turned := make([]byte, int(count)*size), make([]byte, 0, int(count)*size)
	if err := f.Read(values, 0); err != nil {
		t.Fatal(err)
	}
	shape := slices.Clone(f.Shape)
	n := len(shape)
	rows, cols := shape[n-2], shape[n-1]
	shape[n-2], shape[n-1] = cols, rows
	for matrix := range slices.Chunk(values, rows*cols*size) {
		for j := range cols {
			for i := range rows {
				turned = append(turned, matrix[(i*cols+j)*size:][:size]...)
			}
		}
	}
	header := npyio.Header{DType: f.DType, Shape: shape}.Append(nil)
	if err := os.WriteFile(to, append(header, turned...), 0o666); err != nil {
		t.Fatal(err)
	}
	return to
}

// Gram matrices and products with a transposed factor are the files that the plain products of
// the transposed arrays are: of matrices and stacks, of several types, in both orders.
func TestForms(t *testing.T) {
	source := nprand.New(5)
	for _, shapes := range [][2][]int{{{40, 30}, {40, 20}}, {{1, 7}, {1, 3}}, {{3, 1, 50, 9}, {2, 50, 4}}, {{600, 130}, {600, 5}}} {
		for _, typ := range []elem.Type{elem.Float64, elem.Float32, elem.Int64, elem.Bool} {
			t.Run(fmt.Sprint(shapes, typ), func(t *testing.T) {
				dir := t.TempDir()
				in := func(name string) string { return filepath.Join(dir, name) }
				a := pairtest.Typed(t, in("a.npy"), source, typ, false, shapes[0]...)
				b := pairtest.Typed(t, in("b.npy"), source, elem.Float32, true, shapes[1]...)
				turned := transpose(t, a, in("t.npy"))
				pairs := []pair.Pair{
					{A: turned, B: a, C: in("gram0.npy")}, {A: a, C: in("gram1.npy"), Form: pair.Gram},
					{A: turned, B: b, C: in("transposed0.npy")}, {A: a, B: b, C: in("transposed1.npy"), Form: pair.Transposed},
				}
				if err := Write(t.Context(), Options{Force: true, Pairs: pairs, Multiplier: pairtest.Multiplier(t, 2)}, pairtest.Quietly); err != nil {
					t.Fatal(err)
				}
				for _, form := range []string{"gram", "transposed"} {
					want, err := os.ReadFile(in(form + "0.npy"))
					got, err2 := os.ReadFile(in(form + "1.npy"))
					if errors.Join(err, err2) != nil || !bytes.Equal(got, want) {
						t.Errorf("%s: the products differ (%v, %v)", form, err, err2)
					}
				}
			})
		}
	}
}

// What has no Gram matrix, or no transposed form, is refused before the work begins.
func TestFormsThatAreRefused(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	source := nprand.New(6)
	vector := pairtest.Typed(t, in("vector.npy"), source, elem.Float64, false, 5)
	complex := pairtest.Typed(t, in("complex.npy"), source, elem.Complex64, false, 5, 3)
	other := pairtest.Typed(t, in("other.npy"), source, elem.Float64, false, 4, 3)
	for _, p := range []pair.Pair{
		{A: vector, Form: pair.Gram}, {A: complex, Form: pair.Gram}, {A: vector, B: complex, Form: pair.Transposed}, {A: complex, B: other, Form: pair.Transposed},
	} {
		p.C = in("c.npy")
		err := Write(t.Context(), Options{Force: true, Pairs: []pair.Pair{p}, Multiplier: pairtest.Multiplier(t, 1)}, pairtest.Quietly)
		t.Log(err)
		if status.Of(err) != status.Data {
			t.Errorf("%v: error %v", p, err)
		}
	}
	if _, err := os.Stat(in("c.npy")); err == nil {
		t.Error("something was written")
	}
}
