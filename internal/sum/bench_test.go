package sum

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"matpool/blas"
	"matpool/internal/base/file"
	"matpool/internal/pair"
	"matpool/internal/pair/pairtest"
	"matpool/internal/product"
	"matpool/internal/random"
)

// What a program does, without its start and its end, on files in the page cache.

const benchSize, benchJobs = 1000, 10

// benchPairs makes the inputs.
func benchPairs(b *testing.B) (pairs []pair.Pair, outputs []string) {
	dir := b.TempDir()
	in := random.Options{Dir: dir, A: "a.npy", B: "b.npy", Jobs: benchJobs, Size: benchSize, Numbers: pairtest.Seeded(1), Threads: runtime.GOMAXPROCS(0)}
	if err := random.Write(b.Context(), in, pairtest.Quietly); err != nil {
		b.Fatal(err)
	}
	for i := range benchJobs {
		pairs = append(pairs, pair.Pair{
			A: filepath.Join(dir, file.Indexed("a.npy", i)), B: filepath.Join(dir, file.Indexed("b.npy", i)),
			C: filepath.Join(dir, file.Indexed("c.npy", i)),
		})
		outputs = append(outputs, pairs[i].C)
	}
	return pairs, outputs
}

// perThreads runs work with one thread and with two.
func perThreads(b *testing.B, matrices int, work func(b *testing.B, threads int, m blas.Multiplier)) {
	for threads := 1; threads <= 2; threads++ {
		b.Run(fmt.Sprintf("threads=%d", threads), func(b *testing.B) {
			m, err := blas.New("", threads)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(matrices) * 8 * benchSize * benchSize)
			b.ReportAllocs()
			for b.Loop() {
				work(b, threads, m)
			}
		})
	}
}

func BenchmarkProducts(b *testing.B) {
	pairs, outputs := benchPairs(b)
	perThreads(b, 3*benchJobs, func(b *testing.B, threads int, m blas.Multiplier) {
		for _, name := range outputs {
			os.Remove(name)
		}
		if err := product.Write(b.Context(), product.Options{Force: true, Pairs: pairs, Multiplier: m}, pairtest.Quietly); err != nil {
			b.Fatal(err)
		}
	})
}

func BenchmarkSerial(b *testing.B) {
	pairs, _ := benchPairs(b)
	perThreads(b, 2*benchJobs, func(b *testing.B, threads int, m blas.Multiplier) {
		if _, err := Serial(b.Context(), SerialOptions{Force: true, Pairs: pairs, Multiplier: m}, pairtest.Quietly); err != nil {
			b.Fatal(err)
		}
	})
}

func BenchmarkCombine(b *testing.B) {
	pairs, _ := benchPairs(b)
	var names []string
	for _, p := range pairs {
		names = append(names, p.A, p.B)
	}
	perThreads(b, len(names), func(b *testing.B, threads int, _ blas.Multiplier) {
		if _, err := Combine(b.Context(), CombineOptions{Names: names, Threads: threads}, pairtest.Quietly); err != nil {
			b.Fatal(err)
		}
	})
}

func BenchmarkInit(b *testing.B) {
	in := random.Options{Dir: b.TempDir(), A: "a.npy", B: "b.npy", Jobs: benchJobs, Size: benchSize, Numbers: pairtest.Seeded(1), Threads: runtime.GOMAXPROCS(0), Force: true}
	b.SetBytes(2 * benchJobs * 8 * benchSize * benchSize)
	b.ReportAllocs()
	for b.Loop() {
		if err := random.Write(b.Context(), in, pairtest.Quietly); err != nil {
			b.Fatal(err)
		}
	}
}
