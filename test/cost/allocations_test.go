//go:build linux

package cost

import (
	"context"
	"path/filepath"
	"runtime"
	"testing"

	"matpool/blas"
	"matpool/internal/base/file"
	"matpool/internal/pair"
	"matpool/internal/product"
	"matpool/internal/random"
	"matpool/internal/sum"
)

// The garbage-collected heap stays small, since it contains no matrices. The bounds are for a product or a file.
func TestAllocations(t *testing.T) {
	dir := t.TempDir()
	in := random.Options{Dir: dir, A: "a.npy", B: "b.npy", Jobs: jobs, Size: n, Threads: 2}
	quietly := func(int64, int64) {}
	m, err := blas.New("", 1)
	if err != nil {
		t.Fatal(err)
	}
	var pairs []pair.Pair
	var outputs []string
	for i := range jobs {
		pairs = append(pairs, pair.Pair{A: filepath.Join(dir, file.Indexed("a.npy", i)), B: filepath.Join(dir, file.Indexed("b.npy", i)),
			C: filepath.Join(dir, file.Indexed("c.npy", i))})
		outputs = append(outputs, pairs[i].C)
	}
	ctx := context.Background()
	for _, x := range []struct {
		name           string
		objects, bytes uint64 // at most, for each of jobs
		work           func() error
	}{
		{"inputs", 200, 2 << 20, func() error { return random.Write(ctx, in, quietly) }},
		{"products", 400, 64 << 10, func() error { return product.Write(ctx, product.Options{Pairs: pairs, Multiplier: m}, quietly) }},
		{"serial check", 400, 64 << 10, func() error {
			_, err := sum.Serial(ctx, sum.SerialOptions{Pairs: pairs, Multiplier: m}, quietly)
			return err
		}},
		{"sum of outputs", 200, 64 << 10, func() error {
			_, err := sum.Combine(ctx, sum.CombineOptions{Names: outputs, Threads: 1}, quietly)
			return err
		}},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if err := x.work(); err != nil {
			t.Fatalf("%s: %v", x.name, err)
		}
		runtime.ReadMemStats(&after)
		objects, bytes := (after.Mallocs-before.Mallocs)/jobs, (after.TotalAlloc-before.TotalAlloc)/jobs
		t.Logf("%s: %d objects, %d bytes for each", x.name, objects, bytes)
		if objects > x.objects || bytes > x.bytes {
			t.Errorf("%s: %d objects and %d bytes were allocated for each; at most %d and %d are allowed", x.name, objects, bytes, x.objects, x.bytes)
		}
	}
}
