package sum

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"matpool/elem"
	"matpool/internal/base/file"
	"matpool/internal/pair"
	"matpool/internal/pair/pairtest"
	"matpool/internal/product"
	"matpool/internal/random"
	"matpool/internal/random/nprand"
	"matpool/internal/status"
	"matpool/internal/sum/ddsum"
	"matpool/npyio"
)

// The serial check, and the combination of the products in any order, give one
// sum and one norm, with any number of threads.
func TestSerialAndCombineAgree(t *testing.T) {
	dir := t.TempDir()
	// More than one block, and not a whole number of them.
	pairs := pairtest.Make(t, dir, pairtest.Equal(7, [3]int{300, 20, 251}))
	var outputs []string
	for _, p := range pairs {
		outputs = append([]string{p.C}, outputs...)
	}
	if err := product.Write(t.Context(), product.Options{Force: true, Pairs: pairs, Multiplier: pairtest.Multiplier(t, 2)}, pairtest.Quietly); err != nil {
		t.Fatal(err)
	}
	var norms []Result
	var sums [][]byte
	note := func(norm Result, err error, sum string) {
		t.Helper()
		data, readErr := os.ReadFile(sum)
		if err != nil || readErr != nil {
			t.Fatal(err, readErr)
		}
		norms, sums = append(norms, norm), append(sums, data)
	}
	for threads := 1; threads <= 3; threads++ {
		name := filepath.Join(dir, "sum.npy")
		norm, err := Serial(t.Context(), SerialOptions{Force: true, Pairs: pairs, Multiplier: pairtest.Multiplier(t, threads), Output: name}, pairtest.Quietly)
		note(norm, err, name)
		norm, err = Combine(t.Context(), CombineOptions{Names: outputs, Output: name, Threads: threads}, pairtest.Quietly)
		note(norm, err, name)
	}
	for i := range norms {
		if norms[i] != norms[0] || !bytes.Equal(sums[i], sums[0]) {
			t.Errorf("run %d: norm %v or the sum differs from the first, %v", i, norms[i], norms[0])
		}
	}
	// And that norm is the norm of that sum.
	sum := pairtest.Read(t, filepath.Join(dir, "sum.npy"))
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
		files = append(files, pairtest.Write(t, filepath.Join(dir, file.Indexed("x.npy", i)), 1, n, data))
	}
	norm, err := Combine(t.Context(), CombineOptions{Names: files, Threads: 2, Open: keep}, pairtest.Quietly)
	if want := math.Hypot(p, p*(p-1)/2); err != nil || math.Abs(norm.Value-want) > 1e-9*want {
		t.Errorf("norm %v, %v; want %v", norm, err, want)
	}
}

// A file that changes under the reader's hands is found out, kept open or not.
func TestCombineFindsFilesThatChange(t *testing.T) {
	dir := t.TempDir()
	var files []string
	for i := range 2 {
		files = append(files, pairtest.Write(t, filepath.Join(dir, file.Indexed("x.npy", i)), 1, 2, []float64{1, 2}))
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
		_, err := Combine(t.Context(), CombineOptions{Names: files, Output: filepath.Join(dir, "sum.npy"), Threads: 1, Open: 1}, touch)
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
	pairs := pairtest.Make(t, dir, pairtest.Equal(4, [3]int{3, 4, 5}))
	pairtest.Write(t, pairs[1].B, 3, 5, make([]float64, 15))
	if err := errors.Join(os.Remove(pairs[2].A), os.Truncate(pairs[2].B, 200), os.WriteFile(pairs[3].A, []byte("text"), 0o666)); err != nil {
		t.Fatal(err)
	}
	_, missing := os.Stat(pairs[2].A)
	before := pairtest.Names(t, dir)
	for what, err := range map[string]error{
		"Products": product.Write(t.Context(), product.Options{Force: true, Pairs: pairs, Multiplier: pairtest.Multiplier(t, 1)}, pairtest.Quietly),
		"Serial": func() error {
			_, err := Serial(t.Context(), SerialOptions{Force: true, Pairs: pairs, Multiplier: pairtest.Multiplier(t, 1)}, pairtest.Quietly)
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
	if after := pairtest.Names(t, dir); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("before: %v\nafter: %v", before, after)
	}
}

func TestSumsNeedOneShape(t *testing.T) {
	dir := t.TempDir()
	pairs := pairtest.Make(t, dir, [][3]int{{3, 4, 5}, {3, 7, 5}, {4, 4, 5}})
	_, err := Serial(t.Context(), SerialOptions{Force: true, Pairs: pairs, Multiplier: pairtest.Multiplier(t, 1)}, pairtest.Quietly)
	if status.Of(err) != status.Data || !strings.Contains(err.Error(), "b2.npy: is 4×5, but ") {
		t.Errorf("Serial: %v", err)
	}
	_, err = Combine(t.Context(), CombineOptions{Names: []string{pairs[0].A, pairs[1].A, pairs[2].A}, Threads: 1}, pairtest.Quietly)
	if status.Of(err) != status.Data || !strings.Contains(err.Error(), "a1.npy: is 3×7, but ") || !strings.Contains(err.Error(), "a2.npy: is 4×4, but ") {
		t.Errorf("Combine: %v", err)
	}
}

// TestDamagedFactors changes one value in an archive: no program uses it.
func TestDamagedFactors(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	for _, stack := range [][]int{{100, 100}, {4, 100, 100}, {40, 100, 100}} {
		for _, fortran := range []bool{false, true} {
			file := pairtest.Typed(t, in("a.npy"), nprand.New(1), elem.Float64, fortran, stack...)
			pairtest.Pack(t, in("sound.npz"), zip.Store, map[string]string{"arr_0": file})
			content, err := os.ReadFile(in("sound.npz"))
			if err != nil {
				t.Fatal(err)
			}
			count, _ := npyio.Header{Shape: stack}.Len()
			for _, at := range []int{300, 300 + 8*int(count) - 400} {
				content[at] ^= 1
				if err := os.WriteFile(in("a.npz"), content, 0o666); err != nil {
					t.Fatal(err)
				}
				content[at] ^= 1
				m := pairtest.Multiplier(t, 2)
				for _, p := range []pair.Pair{pairtest.Of(in("a.npz"), file, in("c.npy")), pairtest.Of(file, in("a.npz:arr_0"), in("c.npy"))} {
					pairs := []pair.Pair{p}
					errs := []error{product.Write(t.Context(), product.Options{Force: true, Pairs: pairs, Multiplier: m}, pairtest.Quietly),
						Partial(t.Context(), PartialOptions{Force: true, Pairs: pairs, Multiplier: m, Output: in("c.npz")}, pairtest.Quietly)}
					_, err := Serial(t.Context(), SerialOptions{Force: true, Pairs: pairs, Multiplier: m, Output: in("c.npy")}, pairtest.Quietly)
					for _, err := range append(errs, err) {
						if !errors.Is(err, npyio.ErrFormat) {
							t.Errorf("%v, byte %d: %v, want a checksum error", stack, at, err)
						}
					}
				}
				for _, output := range []string{"c.npy", "c.npz"} {
					if _, err := os.Stat(in(output)); err == nil {
						t.Errorf("%v, byte %d: %s was written", stack, at, output)
					}
				}
			}
		}
	}
}

// The pairs that are made in memory are those that Init writes, of each distribution and type: the products,
// the sum and the norm have the same bits, with any number of threads.
func TestRandomPairsAreThoseOfInit(t *testing.T) {
	for _, test := range []struct{ dist, dtype string }{
		{"uniform", "float64"}, {"uniform", "float32"}, {"uniform", "float16"}, {"normal", "float64"}, {"normal", "float32"},
		{"integers:-3:5", "int8"}, {"integers:0:2", "bool"}, {"integers:0:1000", "int64"}, {"integers:0:70000", "uint32"},
	} {
		t.Run(test.dist+test.dtype, func(t *testing.T) {
			dir := t.TempDir()
			var numbers random.Numbers
			numbers.SetPCG64()
			for _, err := range []error{numbers.SetSeed("12345678901234567890"), numbers.SetDist(test.dist), numbers.SetDType(test.dtype)} {
				if err != nil {
					t.Fatal(err)
				}
			}
			const first, n, size = 5, 4, 61 // odd, so that halves of words are left over
			err := random.Write(t.Context(), random.Options{Dir: dir, A: "a.npy", B: "b.npy", Jobs: n, First: first, Streams: true, Size: size, Numbers: numbers}, pairtest.Quietly)
			if err != nil {
				t.Fatal(err)
			}
			made := pair.Pair{C: filepath.Join(dir, "made.npy"), Random: &pair.Random{Numbers: &numbers, Size: size}}
			read := pairtest.Of(filepath.Join(dir, "a.npy"), filepath.Join(dir, "b.npy"), filepath.Join(dir, "read.npy"))
			for threads := 1; threads <= 3; threads++ {
				m := pairtest.Multiplier(t, threads)
				var norms []string
				for _, p := range []pair.Pair{made, read} {
					pairs := p.Range(first, n)
					if err := product.Write(t.Context(), product.Options{Force: true, Pairs: pairs, Multiplier: m}, pairtest.Quietly); err != nil {
						t.Fatal(err)
					}
					norm, err := Serial(t.Context(), SerialOptions{Force: true, Pairs: pairs, Multiplier: m}, pairtest.Quietly)
					if err != nil {
						t.Fatal(err)
					}
					norms = append(norms, fmt.Sprint(norm))
				}
				if norms[0] != norms[1] {
					t.Errorf("%d threads: norms %v", threads, norms)
				}
				for i := first; i < first+n; i++ {
					c, err := os.ReadFile(made.Numbered(i).C)
					d, _ := os.ReadFile(read.Numbered(i).C)
					if err != nil || !bytes.Equal(c, d) {
						t.Errorf("%d threads: product %d differs (%v)", threads, i, err)
					}
				}
			}
		})
	}
}

// A fixed factor on either side, of any shape, order and type, gives the products and the sum of as many
// copies of it, with any number of threads.
func TestAFixedFactorIsAsManyCopies(t *testing.T) {
	source := nprand.New(5)
	for _, fixed := range []pair.Fixed{pair.FixedA, pair.FixedB} {
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
				pairtest.Typed(t, in("x.npy"), source, elem.Float32, test.fortran, test.fixed...)
				content, err := os.ReadFile(in("x.npy"))
				if err != nil {
					t.Fatal(err)
				}
				for i := range n {
					pairtest.Typed(t, in(fmt.Sprintf("y%d.npy", i)), source, elem.Float64, false, test.other...)
					if err := os.WriteFile(in(fmt.Sprintf("x%d.npy", i)), content, 0o666); err != nil {
						t.Fatal(err)
					}
				}
				got, want := pair.Pair{A: in("x.npy"), B: in("y.npy"), C: in("got.npy"), Fixed: fixed}, pairtest.Of(in("x.npy"), in("y.npy"), in("want.npy"))
				if fixed == pair.FixedB {
					got.A, got.B, want.A, want.B = got.B, got.A, want.B, want.A
				}
				for threads := 1; threads <= 3; threads++ {
					m := pairtest.Multiplier(t, threads)
					for _, p := range []pair.Pair{got, want} {
						if err := product.Write(t.Context(), product.Options{Force: true, Pairs: p.Range(0, n), Multiplier: m}, pairtest.Quietly); err != nil {
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
					norm, err := Serial(t.Context(), SerialOptions{Force: true, Pairs: got.Range(0, n), Multiplier: m}, pairtest.Quietly)
					copies, copyErr := Serial(t.Context(), SerialOptions{Force: true, Pairs: want.Range(0, n), Multiplier: m}, pairtest.Quietly)
					if err != nil || copyErr != nil || norm != copies {
						t.Errorf("%d threads: norm %v, %v; of copies %v, %v", threads, norm, err, copies, copyErr)
					}
				}
			})
		}
	}
}

// What is wrong with a fixed factor is told once, and what is wrong with the others too.
func TestABadFixedFactorIsToldOnce(t *testing.T) {
	dir := t.TempDir()
	pairtest.Make(t, dir, pairtest.Equal(3, [3]int{3, 4, 5}))
	if err := os.Remove(filepath.Join(dir, "b2.npy")); err != nil {
		t.Fatal(err)
	}
	p := pair.Pair{A: filepath.Join(dir, "none.npy"), B: filepath.Join(dir, "b.npy"), C: filepath.Join(dir, "c.npy"), Fixed: pair.FixedA}
	m := pairtest.Multiplier(t, 1)
	_, serial := Serial(t.Context(), SerialOptions{Force: true, Pairs: p.Range(0, 3), Multiplier: m}, pairtest.Quietly)
	for _, err := range []error{serial, product.Write(t.Context(), product.Options{Force: true, Pairs: p.Range(0, 3), Multiplier: m}, pairtest.Quietly)} {
		if status.Of(err) != status.Data || strings.Count(err.Error(), "none.npy") != 1 || strings.Count(err.Error(), "b2.npy") != 1 {
			t.Errorf("status %d, %v", status.Of(err), err)
		}
	}
}
