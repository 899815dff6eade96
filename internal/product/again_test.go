package product

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"matpool/blas"
	"matpool/elem"
	"matpool/internal/pair"
	"matpool/internal/pair/pairtest"
	"matpool/internal/random/nprand"
	"matpool/internal/record"
)

// Products that are made again have the records of those that were written, and nothing is written: matrices, a stack, a
// Gram matrix, random ones, as .npy and .npz files, of one kernel and of another.
func TestAgain(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	source := nprand.New(1)
	typed := func(name string, t2 elem.Type, fortran bool, shape ...int) string {
		return pairtest.Typed(t, in(name), source, t2, fortran, shape...)
	}
	stack, ints := typed("stack.npy", elem.Complex64, false, 3, 7, 5), typed("ints.npy", elem.Int16, true, 5, 6)
	x, bools := typed("x.npy", elem.Float32, false, 40, 30), typed("bools.npy", elem.Bool, false, 30)
	numbers := pairtest.Seeded(42)
	numbers.SetPCG64()
	random := pair.Pair{Random: &pair.Random{Numbers: &numbers, Size: 50}, C: in("random.npy")}
	pairs := append(pairtest.Make(t, dir, [][3]int{{100, 200, 50}, {3, 0, 4}, {0, 3, 4}}),
		pairtest.Of(stack, ints, in("stacked.npy")), pairtest.Of(stack, ints, in("stacked.npz")), pairtest.Of(x, bools, in("vector.npz")),
		pair.Pair{A: x, C: in("gram.npy"), Form: pair.Gram}, random.Numbered(3))

	recorder := record.NewRecorder("matprod", nil)
	if err := Write(t.Context(), Options{Pairs: pairs, Multiplier: pairtest.Multiplier(t, 2), Recorder: recorder, Force: true}, pairtest.Quietly); err != nil {
		t.Fatal(err)
	}
	if err := recorder.Finish(false); err != nil {
		t.Fatal(err)
	}
	before := pairtest.Names(t, dir)
	folder, err := record.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, kernel := range blas.Kernels() {
		m, err := NewMultiplier(kernel, 1)
		if err != nil {
			t.Fatal(err)
		}
		made := make([]record.Record, len(pairs))
		err = Again(t.Context(), pairs, m, record.NewRecorder("matprod", nil), pairtest.Quietly, func(i int, rec record.Record) error {
			made[i] = rec
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, got := range made {
			want := folder.Of(filepath.Base(pairs[i].C))[0]
			got.Time, want.Time = time.Time{}, time.Time{}
			if got.Line() != want.Line() {
				t.Errorf("kernel %s:\n%s\nwant\n%s", kernel, got.Line(), want.Line())
			}
		}
	}
	if after := pairtest.Names(t, dir); !slices.Equal(after, before) {
		t.Errorf("files %q, before %q", after, before)
	}
}
