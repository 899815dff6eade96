package sum

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/flate"

	"matpool/internal/base/file"
	"matpool/internal/pair"
	"matpool/internal/pair/pairtest"
	"matpool/internal/product"
	"matpool/internal/status"
	"matpool/internal/sum/ddsum"
	"matpool/npyio"
)

// deflate makes of a .npz file what np.savez_compressed would have written.
func deflate(t *testing.T, name string) {
	t.Helper()
	in, err := zip.OpenReader(name)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var file bytes.Buffer
	out := zip.NewWriter(&file)
	for _, m := range in.File {
		r, err := m.Open()
		if err != nil {
			t.Fatal(err)
		}
		w, err := out.Create(m.Name)
		if err == nil {
			_, err = io.Copy(w, r)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(out.Close(), os.WriteFile(name, file.Bytes(), 0o666)); err != nil {
		t.Fatal(err)
	}
}

// Whatever the batches, the order and the number of threads, whether a batch gives
// its products or their sum, deflated or not: there is one sum and one norm.
func TestAnyBatchesGiveOneSum(t *testing.T) {
	dir := t.TempDir()
	// More than one block, and not a whole number of them.
	pairs := pairtest.Make(t, dir, pairtest.Equal(13, [3]int{300, 20, 251}))
	sumFile := filepath.Join(dir, "sum.npy")
	want, err := Serial(t.Context(), SerialOptions{Force: true, Pairs: pairs, Multiplier: pairtest.Multiplier(t, 2), Output: sumFile}, pairtest.Quietly)
	if err != nil {
		t.Fatal(err)
	}
	wantSum, err := os.ReadFile(sumFile)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(3, 4))
	for run := range 12 {
		var files []string
		var how []string
		for first := 0; first < len(pairs); {
			batch := pairs[first:min(first+1+rng.IntN(6), len(pairs))]
			threads := 1 + rng.IntN(3)
			if rng.IntN(3) == 0 {
				how = append(how, fmt.Sprint(len(batch), " products"))
				if err := product.Write(t.Context(), product.Options{Force: true, Pairs: batch, Multiplier: pairtest.Multiplier(t, threads)}, pairtest.Quietly); err != nil {
					t.Fatal(err)
				}
				for _, p := range batch {
					files = append(files, p.C)
				}
			} else {
				how = append(how, fmt.Sprint("sum of ", len(batch)))
				name := filepath.Join(dir, file.Indexed("partial.npz", first))
				if err := Partial(t.Context(), PartialOptions{Force: true, Pairs: batch, Multiplier: pairtest.Multiplier(t, threads), Output: name}, pairtest.Quietly); err != nil {
					t.Fatal(err)
				}
				if run%3 == 2 && rng.IntN(2) == 0 {
					how = append(how, "deflated")
					deflate(t, name)
				}
				files = append(files, name)
			}
			first += len(batch)
		}
		rng.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
		norm, err := Combine(t.Context(), CombineOptions{Names: files, Output: sumFile, Threads: 1 + rng.IntN(3)}, pairtest.Quietly)
		if err != nil {
			t.Fatal(err)
		}
		sum, err := os.ReadFile(sumFile)
		if err != nil || norm != want || !bytes.Equal(sum, wantSum) {
			t.Errorf("%v: norm %v, want %v; the same sum: %v, %v", how, norm, want, bytes.Equal(sum, wantSum), err)
		}
	}
}

// One batch has one partial sum, and of the exact sum nothing is lost in it: terms that
// cancel against those of another batch do so there.
func TestPartialSumsAreNotRounded(t *testing.T) {
	dir := t.TempDir()
	one := pairtest.Write(t, filepath.Join(dir, "one.npy"), 1, 1, []float64{1})
	product := func(i int, x float64) pair.Pair {
		return pair.Pair{A: one, B: pairtest.Write(t, filepath.Join(dir, file.Indexed("b.npy", i)), 1, 1, []float64{x})}
	}
	var files []string
	for i, batch := range [][]pair.Pair{{product(0, 1e30), product(1, 1)}, {product(2, -1e30), product(3, 0x1p-40)}} {
		var bytes [2]string
		for j, threads := range []int{1, 3} {
			name := filepath.Join(dir, fmt.Sprintf("partial%d-%d.npz", i, threads))
			if err := Partial(t.Context(), PartialOptions{Force: true, Pairs: batch, Multiplier: pairtest.Multiplier(t, threads), Output: name, Sync: true}, pairtest.Quietly); err != nil {
				t.Fatal(err)
			}
			content, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			bytes[j] = string(content)
			if j == 0 {
				files = append(files, name)
			}
		}
		if bytes[0] != bytes[1] {
			t.Errorf("batch %d: the bytes depend on the number of threads", i)
		}
	}
	norm, err := Combine(t.Context(), CombineOptions{Names: files, Threads: 1}, pairtest.Quietly)
	if want := 1 + 0x1p-40; err != nil || norm.Value != want {
		t.Errorf("norm %v, %v; want %v", norm, err, want)
	}
}

// NaN and the infinities come out of partial sums as they do of one sum.
func TestPartialSumsOfInfAndNaN(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, terms := range [][]float64{
		{inf, 1}, {1, inf, 2}, {inf, -inf}, {inf, 1, -inf}, {nan, 1}, {1, nan, inf}, {-inf, 1, -inf},
		{math.Copysign(0, -1), math.Copysign(0, -1)},
	} {
		dir := t.TempDir()
		one := pairtest.Write(t, filepath.Join(dir, "one.npy"), 1, 1, []float64{1})
		var pairs []pair.Pair
		for i, x := range terms {
			b := pairtest.Write(t, filepath.Join(dir, file.Indexed("b.npy", i)), 1, 1, []float64{x})
			pairs = append(pairs, pair.Pair{A: one, B: b})
		}
		sumFile := filepath.Join(dir, "sum.npy")
		if _, err := Serial(t.Context(), SerialOptions{Force: true, Pairs: pairs, Multiplier: pairtest.Multiplier(t, 1), Output: sumFile}, pairtest.Quietly); err != nil {
			t.Fatal(err)
		}
		want := pairtest.Read(t, sumFile).Data[0]
		for split := range len(terms) + 1 {
			var files []string
			for i, batch := range [][]pair.Pair{pairs[:split], pairs[split:]} {
				if len(batch) == 0 {
					continue
				}
				files = append(files, filepath.Join(dir, file.Indexed("partial.npz", i)))
				if err := Partial(t.Context(), PartialOptions{Force: true, Pairs: batch, Multiplier: pairtest.Multiplier(t, 1), Output: files[len(files)-1]}, pairtest.Quietly); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := Combine(t.Context(), CombineOptions{Names: files, Output: sumFile, Threads: 1}, pairtest.Quietly); err != nil {
				t.Fatal(err)
			}
			got := pairtest.Read(t, sumFile).Data[0]
			if math.Float64bits(got) != math.Float64bits(want) && !(got != got && want != want) {
				t.Errorf("%v, split at %d: %v, want %v", terms, split, got, want)
			}
		}
	}
}

// Partial sums that are not are refused, all of them by name.
func TestPartialSumsThatAreRefused(t *testing.T) {
	dir := t.TempDir()
	array := func(name string, shape ...int) npyio.Array {
		n := 1
		for _, size := range shape {
			n *= size
		}
		return npyio.Array{Name: name, Shape: shape, Values: make([]float64, n)}
	}
	var files, says []string
	add := func(says1 string, damage func([]byte) []byte, arrays ...npyio.Array) {
		var archive bytes.Buffer
		if err := npyio.WriteNpz(&archive, arrays...); err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(dir, file.Indexed("partial.npz", len(files)))
		if err := os.WriteFile(name, damage(archive.Bytes()), 0o666); err != nil {
			t.Fatal(err)
		}
		files, says = append(files, name), append(says, name+": "+says1)
	}
	whole := func(archive []byte) []byte { return archive }
	replace := func(old, new string) func([]byte) []byte {
		return func(archive []byte) []byte { return bytes.Replace(archive, []byte(old), []byte(new), 1) }
	}
	add(`hi: is 2×3, but lo is 3×2`, whole, array("hi", 2, 3), array("lo", 3, 2))
	add(`is 2×2, but `, whole, array("hi", 2, 2), array("lo", 2, 2))
	add(`holds the arrays "C", "hi", "lo"; a product is "arr_0", and a partial sum "hi" and "lo"`, whole, array("C", 2, 3), array("hi", 2, 3), array("lo", 2, 3))
	add(`holds the arrays "hi"; a product is`, whole, array("hi", 2, 3))
	add(`holds no arrays`, whole)
	add(`hi is in another order (C or Fortran) than lo`, replace("False, ", "True,  "), array("hi", 2, 3), array("lo", 2, 3))
	add(`hi: has type int64, but a partial sum must have float64 or complex128`, replace("<f8", "<i8"), array("hi", 2, 3), array("lo", 2, 3))
	add(`truncated or damaged`, func(archive []byte) []byte { return archive[:len(archive)-1] }, array("hi", 2, 3), array("lo", 2, 3))
	sound := filepath.Join(dir, "sound.npy")
	pairtest.Write(t, sound, 2, 3, make([]float64, 6))
	check := func(files, says []string) {
		t.Helper()
		out := filepath.Join(dir, "sum.npy")
		_, err := Combine(t.Context(), CombineOptions{Names: append([]string{sound}, files...), Output: out, Threads: 2}, pairtest.Quietly)
		if status.Of(err) != status.Data || len(status.List(err)) != len(files) {
			t.Fatalf("status %d:\n%v", status.Of(err), err)
		}
		for i, err := range status.List(err) {
			if !strings.HasPrefix(err.Error(), says[i]) {
				t.Errorf("%v\nwant %s", err, says[i])
			}
		}
		if _, err := os.Stat(out); !os.IsNotExist(err) {
			t.Error("there is a sum")
		}
	}
	check(files, says)

	// What only reading can tell is told of all files, too.
	files, says = nil, nil
	for range 3 {
		add("lo: damaged: zip: checksum error", func(archive []byte) []byte {
			archive[bytes.LastIndex(archive, []byte("PK\x01\x02"))-60] ^= 1 // a value of lo
			return archive
		}, array("hi", 2, 3), array("lo", 2, 3))
	}
	check(files, says)
}

// Stopped at any time, no partial sum is left.
func TestCancelLeavesNoPartialSum(t *testing.T) {
	dir := t.TempDir()
	pairs := pairtest.Make(t, dir, pairtest.Equal(4, [3]int{100, 100, 100}))
	before := pairtest.Names(t, dir)
	for after := range 4 {
		ctx, cancel := context.WithCancel(t.Context())
		steps := 0
		err := Partial(ctx, PartialOptions{Force: true, Pairs: pairs, Multiplier: pairtest.Multiplier(t, 1), Output: filepath.Join(dir, "partial.npz")}, func(int64, int64) {
			if steps++; steps > after {
				cancel()
			}
		})
		cancel()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
		if after := pairtest.Names(t, dir); !slices.Equal(after, before) {
			t.Fatalf("left behind: %v", after)
		}
	}
}

// What it would cost to deflate partial sums, and what it would save: see the note at
// [npyio.WriteNpz].
func BenchmarkDeflate(b *testing.B) {
	const n, terms = 1 << 20, 10
	for name, draw := range map[string]func(*rand.Rand) float64{
		"uniform": func(r *rand.Rand) float64 { return 250 + 8*r.NormFloat64() }, // a product of uniform matrices
		"normal":  func(r *rand.Rand) float64 { return 30 * r.NormFloat64() },
	} {
		r := rand.New(rand.NewPCG(1, 2))
		hi, lo, x := make([]float64, n), make([]float64, n), make([]float64, n)
		sum := ddsum.Sum{Hi: hi, Lo: lo}
		for range terms {
			for i := range x {
				x[i] = draw(r)
			}
			sum.Add(0, x)
		}
		var stored bytes.Buffer
		if err := npyio.WriteNpz(&stored, npyio.Array{Name: "hi", Shape: []int{n}, Values: hi}, npyio.Array{Name: "lo", Shape: []int{n}, Values: lo}); err != nil {
			b.Fatal(err)
		}
		var deflated bytes.Buffer
		b.Run(name+"/deflate", func(b *testing.B) {
			b.SetBytes(int64(stored.Len()))
			for b.Loop() {
				deflated.Reset()
				w, err := flate.NewWriter(&deflated, flate.BestSpeed)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := w.Write(stored.Bytes()); err != nil {
					b.Fatal(err)
				}
				if err := w.Close(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(deflated.Len())/float64(stored.Len()), "ratio")
		})
		b.Run(name+"/inflate", func(b *testing.B) {
			b.SetBytes(int64(stored.Len()))
			for b.Loop() {
				if _, err := io.Copy(io.Discard, flate.NewReader(bytes.NewReader(deflated.Bytes()))); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/store", func(b *testing.B) {
			b.SetBytes(int64(stored.Len()))
			for b.Loop() {
				if err := npyio.WriteNpz(io.Discard, npyio.Array{Name: "hi", Shape: []int{n}, Values: hi}, npyio.Array{Name: "lo", Shape: []int{n}, Values: lo}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
