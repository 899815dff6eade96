//go:build linux

package cost

import (
	"context"
	"path/filepath"
	"runtime"
	"testing"

	"matpool/blas"
	"matpool/internal/base/file"
	"matpool/internal/flow"
)

// The garbage-collected heap stays small, since it contains no matrices. The bounds are for a product or a file.
func TestAllocations(t *testing.T) {
	dir := t.TempDir()
	in := flow.InitOptions{Dir: dir, A: "a.npy", B: "b.npy", Jobs: jobs, Size: n, Threads: 2}
	quietly := func(int64, int64) {}
	m, err := blas.New("", 1)
	if err != nil {
		t.Fatal(err)
	}
	var pairs []flow.Pair
	var outputs []string
	for i := range jobs {
		pairs = append(pairs, flow.Pair{A: filepath.Join(dir, file.Indexed("a.npy", i)), B: filepath.Join(dir, file.Indexed("b.npy", i)),
			C: filepath.Join(dir, file.Indexed("c.npy", i))})
		outputs = append(outputs, pairs[i].C)
	}
	ctx := context.Background()
	for _, x := range []struct {
		name           string
		objects, bytes uint64 // at most, for each of jobs
		work           func() error
	}{
		{"inputs", 200, 2 << 20, func() error { return flow.Init(ctx, in, quietly) }},
		{"products", 400, 64 << 10, func() error { return flow.Products(ctx, flow.ProductOptions{Pairs: pairs, Multiplier: m}, quietly) }},
		{"serial check", 400, 64 << 10, func() error {
			_, err := flow.Serial(ctx, flow.SerialOptions{Pairs: pairs, Multiplier: m}, quietly)
			return err
		}},
		{"sum of outputs", 200, 64 << 10, func() error {
			_, err := flow.Combine(ctx, flow.CombineOptions{Names: outputs, Threads: 1}, quietly)
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
