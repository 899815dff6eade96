package flow

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"matpool/elem"
	"matpool/internal/random/nprand"
	"matpool/internal/status"
)

// A fixed factor on either side, of any shape, order and type, gives the products and the sum of as many
// copies of it, with any number of threads.
func TestAFixedFactorIsAsManyCopies(t *testing.T) {
	source := nprand.New(5)
	for _, fixed := range []Fixed{FixedA, FixedB} {
		for _, test := range []struct {
			fixed, other []int
			fortran      bool
		}{
			{[]int{30, 30}, []int{30, 30}, false},
			{[]int{30, 30}, []int{30, 30}, true},
			{[]int{30}, []int{30, 30}, false},
			{[]int{3, 30, 30}, []int{30, 30}, false},
			{[]int{3, 30, 30}, []int{30, 30}, true},
			{[]int{30, 30}, []int{3, 30, 30}, true},
			{[]int{2, 400, 400}, []int{400, 400}, false}, // more than is read at a time of a file that is not fixed
			{[]int{0, 30, 30}, []int{30, 30}, false},
		} {
			t.Run(fmt.Sprint(fixed, test.fixed, test.other, test.fortran), func(t *testing.T) {
				const n = 4
				dir := t.TempDir()
				in := func(name string) string { return filepath.Join(dir, name) }
				writeTyped(t, in("x.npy"), source, elem.Float32, test.fortran, test.fixed...)
				content, err := os.ReadFile(in("x.npy"))
				if err != nil {
					t.Fatal(err)
				}
				for i := range n {
					writeTyped(t, in(fmt.Sprintf("y%d.npy", i)), source, elem.Float64, false, test.other...)
					if err := os.WriteFile(in(fmt.Sprintf("x%d.npy", i)), content, 0o666); err != nil {
						t.Fatal(err)
					}
				}
				got, want := Pair{A: in("x.npy"), B: in("y.npy"), C: in("got.npy"), Fixed: fixed}, pairOf(in("x.npy"), in("y.npy"), in("want.npy"))
				if fixed == FixedB {
					got.A, got.B, want.A, want.B = got.B, got.A, want.B, want.A
				}
				for threads := 1; threads <= 3; threads++ {
					m := newMultiplier(t, threads)
					for _, p := range []Pair{got, want} {
						if err := Products(t.Context(), ProductOptions{Pairs: p.Range(0, n), Multiplier: m}, quietly); err != nil {
							t.Fatal(err)
						}
					}
					for i := range n {
						c, err := os.ReadFile(in(fmt.Sprintf("got%d.npy", i)))
						d, _ := os.ReadFile(in(fmt.Sprintf("want%d.npy", i)))
						if err != nil || !bytes.Equal(c, d) {
							t.Errorf("%d threads: product %d differs (%v)", threads, i, err)
						}
					}
					norm, err := Serial(t.Context(), SerialOptions{Pairs: got.Range(0, n), Multiplier: m}, quietly)
					copies, copyErr := Serial(t.Context(), SerialOptions{Pairs: want.Range(0, n), Multiplier: m}, quietly)
					if err != nil || copyErr != nil || norm != copies {
						t.Errorf("%d threads: norm %v, %v; of copies %v, %v", threads, norm, err, copies, copyErr)
					}
				}
			})
		}
	}
}

// A fixed factor is read once: what becomes of its file meanwhile has no effect.
func TestAFixedFactorIsReadOnce(t *testing.T) {
	dir := t.TempDir()
	pairs := makePairs(t, dir, equalSizes(6, [3]int{40, 40, 40}))
	p := Pair{A: pairs[0].A, B: filepath.Join(dir, "b.npy"), C: filepath.Join(dir, "c.npy"), Fixed: FixedA}
	err := Products(t.Context(), ProductOptions{Pairs: p.Range(0, 6), Multiplier: newMultiplier(t, 1)}, func(int64, int64) {
		_ = os.Truncate(p.A, 0)
	})
	if err != nil {
		t.Error(err)
	}
}

// What is wrong with a fixed factor is told once, and what is wrong with the others too.
func TestABadFixedFactorIsToldOnce(t *testing.T) {
	dir := t.TempDir()
	makePairs(t, dir, equalSizes(3, [3]int{3, 4, 5}))
	if err := os.Remove(filepath.Join(dir, "b2.npy")); err != nil {
		t.Fatal(err)
	}
	p := Pair{A: filepath.Join(dir, "none.npy"), B: filepath.Join(dir, "b.npy"), C: filepath.Join(dir, "c.npy"), Fixed: FixedA}
	m := newMultiplier(t, 1)
	_, serial := Serial(t.Context(), SerialOptions{Pairs: p.Range(0, 3), Multiplier: m}, quietly)
	for _, err := range []error{serial, Products(t.Context(), ProductOptions{Pairs: p.Range(0, 3), Multiplier: m}, quietly)} {
		if status.Of(err) != status.Data || strings.Count(err.Error(), "none.npy") != 1 || strings.Count(err.Error(), "b2.npy") != 1 {
			t.Errorf("status %d, %v", status.Of(err), err)
		}
	}
}

// The memory that matsubmit asks for: a fixed factor is there once, whole.
func TestMemoryOfAFixedFactor(t *testing.T) {
	source := nprand.New(5)
	dir := t.TempDir()
	a := writeTyped(t, filepath.Join(dir, "a.npy"), source, elem.Float64, false, 3, 10, 20)
	b := writeTyped(t, filepath.Join(dir, "b.npy"), source, elem.Float64, false, 20, 30)
	for _, test := range []struct {
		fixed              Fixed
		factors, res, once int64
	}{
		{NotFixed, 8 * (10*20 + 20*30), 8 * 10 * 30, 0},
		{FixedA, 8 * 20 * 30, 8 * 10 * 30, 8 * 3 * 10 * 20},
		{FixedB, 8 * 10 * 20, 8 * 10 * 30, 8 * 20 * 30},
	} {
		p := Pair{A: a, B: b, Fixed: test.fixed}
		fixed, err := ReadFixed(p)
		if err != nil {
			t.Fatal(err)
		}
		m, err := Headers(p, fixed)
		if err != nil || m.Factors != test.factors || m.Result != test.res || m.Fixed != test.once {
			t.Errorf("%v: %d, %d, %d, %v; want %+v", test.fixed, m.Factors, m.Result, m.Fixed, err, test)
		}
	}
}
