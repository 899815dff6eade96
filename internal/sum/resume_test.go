package sum

import (
	"bytes"
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
	"matpool/internal/record"
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

// sources returns the files of each pair, with their hashes.
func sources(t *testing.T, pairs []pair.Pair) (made [][]record.Input) {
	t.Helper()
	for _, p := range pairs {
		var files []record.Input
		for _, name := range p.Files() {
			h, _, err := new(record.Cache).Hash(t.Context(), name)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, record.Input{Name: name, Hash: h})
		}
		made = append(made, files)
	}
	return made
}

func restore(t *testing.T, r *running, name string) {
	t.Helper()
	earlier, err := (&product.Resume{Folder: filepath.Dir(name)}).Earlier(nil)
	if err == nil {
		err = r.restore(t.Context(), name, earlier)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Wherever it is stopped, and however often, a sum that resumes has the same bits in the end; it
// never has less than before.
func TestStoppedSumResumes(t *testing.T) {
	dir := t.TempDir()
	pairs := makeStacks(t, dir, 9)
	whole := filepath.Join(dir, "whole.npz")
	if err := Partial(t.Context(), PartialOptions{Force: true, Pairs: pairs, Multiplier: pairtest.Multiplier(t, 2), Output: whole}, pairtest.Quietly); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(5, 6))
	resumed := false // where a run is stopped depends on how busy the machine is
	defer func() {
		if !resumed {
			t.Error("no run had anything to go on from")
		}
	}()
	for run := range 20 {
		output := filepath.Join(dir, fmt.Sprintf("sum%d.npz", run))
		var had []int
		stopped := 0
		for calls := 1; ; calls += 1 + rng.IntN(10) {
			ctx, show := pairtest.Stops(t, calls)
			resume := &product.Resume{Folder: dir, Report: func(n int) { had = append(had, n) }}
			err := Partial(ctx, PartialOptions{Force: true, Pairs: pairs, Multiplier: pairtest.Multiplier(t, 1+run%3), Output: output, Resume: resume}, show)
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
		if !slices.IsSorted(had) || stopped == 0 {
			t.Errorf("run %d was stopped %d times with %v", run, stopped, had)
		}
		resumed = resumed || had[len(had)-1] > 0
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
	w.Hashes = new(record.Cache)
	r, err := newRunning(h, pairs)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "saved")
	r.saveTo(name)
	r.saveWhenDue()
	if _, err := os.Stat(name); err == nil {
		t.Error("it is saved at once")
	}
	r.next = r.next.Add(-saveAfter)
	if err := addTo(t.Context(), r, w, pairtest.Multiplier(t, 1), pairtest.Quietly); err != nil {
		t.Fatal(err)
	}
	again, err := newRunning(h, pairs)
	if err != nil {
		t.Fatal(err)
	}
	restore(t, again, name)
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
	r, err := newRunning(h, pairs)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "saved")
	r.saveTo(name)
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

// A partial sum is not kept if one of its values is damaged, in hi or in lo.
func TestADamagedSumIsMadeAgain(t *testing.T) {
	dir := t.TempDir()
	output := filepath.Join(dir, "sum.npz")
	kept := 0
	options := PartialOptions{Force: true, Pairs: pairtest.Make(t, dir, pairtest.Equal(2, [3]int{20, 30, 25})), Multiplier: pairtest.Multiplier(t, 1),
		Output: output, Resume: &product.Resume{Folder: dir, Report: func(n int) { kept = n }}, Recorder: record.NewRecorder("test", nil)}
	if err := Partial(t.Context(), options, pairtest.Quietly); err != nil {
		t.Fatal(err)
	}
	sound, err := os.ReadFile(output)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{len(sound) / 4, len(sound) / 4 * 3} {
		damaged := bytes.Clone(sound)
		damaged[at] ^= 1
		if err := os.WriteFile(output, damaged, 0o666); err != nil {
			t.Fatal(err)
		}
		if err := Partial(t.Context(), options, pairtest.Quietly); err != nil {
			t.Fatal(err)
		}
		if content, err := os.ReadFile(output); err != nil || kept != 0 || !bytes.Equal(content, sound) {
			t.Errorf("byte %d: %d products were kept, the damaged sum is as before: %v, %v", at, kept, bytes.Equal(content, damaged), err)
		}
	}
}

// A saved sum is used only if its products can have come to it in their order.
func TestSavedSumThatCannotBe(t *testing.T) {
	dir := t.TempDir()
	pairs := pairtest.Make(t, dir, pairtest.Equal(3, [3]int{4, 5, 6}))
	w, h, err := check(pairs, "")
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for _, test := range []struct {
		added []int64
		used  bool
	}{
		{[]int64{24, 24, 7}, true}, {[]int64{24, 0, 0}, true}, {[]int64{9, 9, 0}, true},
		{[]int64{25, 0, 0}, false}, {[]int64{7, 8, 0}, false}, {[]int64{0, 0, 1}, false}, {[]int64{24, -1, 0}, false}, {[]int64{24, -1, -1}, false},
	} {
		saved, err := newRunning(h, pairs)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(dir, "saved")
		saved.saveTo(name)
		saved.added, saved.made = test.added, sources(t, pairs)
		if err := saved.save(); err != nil {
			t.Fatal(err)
		}
		r, err := newRunning(h, pairs)
		if err != nil {
			t.Fatal(err)
		}
		restore(t, r, name)
		if used := slices.Equal(r.added, test.added); used != test.used {
			t.Errorf("%v: used: %v", test.added, used)
		}
	}
}
