package sum

import (
	"path/filepath"
	"testing"
	"time"

	"matpool/internal/pair"
	"matpool/internal/pair/pairtest"
	"matpool/internal/product"
	"matpool/internal/record"
)

// A partial sum that is made again has the record of the one that was written.
func TestAgain(t *testing.T) {
	dir := t.TempDir()
	pairs := pairtest.Make(t, dir, pairtest.Equal(5, [3]int{20, 300, 25}))
	for i := range pairs {
		p := pair.Pair{A: filepath.Join(dir, "A.npy"), B: filepath.Join(dir, "B.npy")}.Numbered(i)
		for from, to := range map[string]string{pairs[i].A: p.A, pairs[i].B: p.B} {
			m := pairtest.Read(t, from)
			pairtest.Write(t, to, m.Rows, m.Cols, m.Data)
		}
		pairs[i] = p
	}
	recorder, output := record.NewRecorder("matprod", nil), filepath.Join(dir, "partial0.npz")
	if err := Partial(t.Context(), PartialOptions{Pairs: pairs, Multiplier: pairtest.Multiplier(t, 2), Output: output, Recorder: recorder}, pairtest.Quietly); err != nil {
		t.Fatal(err)
	}
	if err := recorder.Finish(false); err != nil {
		t.Fatal(err)
	}
	folder, err := record.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := folder.Of("partial0.npz")[0]
	for _, kernel := range []string{"", "generic"} {
		m, err := product.NewMultiplier(kernel, 1)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Again(t.Context(), pairs, output, m, record.NewRecorder("matprod", nil), pairtest.Quietly)
		got.Time, want.Time = time.Time{}, time.Time{}
		if err != nil || got.Line() != want.Line() {
			t.Errorf("%v:\n%s\nwant\n%s", err, got.Line(), want.Line())
		}
	}
}
