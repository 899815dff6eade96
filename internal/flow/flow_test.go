package flow

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"matpool/blas"
	"matpool/internal/base/file"
	"matpool/internal/random/nprand"
	"matpool/internal/status"
	"matpool/internal/sum/ddsum"
	"matpool/npyio"
)

func quietly(int64, int64) {}

func newMultiplier(t *testing.T, threads int) blas.Multiplier {
	t.Helper()
	m, err := blas.New("", threads)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// write makes a file of a matrix and returns its name.
func write(t *testing.T, name string, rows, cols int, data []float64) string {
	t.Helper()
	out, err := create(name, npyio.Header{DType: npyio.Float64, Shape: []int{rows, cols}})
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if err := errors.Join(npyio.WriteFloat64s(out, data), out.Commit(false)); err != nil {
		t.Fatal(err)
	}
	return name
}

func random(rng *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = rng.NormFloat64()
	}
	return x
}

func read(t *testing.T, name string) blas.Matrix {
	t.Helper()
	f, err := npyio.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m := blas.Dense(f.Shape[0], f.Shape[1], make([]float64, f.Shape[0]*f.Shape[1]))
	if err := f.ReadFloat64s(m.Data, 0); err != nil {
		t.Fatal(err)
	}
	return m
}

func seeded(seed int) (r Random) {
	if err := r.SetSeed(strconv.Itoa(seed)); err != nil {
		panic(err)
	}
	return r
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func pairOf(a, b, c string) Pair { return Pair{A: a, B: b, C: c} }

// makePairs writes pairs of the given sizes (rows, inner, columns).
func makePairs(t *testing.T, dir string, sizes [][3]int) []Pair {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	var pairs []Pair
	for i, s := range sizes {
		pairs = append(pairs, Pair{
			A: write(t, filepath.Join(dir, file.Indexed("a.npy", i)), s[0], s[1], random(rng, s[0]*s[1])),
			B: write(t, filepath.Join(dir, file.Indexed("b.npy", i)), s[1], s[2], random(rng, s[1]*s[2])),
			C: filepath.Join(dir, file.Indexed("c.npy", i)),
		})
	}
	return pairs
}

func equalSizes(n int, size [3]int) [][3]int {
	sizes := make([][3]int, n)
	for i := range sizes {
		sizes[i] = size
	}
	return sizes
}

// A batch reuses its buffers for pairs of different sizes; each product is the
// definition's.
func TestProductsOfDifferentSizes(t *testing.T) {
	pairs := makePairs(t, t.TempDir(), [][3]int{{3, 4, 5}, {100, 200, 50}, {1, 1, 1}, {70, 0, 3}, {0, 5, 5}, {200, 130, 170}, {2, 300, 2}})
	for threads := 1; threads <= 3; threads++ {
		if err := Products(t.Context(), ProductOptions{Pairs: pairs, Multiplier: newMultiplier(t, threads)}, quietly); err != nil {
			t.Fatal(err)
		}
		for _, p := range pairs {
			a, b, c := read(t, p.A), read(t, p.B), read(t, p.C)
			want := blas.Dense(a.Rows, b.Cols, make([]float64, a.Rows*b.Cols))
			blas.Define(want, a.Factor(), b.Factor())
			if fmt.Sprint(c) != fmt.Sprint(want) {
				t.Errorf("%s is not the product", p.C)
			}
		}
	}
}

// The serial check, and the combination of the products in any order, give one
// sum and one norm, with any number of threads.
func TestSerialAndCombineAgree(t *testing.T) {
	dir := t.TempDir()
	// More than one block, and not a whole number of them.
	pairs := makePairs(t, dir, equalSizes(7, [3]int{300, 20, 251}))
	var outputs []string
	for _, p := range pairs {
		outputs = append([]string{p.C}, outputs...)
	}
	if err := Products(t.Context(), ProductOptions{Pairs: pairs, Multiplier: newMultiplier(t, 2)}, quietly); err != nil {
		t.Fatal(err)
	}
	var norms []ddsum.Norm
	var sums [][]byte
	note := func(norm ddsum.Norm, err error, sum string) {
		t.Helper()
		data, readErr := os.ReadFile(sum)
		if err != nil || readErr != nil {
			t.Fatal(err, readErr)
		}
		norms, sums = append(norms, norm), append(sums, data)
	}
	for threads := 1; threads <= 3; threads++ {
		name := filepath.Join(dir, "sum.npy")
		norm, err := Serial(t.Context(), SerialOptions{Pairs: pairs, Multiplier: newMultiplier(t, threads), Output: name}, quietly)
		note(norm, err, name)
		norm, err = Combine(t.Context(), CombineOptions{Names: outputs, Output: name, Threads: threads}, quietly)
		note(norm, err, name)
	}
	for i := range norms {
		if norms[i] != norms[0] || !bytes.Equal(sums[i], sums[0]) {
			t.Errorf("run %d: norm %v or the sum differs from the first, %v", i, norms[i], norms[0])
		}
	}
	// And that norm is the norm of that sum.
	sum := read(t, filepath.Join(dir, "sum.npy"))
	squares := 0.0
	for _, x := range sum.Data {
		squares += x * x
	}
	if want := math.Sqrt(squares); math.Abs(norms[0].Value-want) > 1e-13*want {
		t.Errorf("norm %v, want %v", norms[0], want)
	}
}

// More files than are kept open are summed all the same.
func TestCombineOfManyFiles(t *testing.T) {
	dir := t.TempDir()
	var files []string
	const n, p, keep = 3*ddsum.Block/2 + 1, 25, 20
	data := make([]float64, n)
	for i := range p {
		clear(data)
		data[0], data[n-1] = 1, float64(i)
		files = append(files, write(t, filepath.Join(dir, file.Indexed("x.npy", i)), 1, n, data))
	}
	norm, err := Combine(t.Context(), CombineOptions{Names: files, Threads: 2, keep: keep}, quietly)
	if want := math.Hypot(p, p*(p-1)/2); err != nil || math.Abs(norm.Value-want) > 1e-9*want {
		t.Errorf("norm %v, %v; want %v", norm, err, want)
	}
}

// A file that changes under the reader's hands is found out, kept open or not.
func TestCombineFindsFilesThatChange(t *testing.T) {
	dir := t.TempDir()
	var files []string
	for i := range 2 {
		files = append(files, write(t, filepath.Join(dir, file.Indexed("x.npy", i)), 1, 2, []float64{1, 2}))
	}
	for i := range files { // the first is kept open
		once := false
		touch := func(done, _ int64) {
			if !once {
				once = true
				if err := os.Chtimes(files[i], time.Time{}, time.Unix(1, 0)); err != nil {
					t.Error(err)
				}
			}
		}
		_, err := Combine(t.Context(), CombineOptions{Names: files, Output: filepath.Join(dir, "sum.npy"), Threads: 1, keep: 1}, touch)
		if err == nil || !strings.Contains(err.Error(), files[i]+": was changed while it was being read") {
			t.Errorf("error %v", err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "sum.npy")); !os.IsNotExist(err) {
		t.Error("there is a sum")
	}
}

// All that is wrong is told, and nothing is written.
func TestEverythingWrongIsTold(t *testing.T) {
	dir := t.TempDir()
	pairs := makePairs(t, dir, equalSizes(4, [3]int{3, 4, 5}))
	write(t, pairs[1].B, 3, 5, make([]float64, 15))
	if err := errors.Join(os.Remove(pairs[2].A), os.Truncate(pairs[2].B, 200), os.WriteFile(pairs[3].A, []byte("text"), 0o666)); err != nil {
		t.Fatal(err)
	}
	_, missing := os.Stat(pairs[2].A)
	before := names(t, dir)
	for what, err := range map[string]error{
		"Products": Products(t.Context(), ProductOptions{Pairs: pairs, Multiplier: newMultiplier(t, 1)}, quietly),
		"Serial": func() error {
			_, err := Serial(t.Context(), SerialOptions{Pairs: pairs, Multiplier: newMultiplier(t, 1)}, quietly)
			return err
		}(),
	} {
		if err == nil || status.Of(err) != status.Data {
			t.Fatalf("%s: error %v, status %d", what, err, status.Of(err))
		}
		for _, says := range []string{"a1.npy is 3×4 and", "a2.npy: " + errors.Unwrap(missing).Error(), "b2.npy: truncated", "a3.npy: not a .npy file but text"} {
			if !strings.Contains(err.Error(), says) {
				t.Errorf("%s does not say %q:\n%v", what, says, err)
			}
		}
	}
	if after := names(t, dir); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("before: %v\nafter: %v", before, after)
	}
}

func TestSumsNeedOneShape(t *testing.T) {
	dir := t.TempDir()
	pairs := makePairs(t, dir, [][3]int{{3, 4, 5}, {3, 7, 5}, {4, 4, 5}})
	_, err := Serial(t.Context(), SerialOptions{Pairs: pairs, Multiplier: newMultiplier(t, 1)}, quietly)
	if status.Of(err) != status.Data || !strings.Contains(err.Error(), "b2.npy: is 4×5, but ") {
		t.Errorf("Serial: %v", err)
	}
	_, err = Combine(t.Context(), CombineOptions{Names: []string{pairs[0].A, pairs[1].A, pairs[2].A}, Threads: 1}, quietly)
	if status.Of(err) != status.Data || !strings.Contains(err.Error(), "a1.npy: is 3×7, but ") || !strings.Contains(err.Error(), "a2.npy: is 4×4, but ") {
		t.Errorf("Combine: %v", err)
	}
}

// A product whose header alone would be enormous is refused.
func TestProductTooLargeToAddress(t *testing.T) {
	dir := t.TempDir()
	p := Pair{A: filepath.Join(dir, "a.npy"), B: filepath.Join(dir, "b.npy"), C: filepath.Join(dir, "c.npy")}
	write(t, p.A, 1<<32, 0, nil)
	write(t, p.B, 0, 1<<32, nil)
	err := Products(t.Context(), ProductOptions{Pairs: []Pair{p}, Multiplier: newMultiplier(t, 1)}, quietly)
	if status.Of(err) != status.Data || !strings.Contains(err.Error(), "more values than can be addressed") {
		t.Errorf("error %v", err)
	}
}

// Outputs that would destroy an input or each other are refused beforehand.
func TestOutputsMustBeDistinct(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	makePairs(t, ".", equalSizes(12, [3]int{2, 2, 2}))
	link := "soft.npy"
	if os.Getenv("MATPOOL_WINE") != "" { // where one cannot make them
		link = "hard.npy"
	}
	if err := errors.Join(os.Link("a0.npy", "hard.npy"), os.Symlink("a0.npy", "soft.npy")); err != nil {
		t.Fatal(err)
	}
	for _, pairs := range [][]Pair{
		{pairOf("a0.npy", "b0.npy", "a0.npy")},
		{pairOf("a0.npy", "b0.npy", "./x/../b0.npy")},
		{pairOf("a0.npy", "b0.npy", "hard.npy")},
		{pairOf("a0.npy", "b0.npy", link)},
		{pairOf("a0.npy", "b0.npy", "c0.npy"), pairOf("a1.npy", "b1.npy", "c0.npy")},
		{pairOf("a0.npy", "b0.npy", "a1.npy"), pairOf("a1.npy", "b1.npy", "c1.npy")},
	} {
		err := Products(t.Context(), ProductOptions{Pairs: pairs, Multiplier: newMultiplier(t, 1)}, quietly)
		if status.Of(err) != status.Usage {
			t.Errorf("%v: error %v", pairs, err)
		}
	}
}

// Whenever the work is cancelled, no file is left but whole ones.
func TestCancelLeavesWholeFilesOnly(t *testing.T) {
	dir := t.TempDir()
	pairs := makePairs(t, dir, equalSizes(10, [3]int{200, 200, 200}))
	inputs := len(names(t, dir))
	for after := range 12 {
		ctx, cancel := context.WithCancel(t.Context())
		err := Products(ctx, ProductOptions{Pairs: pairs, Multiplier: newMultiplier(t, 1)}, func(done, _ int64) {
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
		if left := names(t, dir); len(left) != inputs {
			t.Fatalf("cancelled after %d products: left behind: %v", after, left)
		}
	}
}

// The random inputs are one stream, A then B for each product, row by row.
func TestInitIsOneStream(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	const jobs, size = 3, 1100 // two pieces to a file
	in := InitOptions{Dir: dir, A: "a.npy", B: "b", Jobs: jobs, Size: size, Random: seeded(42), Threads: 2}
	if err := Init(t.Context(), in, quietly); err != nil {
		t.Fatal(err)
	}
	source, want := nprand.New(42), make([]float64, size*size)
	for i := range jobs {
		for _, name := range []string{file.Indexed("a.npy", i), file.Indexed("b", i)} {
			source.Float64s(want)
			got := read(t, filepath.Join(dir, name))
			for k, x := range got.Data {
				if x != want[k] {
					t.Fatalf("%s: value %d is %v, want %v", name, k, x, want[k])
				}
			}
		}
	}
	if got := fmt.Sprint(names(t, dir)); got != "[a0.npy a1.npy a2.npy b0 b1 b2]" {
		t.Errorf("files %s", got)
	}
}

func TestInitRefuses(t *testing.T) {
	dir := t.TempDir()
	ok := InitOptions{Dir: dir, A: "a.npy", B: "b.npy", Jobs: 11, Size: 2}
	if err := Init(t.Context(), ok, quietly); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		in     InitOptions
		status int
		says   string
	}{
		{ok, status.Usage, "a0.npy: exists already (as do others, 22 in all)"},
		{InitOptions{Dir: dir, A: "x.npy", B: "x.npy", Jobs: 1, Size: 2}, status.Usage, "x0.npy"},
		{InitOptions{Dir: dir, A: "x.npy", B: "x1.npy", Jobs: 11, Size: 2}, status.Usage, "x10.npy"},
		{InitOptions{Dir: dir, A: "x.npy", B: "y.npy", Jobs: 1000, Size: 1e7}, status.Failure, "1600000000.0 GB are needed"},
		{InitOptions{Dir: filepath.Join(dir, "not", "yet"), A: "x.npy", B: "y.npy", Jobs: 1e5, Size: 1e7}, status.Failure, "GB are needed"},
	} {
		err := Init(t.Context(), test.in, quietly)
		if err == nil || status.Of(err) != test.status || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%+v: error %v, status %d; want %q, status %d", test.in, err, status.Of(err), test.says, test.status)
		}
	}
	if n := len(names(t, dir)); n != 22 {
		t.Errorf("%d files, want 22", n)
	}
	ok.Force = true
	if err := Init(t.Context(), ok, quietly); err != nil {
		t.Errorf("with Force: %v", err)
	}
}
