package product

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"matpool/blas"
	"matpool/elem"
	"matpool/internal/base/file"
	"matpool/internal/pair"
	"matpool/internal/pair/pairtest"
	"matpool/internal/random/nprand"
	"matpool/internal/record"
	"matpool/internal/status"
	"matpool/npyio"
)

// A batch reuses its buffers for pairs of different sizes; each product is the
// definition's.
func TestProductsOfDifferentSizes(t *testing.T) {
	pairs := pairtest.Make(t, t.TempDir(), [][3]int{{3, 4, 5}, {100, 200, 50}, {1, 1, 1}, {70, 0, 3}, {0, 5, 5}, {200, 130, 170}, {2, 300, 2}})
	for threads := 1; threads <= 3; threads++ {
		if err := Write(t.Context(), Options{Force: true, Pairs: pairs, Multiplier: pairtest.Multiplier(t, threads)}, pairtest.Quietly); err != nil {
			t.Fatal(err)
		}
		for _, p := range pairs {
			a, b, c := pairtest.Read(t, p.A), pairtest.Read(t, p.B), pairtest.Read(t, p.C)
			want := blas.Dense(a.Rows, b.Cols, make([]float64, a.Rows*b.Cols))
			blas.Define(want, a.Factor(), b.Factor())
			if fmt.Sprint(c) != fmt.Sprint(want) {
				t.Errorf("%s is not the product", p.C)
			}
		}
	}
}

// A product whose header alone would be enormous is refused.
func TestProductTooLargeToAddress(t *testing.T) {
	dir := t.TempDir()
	p := pair.Pair{A: filepath.Join(dir, "a.npy"), B: filepath.Join(dir, "b.npy"), C: filepath.Join(dir, "c.npy")}
	pairtest.Write(t, p.A, 1<<32, 0, nil)
	pairtest.Write(t, p.B, 0, 1<<32, nil)
	err := Write(t.Context(), Options{Force: true, Pairs: []pair.Pair{p}, Multiplier: pairtest.Multiplier(t, 1)}, pairtest.Quietly)
	if status.Of(err) != status.Data || !strings.Contains(err.Error(), "more values than can be addressed") {
		t.Errorf("error %v", err)
	}
}

// Outputs that would destroy an input or each other are refused beforehand.
func TestOutputsMustBeDistinct(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	pairtest.Make(t, ".", pairtest.Equal(12, [3]int{2, 2, 2}))
	link := "soft.npy"
	if os.Getenv("MATPOOL_WINE") != "" { // where one cannot make them
		link = "hard.npy"
	}
	if err := errors.Join(os.Link("a0.npy", "hard.npy"), os.Symlink("a0.npy", "soft.npy")); err != nil {
		t.Fatal(err)
	}
	for _, pairs := range [][]pair.Pair{
		{pairtest.Of("a0.npy", "b0.npy", "a0.npy")},
		{pairtest.Of("a0.npy", "b0.npy", "./x/../b0.npy")},
		{pairtest.Of("a0.npy", "b0.npy", "hard.npy")},
		{pairtest.Of("a0.npy", "b0.npy", link)},
		{pairtest.Of("a0.npy", "b0.npy", "c0.npy"), pairtest.Of("a1.npy", "b1.npy", "c0.npy")},
		{pairtest.Of("a0.npy", "b0.npy", "a1.npy"), pairtest.Of("a1.npy", "b1.npy", "c1.npy")},
	} {
		err := Write(t.Context(), Options{Force: true, Pairs: pairs, Multiplier: pairtest.Multiplier(t, 1)}, pairtest.Quietly)
		if status.Of(err) != status.Usage {
			t.Errorf("%v: error %v", pairs, err)
		}
	}
}

// Whenever the work is cancelled, no file is left but whole ones.
func TestCancelLeavesWholeFilesOnly(t *testing.T) {
	dir := t.TempDir()
	pairs := pairtest.Make(t, dir, pairtest.Equal(10, [3]int{200, 200, 200}))
	inputs := len(pairtest.Names(t, dir))
	for after := range 12 {
		ctx, cancel := context.WithCancel(t.Context())
		err := Write(ctx, Options{Force: true, Pairs: pairs, Multiplier: pairtest.Multiplier(t, 1)}, func(done, _ int64) {
			if done > int64(after)*200*200*200 {
				cancel()
			}
		})
		cancel()
		if after < 10 && !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled after %d products: error %v", after, err)
		}
		outputs := 0
		for _, p := range pairs {
			if f, err := npyio.Open(p.C); err == nil {
				f.Close()
				outputs++
				os.Remove(p.C)
			} else if !os.IsNotExist(errors.Unwrap(err)) {
				t.Error(err)
			}
		}
		if outputs > after+1 {
			t.Errorf("cancelled after %d products, %d are there", after, outputs)
		}
		if left := pairtest.Names(t, dir); len(left) != inputs {
			t.Fatalf("cancelled after %d products: left behind: %v", after, left)
		}
	}
}

// Products that a stopped run completed are kept, whatever the run was doing.
func TestStoppedProductsResume(t *testing.T) {
	dir := t.TempDir()
	pairs := pairtest.Make(t, dir, pairtest.Equal(8, [3]int{100, 300, 90}))
	if err := Write(t.Context(), Options{Force: true, Pairs: pairs, Multiplier: pairtest.Multiplier(t, 1)}, pairtest.Quietly); err != nil {
		t.Fatal(err)
	}
	var want [][]byte
	for _, p := range pairs {
		text, err := os.ReadFile(p.C)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, text)
		os.Remove(p.C)
	}
	var had []int
	for calls := 1; ; calls += 2 {
		ctx, show := pairtest.Stops(t, calls)
		recorder := record.NewRecorder("test", nil)
		err := Write(ctx, Options{Force: true, Pairs: pairs, Multiplier: pairtest.Multiplier(t, 1), Resume: &Resume{dir, func(n int) { had = append(had, n) }}, Recorder: recorder}, show)
		if err := recorder.Finish(true); err != nil {
			t.Fatal(err)
		}
		if err == nil {
			break
		}
		if ctx.Err() == nil {
			t.Fatal(err)
		}
	}
	if !slices.IsSorted(had) || had[len(had)-1] == 0 {
		t.Errorf("there were %v", had)
	}
	for i, p := range pairs {
		if text, err := os.ReadFile(p.C); err != nil || string(text) != string(want[i]) {
			t.Errorf("%s: another product: %v", p.C, err)
		}
	}
}

// TestFactorsInArchives multiplies stacks that are broadcast, small ones and ones that are read
// in parts, from archives, with the products of the same arrays in .npy files.
func TestFactorsInArchives(t *testing.T) {
	source := nprand.New(3)
	for _, shapes := range [][2][]int{
		{{30, 40}, {40, 20}},
		{{400, 300}, {300, 400}},
		{{3, 1, 4, 5}, {2, 5, 3}},
		{{1, 2, 200, 300}, {3, 2, 300, 200}},
		{{2, 3, 2, 200, 200}, {3, 1, 200, 200}},
		{{2, 1, 7, 200, 200}, {1, 3, 1, 200, 200}},
	} {
		for _, fortran := range []bool{false, true} {
			for _, method := range []uint16{zip.Store, zip.Deflate} {
				t.Run(fmt.Sprint(shapes, fortran, method), func(t *testing.T) {
					dir := t.TempDir()
					in := func(name string) string { return filepath.Join(dir, name) }
					a := pairtest.Typed(t, in("a.npy"), source, elem.Float32, fortran, shapes[0]...)
					b := pairtest.Typed(t, in("b.npy"), source, elem.Float64, fortran, shapes[1]...)
					pairtest.Pack(t, in("pair.npz"), method, map[string]string{"A": a, "B": b})
					pairtest.Pack(t, in("list.npz"), method, map[string]string{"arr_0": a, "arr_1": b})
					pairtest.Pack(t, in("one.npz"), method, map[string]string{"arr_0": a})
					pairs := []pair.Pair{pairtest.Of(a, b, in("want.npy")), pairtest.Of(in("pair.npz"), "", in("0")), pairtest.Of(in("list.npz"), "", in("1")),
						pairtest.Of(in("one.npz"), in("pair.npz:B"), in("2")), pairtest.Of(a, in("pair.npz:B.npy"), in("3")), pairtest.Of(a, b, in("4.npz"))}
					if err := Write(t.Context(), Options{Force: true, Pairs: pairs, Multiplier: pairtest.Multiplier(t, 2)}, pairtest.Quietly); err != nil {
						t.Fatal(err)
					}
					want, err := os.ReadFile(in("want.npy"))
					if err != nil {
						t.Fatal(err)
					}
					for i := range 4 {
						if got, err := os.ReadFile(in(fmt.Sprint(i))); err != nil || !bytes.Equal(got, want) {
							t.Errorf("product %d differs (%v)", i, err)
						}
					}
					if got := unpack(t, in("4.npz"), "arr_0.npy"); !bytes.Equal(got, want) {
						t.Error("the product in an archive differs")
					}
				})
			}
		}
	}
}

// unpack returns the only member of an archive, which Go's archive/zip holds against its checksum.
func unpack(t *testing.T, name, member string) []byte {
	t.Helper()
	r, err := zip.OpenReader(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if len(r.File) != 1 || r.File[0].Name != member {
		t.Fatalf("%s: does not hold %s alone", name, member)
	}
	f, err := r.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	content, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// A fixed factor is read once: what becomes of its file meanwhile has no effect.
func TestAFixedFactorIsReadOnce(t *testing.T) {
	dir := t.TempDir()
	pairs := pairtest.Make(t, dir, pairtest.Equal(6, [3]int{40, 40, 40}))
	p := pair.Pair{A: pairs[0].A, B: filepath.Join(dir, "b.npy"), C: filepath.Join(dir, "c.npy"), Fixed: pair.FixedA}
	err := Write(t.Context(), Options{Force: true, Pairs: p.Range(0, 6), Multiplier: pairtest.Multiplier(t, 1)}, func(int64, int64) {
		_ = os.Truncate(p.A, 0)
	})
	if err != nil {
		t.Error(err)
	}
}

// The memory that matsubmit asks for: a fixed factor is there once, whole.
func TestMemoryOfAFixedFactor(t *testing.T) {
	source := nprand.New(5)
	dir := t.TempDir()
	a := pairtest.Typed(t, filepath.Join(dir, "a.npy"), source, elem.Float64, false, 3, 10, 20)
	b := pairtest.Typed(t, filepath.Join(dir, "b.npy"), source, elem.Float64, false, 20, 30)
	for _, test := range []struct {
		fixed              pair.Fixed
		factors, res, once int64
	}{
		{pair.NotFixed, 8 * (10*20 + 20*30), 8 * 10 * 30, 0},
		{pair.FixedA, 8 * 20 * 30, 8 * 10 * 30, 8 * 3 * 10 * 20},
		{pair.FixedB, 8 * 10 * 20, 8 * 10 * 30, 8 * 20 * 30},
	} {
		p := pair.Pair{A: a, B: b, Fixed: test.fixed}
		fixed, err := ReadFixed(p)
		if err != nil {
			t.Fatal(err)
		}
		m, err := Describe(p, fixed)
		if err != nil || m.Factors != test.factors || m.Result != test.res || m.Fixed != test.once {
			t.Errorf("%v: %d, %d, %d, %v; want %+v", test.fixed, m.Factors, m.Result, m.Fixed, err, test)
		}
	}
}

// Of the product of stacks, one matrix of each is in memory; but of one in Fortran order
// all of them.
func TestMemoryOfStacks(t *testing.T) {
	dir, source := t.TempDir(), nprand.New(1)
	p := pair.Pair{
		A: pairtest.Typed(t, filepath.Join(dir, "a.npy"), source, elem.Float32, false, 10, 20, 30),
		B: pairtest.Typed(t, filepath.Join(dir, "b.npy"), source, elem.Complex64, true, 10, 30, 40),
	}
	m, err := Describe(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := int64(4*20*30 + 8*11*30*40); m.Factors != want || m.Result != 16*20*40 || m.Sum != 2*16*10*20*40 || m.Multiplications != 2*10*20*30*40 {
		t.Errorf("%+v, want %d", m, want)
	}
}

// A run that resumes makes an output in an archive again if one of its values is damaged, and keeps the others.
func TestADamagedOutputIsMadeAgain(t *testing.T) {
	dir := t.TempDir()
	pairs := pairtest.Make(t, dir, pairtest.Equal(3, [3]int{20, 30, 25}))
	for i := range pairs {
		pairs[i].C = filepath.Join(dir, file.Indexed("c.npz", i))
	}
	complete := 0
	options := Options{Force: true, Pairs: pairs, Multiplier: pairtest.Multiplier(t, 1), Resume: &Resume{dir, func(n int) { complete = n }}, Recorder: record.NewRecorder("test", nil)}
	if err := Write(t.Context(), options, pairtest.Quietly); err != nil {
		t.Fatal(err)
	}
	if err := options.Recorder.Finish(false); err != nil {
		t.Fatal(err)
	}
	sound, err := os.ReadFile(pairs[1].C)
	if err != nil {
		t.Fatal(err)
	}
	damaged := bytes.Clone(sound)
	damaged[len(damaged)/2] ^= 1
	if err := os.WriteFile(pairs[1].C, damaged, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := Write(t.Context(), options, pairtest.Quietly); err != nil {
		t.Fatal(err)
	}
	if content, err := os.ReadFile(pairs[1].C); err != nil || complete != 2 || !bytes.Equal(content, sound) {
		t.Errorf("%d outputs were kept, the damaged one is as before: %v, %v", complete, bytes.Equal(content, damaged), err)
	}
}
