package flow

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// The pairs that are made in memory are those that Init writes, of each distribution and type: the products,
// the sum and the norm have the same bits, with any number of threads.
func TestRandomPairsAreThoseOfInit(t *testing.T) {
	for _, test := range []struct{ dist, dtype string }{
		{"uniform", "float64"}, {"uniform", "float32"}, {"uniform", "float16"}, {"normal", "float64"}, {"normal", "float32"},
		{"integers:-3:5", "int8"}, {"integers:0:2", "bool"}, {"integers:0:1000", "int64"}, {"integers:0:70000", "uint32"},
	} {
		t.Run(test.dist+test.dtype, func(t *testing.T) {
			dir := t.TempDir()
			var random Random
			random.SetPCG64()
			for _, err := range []error{random.SetSeed("12345678901234567890"), random.SetDist(test.dist), random.SetDType(test.dtype)} {
				if err != nil {
					t.Fatal(err)
				}
			}
			const first, n, size = 5, 4, 61 // odd, so that halves of words are left over
			err := Init(t.Context(), InitOptions{Dir: dir, A: "a.npy", B: "b.npy", Jobs: n, First: first, Streams: true, Size: size, Random: random}, quietly)
			if err != nil {
				t.Fatal(err)
			}
			made := Pair{C: filepath.Join(dir, "made.npy"), Random: &RandomPair{Random: &random, Size: size}}
			read := pairOf(filepath.Join(dir, "a.npy"), filepath.Join(dir, "b.npy"), filepath.Join(dir, "read.npy"))
			for threads := 1; threads <= 3; threads++ {
				m := newMultiplier(t, threads)
				var norms []string
				for _, p := range []Pair{made, read} {
					pairs := p.Range(first, n)
					if err := Products(t.Context(), ProductOptions{Pairs: pairs, Multiplier: m}, quietly); err != nil {
						t.Fatal(err)
					}
					norm, err := Serial(t.Context(), SerialOptions{Pairs: pairs, Multiplier: m}, quietly)
					if err != nil {
						t.Fatal(err)
					}
					norms = append(norms, fmt.Sprint(norm))
				}
				if norms[0] != norms[1] {
					t.Errorf("%d threads: norms %v", threads, norms)
				}
				for i := first; i < first+n; i++ {
					c, err := os.ReadFile(made.Numbered(i).C)
					d, _ := os.ReadFile(read.Numbered(i).C)
					if err != nil || !bytes.Equal(c, d) {
						t.Errorf("%d threads: product %d differs (%v)", threads, i, err)
					}
				}
			}
		})
	}
}
