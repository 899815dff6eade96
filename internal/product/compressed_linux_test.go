package product

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"matpool/internal/pair"
	"matpool/internal/pair/pairtest"
	"matpool/npyio"
)

// A compressed stack whose matrices are used once for each matrix of another is decompressed once.
func TestCompressedStackIsReadOnce(t *testing.T) {
	const n = 100
	const matrices = 3 * atLeast / (8 * n * n) // more than are read at a time
	dir := t.TempDir()
	rng := rand.New(rand.NewPCG(1, 2))
	archive := func(name string, shape ...int) (size int64) {
		h := npyio.Header{DType: npyio.Float64, Shape: shape}
		count, _ := h.Len()
		values := make([]float64, count)
		for i := range values {
			values[i] = rng.Float64()
		}
		var file bytes.Buffer
		z := zip.NewWriter(&file)
		w, err := z.Create("arr_0.npy")
		if err == nil {
			_, err = w.Write(h.Append(nil))
		}
		if err := errors.Join(err, npyio.WriteFloat64s(w, values), z.Close(), os.WriteFile(name, file.Bytes(), 0o666)); err != nil {
			t.Fatal(err)
		}
		return int64(file.Len())
	}
	p := pairtest.Of(filepath.Join(dir, "a.npz:arr_0"), filepath.Join(dir, "b.npz:arr_0"), filepath.Join(dir, "c.npy"))
	size := archive(filepath.Join(dir, "a.npz"), 4, 1, n, n) + archive(filepath.Join(dir, "b.npz"), matrices, n, n)
	before := bytesRead(t)
	if err := Write(t.Context(), Options{Pairs: []pair.Pair{p}, Multiplier: pairtest.Multiplier(t, 1)}, pairtest.Quietly); err != nil {
		t.Fatal(err)
	}
	if read := bytesRead(t) - before; read > size*11/10 {
		t.Errorf("%d bytes were read of %d", read, size)
	}
	m, err := Describe(p, nil)
	if want := int64(8 * n * n * (matrices + 4)); err != nil || m.Factors > want || m.Factors < 8*n*n*matrices {
		t.Errorf("%d bytes in memory, at most %d: %v", m.Factors, want, err)
	}
}

// bytesRead returns how many bytes this process has read.
func bytesRead(t *testing.T) (n int64) {
	content, err := os.ReadFile("/proc/self/io")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscanf(string(content), "rchar: %d", &n); err != nil {
		t.Fatal(err)
	}
	return n
}
