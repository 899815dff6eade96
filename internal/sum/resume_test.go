package sum

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"matpool/elem"
	"matpool/internal/base/file"
	"matpool/internal/pair"
	"matpool/internal/pair/pairtest"
	"matpool/internal/product"
	"matpool/internal/random/nprand"
)

// makeStacks makes pairs of stacks, some of them complex.
func makeStacks(t *testing.T, dir string, n int) []pair.Pair {
	t.Helper()
	source := nprand.New(7)
	var pairs []pair.Pair
	for i := range n {
		typ := elem.Float64
		if i%3 == 1 {
			typ = elem.Complex128
		}
		pairs = append(pairs, pair.Pair{
			A: pairtest.Typed(t, filepath.Join(dir, file.Indexed("a.npy", i)), source, typ, false, 5, 41, 30),
			B: pairtest.Typed(t, filepath.Join(dir, file.Indexed("b.npy", i)), source, elem.Float64, false, 5, 30, 37),
			C: filepath.Join(dir, file.Indexed("c.npy", i)),
		})
	}
	return pairs
}

// Wherever it is stopped, and however often, a sum that resumes has the same bits in the end; it
// never has less than before.
func TestStoppedSumResumes(t *testing.T) {
	dir := t.TempDir()
	pairs := makeStacks(t, dir, 9)
	whole := filepath.Join(dir, "whole.npz")
	if err := Partial(t.Context(), PartialOptions{Pairs: pairs, Multiplier: pairtest.Multiplier(t, 2), Output: whole}, pairtest.Quietly); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(5, 6))
	for run := range 20 {
		output := filepath.Join(dir, fmt.Sprintf("sum%d.npz", run))
		var had []int
		stopped := 0
		for calls := 1; ; calls += 1 + rng.IntN(10) {
			ctx, show := pairtest.Stops(t, calls)
			resume := &product.Resume{Folder: dir, Report: func(n int) { had = append(had, n) }}
			err := Partial(ctx, PartialOptions{Pairs: pairs, Multiplier: pairtest.Multiplier(t, 1+run%3), Output: output, Resume: resume}, show)
			if err == nil {
				break
			}
			if ctx.Err() == nil {
				t.Fatal(err)
			}
			stopped++
		}
		if got, err := os.ReadFile(output); err != nil || string(got) != string(want) {
			t.Errorf("run %d, stopped with %v: another sum: %v", run, had, err)
		}
		if !slices.IsSorted(had) || stopped == 0 || had[len(had)-1] == 0 {
			t.Errorf("run %d was stopped %d times with %v", run, stopped, had)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
			t.Errorf("run %d has left %s", run, left)
		}
	}
}

// A sum is also saved while it is made, for the case that it is killed.
func TestRunningSumIsSaved(t *testing.T) {
	dir := t.TempDir()
	pairs := pairtest.Make(t, dir, pairtest.Equal(2, [3]int{30, 20, 25}))
	w, h, err := check(pairs, "")
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	r, err := newRunning(h, len(pairs))
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "saved")
	r.saveTo(name, pairs)
	r.saveWhenDue()
	if _, err := os.Stat(name); err == nil {
		t.Error("it is saved at once")
	}
	r.next = r.next.Add(-saveAfter)
	if err := addTo(t.Context(), r, w, pairtest.Multiplier(t, 1), pairtest.Quietly); err != nil {
		t.Fatal(err)
	}
	again, err := newRunning(h, len(pairs))
	if err != nil {
		t.Fatal(err)
	}
	again.restore(name, pairs)
	if n := again.complete(); n == 0 {
		t.Error("nothing is saved")
	}
}

// A sum that is beyond a double for a while is not saved: it has no two doubles.
func TestWideSumIsNotSaved(t *testing.T) {
	dir := t.TempDir()
	pairs := pairtest.Make(t, dir, pairtest.Equal(1, [3]int{1, 1, 1}))
	w, h, err := check(pairs, "")
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	r, err := newRunning(h, 1)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "saved")
	r.saveTo(name, pairs)
	r.sum.Add(0, []float64{math.MaxFloat64})
	r.sum.Add(0, []float64{math.MaxFloat64})
	if err := r.save(); err == nil {
		t.Error("it is saved")
	}
	r.sum.Add(0, []float64{-math.MaxFloat64})
	if _, err := os.Stat(name); err == nil {
		t.Error("there is a file")
	}
}
