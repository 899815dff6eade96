package blas

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"matpool/elem"
)

// flip flips a bit of a value.
func flip(x *float64, bit int) { *x = math.Float64frombits(math.Float64bits(*x) ^ 1<<bit) }

// newChecked returns a checked Multiplier of one thread.
func newChecked(t *testing.T) checked {
	t.Helper()
	m, err := New("generic", 1)
	if err != nil {
		t.Fatal(err)
	}
	return checked{m}
}

// found returns the probability that a flipped bit is found in an n×n product of n×n matrices: by checksums
// if it changes the element, of all its row and column, by more than their bounds, otherwise if it is in the block.
func found(c, a, b Matrix, bit int) (probability float64) {
	n := c.Rows
	bounds := func(a, b Matrix) []float64 { // of rows
		sums, bounds := make([]float64, n), make([]float64, n)
		for k := range n {
			for j := range n {
				sums[k] += math.Abs(b.At(k, j))
			}
		}
		for i := range n {
			most := 0.0
			for k := range n {
				most += math.Abs(a.At(i, k)) * sums[k]
			}
			bounds[i] = rowBounds(n, n)(most)
		}
		return bounds
	}
	rows, cols := bounds(a, b), bounds(b.T(), a.T())
	for i := range n {
		for j := range n {
			x := c.At(i, j)
			flip(&x, bit)
			if change := math.Abs(x - c.At(i, j)); !(change <= min(rows[i], cols[j])) {
				probability++
			}
		}
	}
	probability /= float64(n * n)
	return probability + (1-probability)*againRows*againCols/float64(n*n)
}

// productForFlips returns an n×n product of random factors, uniform or normal.
func productForFlips(t *testing.T, n int, uniform bool) (c, a, b Matrix) {
	t.Helper()
	rng := rand.New(rand.NewPCG(43, 44))
	fill := rng.NormFloat64
	if uniform {
		fill = rng.Float64
	}
	a, _ = padded(n, n, 0, false, fill)
	b, _ = padded(n, n, 0, false, fill)
	c = newMatrix(n, n)
	mul(t, newChecked(t), c, a, b)
	return c, a, b
}

// rowOfFlips returns a row of the table in docs/SECURITY.md: the probability for some bits, and the mean of all.
func rowOfFlips(uniform bool, what string, of [64]float64) string {
	row := fmt.Sprintf("| %s, %s |", map[bool]string{true: "uniform on [0, 1)", false: "normal"}[uniform], what)
	mean := 0.0
	for bit, p := range of {
		mean += p / 64
		if slices.Contains([]int{0, 14, 16, 18, 20, 22, 24, 26, 28, 32, 36, 63}, bit) {
			row += fmt.Sprintf(" %.4f |", p)
		}
	}
	return row + fmt.Sprintf(" %.2f |\n", mean)
}

// Bits that are flipped in C before the check are found as often as computed, bit by bit, and at the
// upper bits always. With -v, it prints the rows of docs/SECURITY.md that are measured.
func TestCheckedFindsFlippedBits(t *testing.T) {
	flips := 800
	if testing.Short() {
		flips = 160
	}
	m, total := newChecked(t), 0
	for _, uniform := range []bool{true, false} {
		rng := rand.New(rand.NewPCG(41, 42))
		c, a, b := productForFlips(t, 64, uniform)
		var measured [64]float64
		for bit := range measured {
			want, got := found(c, a, b, bit), 0
			for range flips {
				x := &c.Data[rng.IntN(len(c.Data))]
				flip(x, bit)
				if err := m.check(t.Context(), c, a.Factor(), b.Factor()); errors.Is(err, ErrWrong) {
					got++
				} else if err != nil {
					t.Fatal(err)
				}
				flip(x, bit)
				total++
			}
			measured[bit] = float64(got) / float64(flips)
			if math.Abs(measured[bit]-want) > 5*math.Sqrt(want*(1-want)/float64(flips))+0.02 {
				t.Errorf("uniform = %v, bit %d: found %.3f of %d flips, computed %.3f", uniform, bit, measured[bit], flips, want)
			}
			if bit >= 40 && bit != 63 && got < flips*95/100 || bit > 54 && bit < 63 && got < flips {
				t.Errorf("uniform = %v, bit %d: found only %d of %d flips", uniform, bit, got, flips)
			}
		}
		t.Log(rowOfFlips(uniform, "64, measured", measured))
	}
	t.Logf("%d flips", total)
}

// docs/SECURITY.md has the table of these probabilities.
func TestTableOfFlippedBits(t *testing.T) {
	if testing.Short() {
		t.Skip("go test -short leaves out what takes long")
	}
	page, err := os.ReadFile("../docs/SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, uniform := range []bool{true, false} {
		for _, n := range []int{64, 100, 1000} {
			c, a, b := productForFlips(t, n, uniform)
			var computed [64]float64
			for bit := range computed {
				computed[bit] = found(c, a, b, bit)
			}
			if row := rowOfFlips(uniform, fmt.Sprint(n), computed); !strings.Contains(string(page), row) {
				t.Errorf("docs/SECURITY.md lacks the row\n%s", row)
			}
		}
	}
}

// Every flipped bit is found in small products, and in those of integers, in float64s or not.
func TestCheckedFindsEveryBit(t *testing.T) {
	m := newChecked(t)
	rng := rand.New(rand.NewPCG(45, 46))
	for _, x := range []struct {
		rows, k, cols int
		t             elem.Type
	}{{10, 12, 9, elem.Float64}, {5, 7, 6, elem.Complex64}, {50, 60, 70, elem.Int16}, {60, 50, 40, elem.Bool}} {
		a, b := factor(rng, x.rows, x.k, x.t, order{trans: true}, false, false), factor(rng, x.k, x.cols, x.t, order{}, false, false)
		c := newMatrix(x.rows, x.cols*x.t.Parts())
		if err := m.Mul(t.Context(), c, a, b, nil); err != nil {
			t.Fatal(err)
		}
		for bit := range 64 {
			at := &c.Data[rng.IntN(len(c.Data))]
			if *at == 0 && bit == 63 {
				*at = 1 // −0 is 0 as an integer
			}
			flip(at, bit)
			if err := m.check(t.Context(), c, a, b); !errors.Is(err, ErrWrong) {
				t.Errorf("%v: bit %d of an element was flipped to %v: %v", x, bit, *at, err)
			}
			if err := m.Mul(t.Context(), c, a, b, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Matmul and Gram fail when a high bit of the product flips before the last of the multiplications is reported.
func TestCheckedMatmulFails(t *testing.T) {
	rng := rand.New(rand.NewPCG(47, 48))
	const n = 70
	for _, typ := range elem.Types() {
		for _, gram := range []bool{false, true} {
			if gram && typ.IsComplex() {
				continue
			}
			x, y := factor(rng, n, n, typ, order{swap: true}, false, false), factor(rng, n, n, typ, order{}, false, false)
			memory := make([]float64, n*n*typ.Parts())
			for _, faulty := range []bool{false, true} {
				left := Multiplications(n, n, n, typ, typ)
				if gram {
					left = GramMultiplications(n, n)
				}
				count := func(done int64) {
					if left -= done; left == 0 && faulty {
						flip(&memory[1], 62)
					}
				}
				var err error
				if gram {
					_, err = Gram(t.Context(), newChecked(t), memory, x, count)
				} else {
					_, err = Matmul(t.Context(), newChecked(t), memory, x, y, count)
				}
				if faulty != errors.Is(err, ErrWrong) || err != nil && !faulty {
					t.Errorf("%v, Gram %v, faulty %v: %v", typ, gram, faulty, err)
				}
			}
		}
	}
}

// The products of a stack are checked, each by itself or all as one.
func TestCheckedStackFails(t *testing.T) {
	const n, size = 5, 9
	for _, shared := range []bool{true, false} {
		rng := rand.New(rand.NewPCG(53, 54))
		a, _ := padded(n*size, size, 0, false, rng.NormFloat64)
		b, _ := padded(n*size, size, 0, false, rng.NormFloat64)
		if shared {
			b, _ = padded(size, size, 0, false, rng.NormFloat64)
		}
		x, y := a.Factor(), b.Factor()
		x.Rows, y.Rows = size, size
		for _, faults := range []bool{false, true} {
			m := checked{faulty{newChecked(t).Multiplier, faults}}
			if _, err := MatmulStack(t.Context(), m, make([]float64, n*size*size), n, x, y); faults != errors.Is(err, ErrWrong) {
				t.Errorf("shared %v, faulty %v: %v", shared, faults, err)
			}
		}
	}
}

// A faulty Multiplier flips a high bit of an element.
type faulty struct {
	Multiplier
	faults bool
}

func (m faulty) Mul(ctx context.Context, c Matrix, a, b Factor, progress func(int64)) error {
	err := m.Multiplier.Mul(ctx, c, a, b, progress)
	if m.faults {
		flip(&c.Data[3], 58)
	}
	return err
}

var unalarmed = flag.Int("unalarmed", 400, "how many random products must raise no alarm")

// No correct product raises an alarm: of any types, shapes, orders and kernel, with values of any size beside each other,
// down to subnormal numbers and up to infinity, or of random bytes.
func TestCheckedRaisesNoFalseAlarm(t *testing.T) {
	var multipliers []Multiplier
	for _, kernel := range Kernels() {
		for threads := 1; threads <= 3; threads++ {
			m, err := New(kernel, threads)
			if err != nil {
				t.Fatal(err)
			}
			multipliers = append(multipliers, Checked(m))
		}
	}
	rng := rand.New(rand.NewPCG(55, 56))
	types := elem.Types()
	for i := range *unalarmed {
		random := func(rows, cols int) Factor {
			typ, o := types[rng.IntN(len(types))], orders()[rng.IntN(4)]
			x := factor(rng, rows, cols, typ, o, false, rng.IntN(2) == 0)
			if typ.IsInteger() || typ == elem.Bool {
				return x
			}
			switch part := typ.Part(); rng.IntN(4) {
			case 0: // of random bytes
				for i := range x.Data {
					x.Data[i] = byte(rng.Uint32())
				}
			case 1, 2: // of any size, or so large and so small that products overflow and underflow
				values := make([]float64, len(x.Data)/part.Size())
				middle := []int{-1000, -500, 0, 500, 960}[rng.IntN(5)]
				for i := range values {
					values[i] = math.Ldexp(rng.NormFloat64(), middle+rng.IntN(120)-60)
				}
				elem.FromFloat64(x.Data, values, part)
				if o.swap {
					elem.SwapBytes(x.Data, part)
				}
			}
			return x
		}
		size := func() int { return 1 + rng.IntN([]int{8, 80, 400}[rng.IntN(3)]) }
		rows, k, cols := size(), size(), size()
		a, b, m := random(rows, k), random(k, cols), multipliers[rng.IntN(len(multipliers))]
		memory := make([]float64, rows*cols*2)
		var err error
		if rng.IntN(4) == 0 && !b.Type.IsComplex() {
			_, err = Gram(t.Context(), m, make([]float64, cols*cols), b, func(int64) {})
		} else {
			_, err = Matmul(t.Context(), m, memory, a, b, func(int64) {})
		}
		if err != nil {
			t.Errorf("product %d, %d×%d×%d, %v times %v, %v: %v", i, rows, k, cols, a.Type, b.Type, m, err)
		}
	}
}

// The sums of lines' products do not depend on which of them are computed side by side, nor on which are asked for.
func TestSumsOfLines(t *testing.T) {
	rng := rand.New(rand.NewPCG(57, 58))
	integers := func(n int, least int) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = float64(rng.IntN(200) + least)
		}
		return x
	}
	for length := 1; length < 40; length++ {
		for n := 1; n <= 2; n++ {
			lines := Dense(3, length, integers(3*length, -100))
			v, s := &sums{integers(length+2, -100), integers(length+2, 0)}, &sums{integers(5, -100), integers(5, 0)}
			along, across, wantAlong, wantAcross := newSums(4), newSums(length), newSums(4), newSums(length)
			for i := range n {
				for j := range length {
					x := lines.At(1+i, j)
					wantAlong.values[2+i] += x * v.values[1+j]
					wantAlong.abs[2+i] += math.Abs(x) * v.abs[1+j]
					wantAcross.values[j] += x * s.values[2+i]
					wantAcross.abs[j] += math.Abs(x) * s.abs[2+i]
				}
			}
			add := func(withAlong, withAcross *sums) {
				addLines(summand{withAlong, 1, along, 1}, summand{withAcross, 1, nil, 0}, across.values, across.abs, lines, 1, n)
			}
			add(v, s)
			if !reflect.DeepEqual([]*sums{along, across}, []*sums{wantAlong, wantAcross}) {
				t.Errorf("%d lines of %d values: %v and %v, want %v and %v", n, length, along, across, wantAlong, wantAcross)
			}
			along, across = newSums(4), newSums(length)
			add(v, nil)
			if !reflect.DeepEqual(along, wantAlong) {
				t.Errorf("%d lines of %d values, along alone: %v, want %v", n, length, along, wantAlong)
			}
			along, across = newSums(4), newSums(length)
			add(nil, s)
			if !reflect.DeepEqual(across, wantAcross) {
				t.Errorf("%d lines of %d values, across alone: %v, want %v", n, length, across, wantAcross)
			}
		}
	}
}

// A NaN or an infinity in a factor hides its row or column only; values near the largest raise no alarm.
func TestCheckedWithSpecialValues(t *testing.T) {
	m := newChecked(t)
	const n = 64
	for _, special := range []float64{math.NaN(), math.Inf(1), math.MaxFloat64, math.SmallestNonzeroFloat64} {
		for _, inA := range []bool{true, false} {
			rng := rand.New(rand.NewPCG(49, 50))
			a, _ := padded(n, n, 0, false, rng.NormFloat64)
			b, _ := padded(n, n, 0, false, rng.NormFloat64)
			if inA {
				a.Data[5*n+3] = special
			} else {
				b.Data[3*n+5] = special
			}
			c := newMatrix(n, n)
			mul(t, m, c, a, b)
			for _, at := range []int{0, 7, n*n - 1} {
				flip(&c.Data[at], 60)
				if err := m.check(t.Context(), c, a.Factor(), b.Factor()); !errors.Is(err, ErrWrong) {
					t.Errorf("%v in A: %v, element %d: %v", special, inA, at, err)
				}
				flip(&c.Data[at], 60)
			}
		}
	}
}
