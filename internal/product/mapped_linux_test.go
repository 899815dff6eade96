package product

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"matpool/blas"
	"matpool/elem"
	"matpool/internal/arrayfile"
	"matpool/internal/pair"
	"matpool/internal/pair/pairtest"
	"matpool/internal/random/nprand"
	"matpool/internal/status"
)

// When another program truncates a mapped factor in the middle of the work, that ends with an
// error that names the file, and is no fault of the input's. No output is left: not if pages are
// missing, nor if the rest of a page became zeros. What is read, as float64s for OpenBLAS
// are, is there by then.
func TestFactorThatShrinksInTheMiddle(t *testing.T) {
	for _, kernel := range blas.Kernels() {
		for _, typ := range []elem.Type{elem.Float64, elem.Float32, elem.Int32} {
			for i, cut := range []int64{4 << 20, 1} {
				t.Run(fmt.Sprintf("%s/%v/cut=%d", kernel, typ, cut), func(t *testing.T) {
					m, err := NewMultiplier(kernel, 1+i)
					if err != nil {
						t.Fatal(err)
					}
					dir := t.TempDir()
					p := pairtest.Of(filepath.Join(dir, "a.npy"), filepath.Join(dir, "b.npy"), filepath.Join(dir, "c.npy"))
					pairtest.Typed(t, p.A, nprand.New(1), typ, false, 3000, 500)
					pairtest.Typed(t, p.B, nprand.New(2), typ, false, 500, 600)
					err = multiplyWhile(t, p, m, func() { cutOff(t, p.A, cut) })
					left := strings.Join(pairtest.Names(t, dir), " ")
					if !isMapped(t, p.B) {
						if err != nil || left != "a.npy b.npy c.npy" {
							t.Errorf("error %v, left %s", err, left)
						}
						return
					}
					if err == nil || !strings.HasPrefix(err.Error(), p.A+": was changed while it was being read") || status.Of(err) != status.Failure || left != "a.npy b.npy" {
						t.Errorf("error %v, left %s", err, left)
					}
				})
			}
		}
	}
}

// multiplyWhile multiplies a pair, and calls do when a part of it has been multiplied.
func multiplyWhile(t *testing.T, p pair.Pair, m blas.Multiplier, do func()) error {
	var once sync.Once
	return Write(t.Context(), Options{Force: true, Pairs: []pair.Pair{p}, Multiplier: m}, func(int64, int64) { once.Do(do) })
}

func cutOff(t *testing.T, name string, bytes int64) {
	info, err := os.Stat(name)
	if err == nil {
		err = os.Truncate(name, info.Size()-bytes)
	}
	if err != nil {
		t.Error(err)
	}
}

// isMapped reports whether a file's system says that it is in memory.
func isMapped(t *testing.T, name string) bool {
	f, err := arrayfile.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m := f.Map(0, 1)
	return m != nil && m.Unmap() == nil
}
