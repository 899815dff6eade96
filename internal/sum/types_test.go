package sum

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"matpool/elem"
	"matpool/internal/arrayfile"
	"matpool/internal/base/file"
	"matpool/internal/pair"
	"matpool/internal/pair/pairtest"
	"matpool/internal/product"
	"matpool/internal/random/nprand"
	"matpool/npyio"
)

// terms returns the values of a file exactly, as hi + lo, complex ones as re, im; spread over
// twice as many if the sum is complex and they are not.
func exactTerms(t *testing.T, name string, parts int) (hi, lo []float64) {
	t.Helper()
	f, err := npyio.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	typ, count := arrayfile.Type(f.Header), 1
	for _, size := range f.Shape {
		count *= size
	}
	data := make([]byte, count*typ.Size())
	if err := f.Read(data, 0); err != nil {
		t.Fatal(err)
	}
	hi, lo = make([]float64, count*typ.Parts()), make([]float64, count*typ.Parts())
	if typ == elem.Int64 || typ == elem.Uint64 {
		elem.SplitInt64(hi, lo, data, typ, false)
	} else {
		elem.ToFloat64(hi, data, typ, false)
	}
	if parts > typ.Parts() {
		spread := func(x []float64) (y []float64) {
			for _, v := range x {
				y = append(y, v, 0)
			}
			return y
		}
		hi, lo = spread(hi), spread(lo)
	}
	return hi, lo
}

// The sum of products is that of their files, whatever their types and shapes: each is
// rounded to its type first, and 64-bit integers are added exactly.
func TestSumsOfTypes(t *testing.T) {
	matrix, stack := [2][]int{{70, 30}, {30, 50}}, [2][]int{{3, 1, 20, 8}, {5, 8, 7}}
	for i, test := range []struct {
		types  [][2]elem.Type // of each pair
		shapes [2][]int
		sum    elem.Type
	}{
		{[][2]elem.Type{{elem.Float32, elem.Float32}, {elem.Float16, elem.Float16}, {elem.Float32, elem.Float64}}, matrix, elem.Float64},
		{[][2]elem.Type{{elem.Int64, elem.Int64}, {elem.Uint64, elem.Uint8}, {elem.Int8, elem.Int8}, {elem.Bool, elem.Bool}}, matrix, elem.Float64},
		{[][2]elem.Type{{elem.Complex64, elem.Float32}, {elem.Complex128, elem.Complex128}}, matrix, elem.Complex128},
		{[][2]elem.Type{{elem.Float32, elem.Float32}, {elem.Complex64, elem.Complex64}, {elem.Int64, elem.Int64}}, matrix, elem.Complex128},
		{[][2]elem.Type{{elem.Float32, elem.Float32}, {elem.Int64, elem.Int64}}, stack, elem.Float64},
		{[][2]elem.Type{{elem.Int64, elem.Int64}, {elem.Complex64, elem.Complex64}}, stack, elem.Complex128},
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			dir, source := t.TempDir(), nprand.New(uint32(i))
			var pairs []pair.Pair
			for k, types := range test.types {
				pairs = append(pairs, pair.Pair{
					A: pairtest.Typed(t, filepath.Join(dir, file.Indexed("a.npy", k)), source, types[0], k%2 == 1, test.shapes[0]...),
					B: pairtest.Typed(t, filepath.Join(dir, file.Indexed("b.npy", k)), source, types[1], k%2 == 0, test.shapes[1]...),
					C: filepath.Join(dir, file.Indexed("c.npy", k)),
				})
			}
			if err := product.Write(t.Context(), product.Options{Force: true, Pairs: pairs, Multiplier: pairtest.Multiplier(t, 2)}, pairtest.Quietly); err != nil {
				t.Fatal(err)
			}
			// Three terms of 53 bits, of like sizes, fit the 106 of hi + lo: added exactly.
			var hi, lo []float64
			for _, p := range pairs {
				x, low := exactTerms(t, p.C, test.sum.Parts())
				if hi == nil {
					hi, lo = make([]float64, len(x)), make([]float64, len(x))
				}
				addExactly(hi, lo, x)
				addExactly(hi, lo, low)
			}
			for threads := 1; threads <= 3; threads++ {
				sum, partial := filepath.Join(dir, "sum.npy"), filepath.Join(dir, "partial.npz")
				if _, err := Serial(t.Context(), SerialOptions{Force: true, Pairs: pairs, Multiplier: pairtest.Multiplier(t, threads), Output: sum}, pairtest.Quietly); err != nil {
					t.Fatal(err)
				}
				want := npyio.Header{DType: npyio.DTypeOf(test.sum), Shape: shapeOfProduct(t, pairs[0])}.Append(nil)
				for _, x := range hi {
					want = binary.NativeEndian.AppendUint64(want, math.Float64bits(x))
				}
				if got, err := os.ReadFile(sum); err != nil || !bytes.Equal(got, want) {
					t.Errorf("%d threads: the sum differs, %v", threads, err)
				}
				if err := Partial(t.Context(), PartialOptions{Force: true, Pairs: pairs, Multiplier: pairtest.Multiplier(t, threads), Output: partial}, pairtest.Quietly); err != nil {
					t.Fatal(err)
				}
				arrays, err := openPartial(partial)
				if err != nil {
					t.Fatal(err)
				}
				for k, want := range [][]float64{hi, lo} {
					data := make([]byte, 8*len(want))
					if err := arrays[k].Read(data, 0); err != nil {
						t.Fatal(err)
					}
					got := make([]float64, len(want))
					elem.ToFloat64(got, data, elem.Float64, false)
					if arrayfile.Type(arrays[k].Header) != test.sum || !slices.Equal(got, want) {
						t.Errorf("%d threads: array %d of the partial sum differs", threads, k)
					}
				}
				arrays[0].Close()
			}
		})
	}
}

func shapeOfProduct(t *testing.T, p pair.Pair) []int {
	t.Helper()
	m, err := product.Describe(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m.C.Shape
}

// addExactly is ddsum's addition of one term, spelled out.
func addExactly(hi, lo, x []float64) {
	for i, v := range x {
		s := hi[i] + v
		b := s - hi[i]
		e := (hi[i] - (s - b)) + (v - b) + lo[i]
		hi[i] = s + e
		lo[i] = e - (hi[i] - s)
	}
}

// Pairs whose products have one shape may be stacks of different ones.
func TestSumOfDifferentStacks(t *testing.T) {
	dir, source := t.TempDir(), nprand.New(9)
	var pairs []pair.Pair
	for i, shapes := range [][2][]int{{{6, 4}, {4, 5}}, {{4}, {6, 4, 5}}, {{6, 4}, {4, 5}}, {{6, 1, 4}, {4}}} {
		pairs = append(pairs, pair.Pair{
			A: pairtest.Typed(t, filepath.Join(dir, file.Indexed("a.npy", i)), source, elem.Float64, false, shapes[0]...),
			B: pairtest.Typed(t, filepath.Join(dir, file.Indexed("b.npy", i)), source, elem.Float64, true, shapes[1]...),
		})
	}
	for threads := 1; threads <= 3; threads++ {
		if _, err := Serial(t.Context(), SerialOptions{Force: true, Pairs: pairs[:3], Multiplier: pairtest.Multiplier(t, threads)}, pairtest.Quietly); err != nil {
			t.Error(err)
		}
	}
	if _, err := Serial(t.Context(), SerialOptions{Force: true, Pairs: pairs, Multiplier: pairtest.Multiplier(t, 1)}, pairtest.Quietly); err == nil {
		t.Error("6×5 and 6×1 have a sum")
	}
}
