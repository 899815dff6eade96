// Package pairtest makes pairs of matrices for tests.
package pairtest

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"matpool/blas"
	"matpool/elem"
	"matpool/internal/arrayfile"
	"matpool/internal/base/file"
	"matpool/internal/pair"
	"matpool/internal/random"
	"matpool/internal/random/nprand"
	"matpool/npyio"
)

// Quietly shows no progress.
func Quietly(int64, int64) {}

// Multiplier returns the multiplier that a program uses by default.
func Multiplier(t *testing.T, threads int) blas.Multiplier {
	t.Helper()
	m, err := blas.New("", threads)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Write makes a file of a matrix and returns its name.
func Write(t *testing.T, name string, rows, cols int, data []float64) string {
	t.Helper()
	out, err := arrayfile.CreateNpy(name, npyio.Header{DType: npyio.Float64, Shape: []int{rows, cols}})
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if err := errors.Join(npyio.WriteFloat64s(out, data), out.Commit(false)); err != nil {
		t.Fatal(err)
	}
	return name
}

// Normal returns normal random numbers.
func Normal(rng *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = rng.NormFloat64()
	}
	return x
}

// Read returns the float64s of a file.
func Read(t *testing.T, name string) blas.Matrix {
	t.Helper()
	f, err := npyio.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	values := make([]byte, 8*f.Shape[0]*f.Shape[1])
	if err := f.Read(values, 0); err != nil {
		t.Fatal(err)
	}
	m := blas.Dense(f.Shape[0], f.Shape[1], make([]float64, len(values)/8))
	elem.ToFloat64(m.Data, values, elem.Float64, f.DType.Swapped())
	return m
}

// Seeded returns numpy's uniform random numbers of a seed.
func Seeded(seed int) (r random.Numbers) {
	if err := r.SetSeed(strconv.Itoa(seed)); err != nil {
		panic(err)
	}
	return r
}

// Names returns the names of a folder's files.
func Names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// Of returns the pair of three files.
func Of(a, b, c string) pair.Pair { return pair.Pair{A: a, B: b, C: c} }

// Make writes pairs of the given sizes (rows, inner, columns).
func Make(t *testing.T, dir string, sizes [][3]int) []pair.Pair {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	var pairs []pair.Pair
	for i, s := range sizes {
		pairs = append(pairs, pair.Pair{
			A: Write(t, filepath.Join(dir, file.Indexed("a.npy", i)), s[0], s[1], Normal(rng, s[0]*s[1])),
			B: Write(t, filepath.Join(dir, file.Indexed("b.npy", i)), s[1], s[2], Normal(rng, s[1]*s[2])),
			C: filepath.Join(dir, file.Indexed("c.npy", i)),
		})
	}
	return pairs
}

// Equal returns the sizes of n equal pairs, for [Make].
func Equal(n int, size [3]int) [][3]int {
	sizes := make([][3]int, n)
	for i := range sizes {
		sizes[i] = size
	}
	return sizes
}

// Pack writes a .npz file of .npy files.
func Pack(t *testing.T, name string, method uint16, files map[string]string) {
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

// Typed makes a file of random numbers, integers of the whole range of their type.
func Typed(t *testing.T, name string, source *nprand.Source, typ elem.Type, fortran bool, shape ...int) string {
	t.Helper()
	h := npyio.Header{DType: npyio.DTypeOf(typ), Fortran: fortran, Shape: shape}
	count, _ := h.Len()
	x, data := make([]float64, int(count)*typ.Parts()), make([]byte, int(count)*typ.Size())
	source.Float64s(x)
	if typ.IsInteger() || typ == elem.Bool {
		for i := range data {
			data[i] = byte(x[i/typ.Size()] * float64(int(1)<<(8+3*(i%typ.Size()))))
		}
	} else {
		elem.FromFloat64(data, x, typ)
	}
	if err := os.WriteFile(name, append(h.Append(nil), data...), 0o666); err != nil {
		t.Fatal(err)
	}
	return name
}

// Stops returns a context that is cancelled after some calls of show, and show.
func Stops(t *testing.T, calls int) (context.Context, func(int64, int64)) {
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	left := make(chan struct{}, calls)
	for range calls {
		left <- struct{}{}
	}
	return ctx, func(int64, int64) {
		select {
		case <-left:
		default:
			cancel()
		}
	}
}
