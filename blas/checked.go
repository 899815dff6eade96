package blas

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"

	"matpool/elem"
	"matpool/internal/base/each"
)

// ErrWrong is what the error of a [Checked] Multiplier wraps if a product is not A·B: the processor
// or its memory has failed.
var ErrWrong = errors.New("this processor or its memory computes wrongly")

// Checked returns a Multiplier that computes with m, and then compares each product with what it
// must be, in three ways that take O(n²) operations:
//
//   - Row checksums: C·e = A·(B·e), where e is all ones, and column checksums, eᵀ·C = (eᵀ·A)·B
//     (Huang and Abraham, Algorithm-Based Fault Tolerance for Matrix Operations, IEEE Trans.
//     Comput. C-33, 1984). Both sides are rounded, so they may differ by
//
//     γₘ|A|(|B|e),  γₘ = mu/(1−mu),  u = 2⁻⁵³
//
//     where m is the sum of the longest chains of roundings in C, C·e, B·e and A·(B·e) (Higham,
//     Accuracy and Stability of Numerical Algorithms, 2nd ed., (3.13) for each, Lemma 3.3 for
//     their sum), and by the smallest number for each product that underflows (section 2.2).
//     The bound holds for every matrix: a difference beyond it is a fault, never bad luck. Products of integers have
//     exact checksums, modulo 2⁶⁴.
//
//   - A random block of C, 4×32, is computed again by the definition, and compared bit for bit.
//
//   - Small products are computed again as a whole instead.
//
// So a flipped bit of C is always found in a product of integers or a small one. In one of
// floats it is found if it changes the element by more than a bound of its row or column, or lies in the block.
// Where the bound is not finite (NaN, infinity or overflow in the row's factors), only the column and
// the block can show it. docs/SECURITY.md gives the probabilities.
//
// What is checked is the product in float64s or int64s, before it is rounded to a shorter type.
func Checked(m Multiplier) Multiplier { return checked{m} }

type checked struct{ Multiplier }

// Sizes of what is computed again.
const (
	againRows, againCols = 4, 32   // tiles of the kernel generic
	againWhole           = 1 << 15 // multiplications in a product that is computed again as a whole
)

func (m checked) String() string { return m.Multiplier.String() + ", checked" }

func (m checked) Split(n int) ([]Multiplier, error) {
	parts, err := m.Multiplier.Split(n)
	for i := range parts {
		parts[i] = checked{parts[i]}
	}
	return parts, err
}

func (m checked) Mul(ctx context.Context, c Matrix, a, b Factor, progress func(int64)) error {
	if err := m.Multiplier.Mul(ctx, c, a, b, progress); err != nil {
		return err
	}
	return m.check(ctx, c, a, b)
}

func (m checked) Gram(ctx context.Context, c Matrix, x Factor, progress func(int64)) error {
	if err := m.Multiplier.Gram(ctx, c, x, progress); err != nil {
		return err
	}
	return m.check(ctx, c, x.T(), x)
}

// check returns an error if C is not A·B.
func (m checked) check(ctx context.Context, c Matrix, a, b Factor) error {
	w := watch(ctx, a, b)
	defer w.end()
	x, y := operands(a, b)
	if c, x, y, done := prepare(c, x, y); !done {
		var err error
		if float64(c.Rows)*float64(c.Cols)*float64(x.cols) <= againWhole {
			w.read(func() { err = m.wholeAgain(c, x, y) })
		} else {
			t := elem.Result(a.Type, b.Type)
			exact := t == elem.Bool
			w.read(func() {
				exact = exact || t.IsInteger() && isExact(a, b, a.Cols)
				err = m.blockAgain(c, x, y)
			})
			switch {
			case err != nil || w.Err() != nil:
			case exact:
				err = checkIntegers(m, w, c.Data, c.Stride, x, y)
			default:
				err = m.checksums(w, c, x, y)
			}
		}
		if w.Err() == nil {
			return err
		}
	}
	return context.Cause(w)
}

// checksums compares C·e with A·(B·e), and eᵀ·C with (eᵀ·A)·B.
func (m checked) checksums(w *watched, c Matrix, a, b operand) error {
	left, right := onesOf(a.rows), onesOf(b.cols)
	be, _ := m.times(w, b, nil, right)
	abe, ea := m.times(w, a, left, be)
	_, eab := m.times(w, b, ea, nil)
	ce, ec := m.times(w, plain(c.Factor()), left, right)
	if w.Err() != nil {
		return nil
	}
	return cmp.Or(compareSums(ce, abe, a.cols, b.cols), compareSums(ec, eab, a.cols, a.rows))
}

// compareSums compares the sums of C's rows, of n values each, with what they must be.
func compareSums(got, want *sums, k, n int) error {
	boundOf := rowBounds(k, n)
	for i, most := range want.abs {
		bound := boundOf(most)
		if most < math.MaxFloat64/4 && !(math.Abs(got.values[i]-want.values[i]) <= bound) {
			return fmt.Errorf("%w: values of a product that must add up to %v ± %.1g add up to %v", ErrWrong, want.values[i], bound, got.values[i])
		}
	}
	return nil
}

// rowBounds returns a function that says how far C·e and A·(B·e) may be apart in a row for which |A|(|B|e) is given, itself
// rounded: k is the number of A's columns, n that of C's.
func rowBounds(k, n int) func(most float64) float64 {
	m := float64(min(k, Panel) + ceilDiv(k, Panel) + 2*longestChain(n) + longestChain(k))
	gamma := m * 0x1p-53 / (1 - float64(m*0x1p-53))
	relative, absolute := gamma*(1+0x1p-20), float64(k)*float64(n+2)*math.SmallestNonzeroFloat64
	return func(most float64) float64 { return float64(relative*most) + absolute }
}

// The blocks in which the factors are read are 32 lines of memory by 256 values.
const checkLines, checkLength = 32, scratchSize / 32

// longestChain returns how often a value of [checked.times] is rounded at most, for sums of n values: in a block, four sums
// of 64 products, or one of 32; then once for each block, and for each thread but one, which has a block at least.
func longestChain(n int) int { return checkLength/4 + 6 + ceilDiv(n, checkLines) }

// Sums are the values of a vector, and those that it would have if all that they are made of were positive.
type sums struct{ values, abs []float64 }

func newSums(n int) *sums { return &sums{make([]float64, n), make([]float64, n)} }

// onesOf returns e.
func onesOf(n int) *sums {
	ones := make([]float64, n)
	for i := range ones {
		ones[i] = 1
	}
	return &sums{ones, ones}
}

// times returns X·right and leftᵀ·X, unless right or left is nil. X is read once.
func (m checked) times(w *watched, x operand, left, right *sums) (ofRows, ofCols *sums) {
	ofRows, ofCols = newSums(x.rows), newSums(x.cols)
	ofThreads := make([]*sums, m.Threads()) // of columns: those of a row are one thread's
	m.blocks(w, x, func(thread, i, k int, x operand, scratch []float64) {
		if left != nil && ofThreads[thread] == nil {
			ofThreads[thread] = newSums(len(ofCols.values))
		}
		along, across := summand{right, k, ofRows, i}, summand{left, i, ofThreads[thread], k}
		count, length := x.rows, x.cols
		if x.trans {
			along, across, count, length = across, along, length, count
		}
		lines := x.convert(scratch)
		var sum [2][checkLength]float64
		for line := 0; line < count; line += 2 {
			addLines(along, across, sum[0][:length], sum[1][:length], lines, line, min(2, count-line))
		}
		if across.with != nil {
			across.to.add(across.at, sum[0][:length], sum[1][:length])
		}
	})
	for _, s := range ofThreads {
		if s != nil {
			ofCols.add(0, s.values, s.abs)
		}
	}
	return ofRows, ofCols
}

// addLines adds the products of one or two lines with along, and adds the lines times across to sums and absSums.
func addLines(along, across summand, sums, absSums []float64, lines Matrix, line, n int) {
	values := func(i int) []float64 { return lines.Data[(line+i)*lines.Stride:][:len(sums)] }
	taken := 0
	if n == 2 {
		var got, with [4]float64
		v, absV := sums, absSums // any values, if there are none
		if along.with != nil {
			v, absV = along.with.values[along.from:], along.with.abs[along.from:]
		}
		if across.with != nil {
			at := across.from + line
			with = [4]float64{across.with.values[at], across.with.abs[at], across.with.values[at+1], across.with.abs[at+1]}
		}
		taken = twoLines(&got, sums, absSums, values(0), values(1), v, absV, &with, 2*lines.Stride) // what lies ahead is fetched
		if along.with != nil && taken > 0 {
			along.to.add(along.at+line, []float64{got[0], got[2]}, []float64{got[1], got[3]})
		}
	}
	for i := range n {
		if rest := values(i)[taken:]; len(rest) > 0 {
			if along.with != nil {
				value, abs := sumAndAbs(rest, along.with.values[along.from+taken:], along.with.abs[along.from+taken:])
				along.to.values[along.at+line+i] += value
				along.to.abs[along.at+line+i] += abs
			}
			if across.with != nil {
				addScaled(sums[taken:], absSums[taken:], rest, across.with.values[across.from+line+i], across.with.abs[across.from+line+i])
			}
		}
	}
}

// A summand is a block's product with values from a place on, which is added to sums at another.
type summand struct {
	with *sums
	from int
	to   *sums
	at   int
}

// add adds values from a place on.
func (s *sums) add(at int, values, abs []float64) {
	for i, v := range values {
		s.values[at+i] += v
		s.abs[at+i] += abs[i]
	}
}

// blocks calls do with each block of x that begins at (i, k), on all threads. The blocks of a row are
// those of one thread.
func (m checked) blocks(w *watched, x operand, do func(thread, i, k int, block operand, scratch []float64)) {
	rows, cols := checkLines, checkLength
	if x.trans {
		rows, cols = cols, rows
	}
	g := m.inGo()
	threads := g.threads
	if float64(x.rows)*float64(x.cols) < smallProduct/4 {
		threads = 1
	}
	each.Worker(threads, ceilDiv(x.rows, rows), func(thread int, mine iter.Seq[int]) {
		w.read(func() {
			for unit := range mine {
				i := unit * rows
				for k := 0; k < x.cols && w.Err() == nil; k += cols {
					do(thread, i, k, x.View(i, k, min(rows, x.rows-i), min(cols, x.cols-k)), g.workers[thread].scratch)
				}
			}
		})
	})
}

// sumAndAbs returns x·v and |x|·absV.
func sumAndAbs(x, v, absV []float64) (sum, absSum float64) {
	v, absV = v[:len(x)], absV[:len(x)]
	var s0, s1, s2, s3, t0, t1, t2, t3 float64
	for len(x) >= 4 && len(v) >= 4 && len(absV) >= 4 {
		s0 += float64(x[0] * v[0])
		t0 += float64(math.Abs(x[0]) * absV[0])
		s1 += float64(x[1] * v[1])
		t1 += float64(math.Abs(x[1]) * absV[1])
		s2 += float64(x[2] * v[2])
		t2 += float64(math.Abs(x[2]) * absV[2])
		s3 += float64(x[3] * v[3])
		t3 += float64(math.Abs(x[3]) * absV[3])
		x, v, absV = x[4:], v[4:], absV[4:]
	}
	for i := range x {
		s0 += float64(x[i] * v[i])
		t0 += float64(math.Abs(x[i]) * absV[i])
	}
	return (s0 + s1) + (s2 + s3), (t0 + t1) + (t2 + t3)
}

// addScaled adds x·v and |x|·absV.
func addScaled(sums, absSums, x []float64, v, absV float64) {
	sums, absSums = sums[:len(x)], absSums[:len(x)]
	for i, x := range x {
		sums[i] += float64(x * v)
		absSums[i] += float64(math.Abs(x) * absV)
	}
}

// wholeAgain computes all of C again.
func (m checked) wholeAgain(c Matrix, a, b operand) error {
	for i := 0; i < c.Rows; i += againRows {
		for j := 0; j < c.Cols; j += againCols {
			if err := m.again(c, a, b, i, j); err != nil {
				return err
			}
		}
	}
	return nil
}

// blockAgain computes a block of C again, anywhere.
func (m checked) blockAgain(c Matrix, a, b operand) error {
	i, j := rand.IntN(max(c.Rows-againRows, 0)+1), rand.IntN(max(c.Cols-againCols, 0)+1)
	return m.again(c, a, b, i&^(a.lines.double()-1), j&^(b.lines.double()-1))
}

// again computes the block of C that begins at (i, j) by the definition, and compares the bits.
func (m checked) again(c Matrix, a, b operand, i, j int) error {
	rows, cols := min(againRows, c.Rows-i), min(againCols, c.Cols-j)
	w := m.inGo().workers[0]
	packedA, packedB := w.packedA[:againRows*Panel], w.packedA[againRows*Panel:][:againCols*Panel]
	var sums [againRows][againCols]float64
	for p := 0; p < a.cols; p += Panel {
		depth := min(Panel, a.cols-p)
		pack(packedA, a.View(i, p, rows, depth).T(), againRows, w.scratch)
		pack(packedB, b.View(p, j, depth, cols), generic.cols, w.scratch)
		for s := 0; s < cols; s += generic.cols {
			var tile [16]float64
			chains(&tile, packedA[:againRows*depth], packedB[s*depth:][:generic.cols*depth])
			for at, chain := range tile {
				sums[at/generic.cols][s+at%generic.cols] += chain
			}
		}
	}
	for r := range rows {
		for s := range cols {
			got, want := c.At(i+r, j+s), sums[r][s]
			if math.Float64bits(got) != math.Float64bits(want) && !(math.IsNaN(got) && math.IsNaN(want)) {
				return fmt.Errorf("%w: a value of a product is %v, and %v when computed again", ErrWrong, got, want)
			}
		}
	}
	return nil
}

// checkIntegers compares C·e with A·(B·e) and eᵀ·C with (eᵀ·A)·B modulo 2⁶⁴. C's values must be whole.
func checkIntegers[T float64 | int64](m checked, w *watched, c []T, stride int, a, b operand) error {
	rows, cols, whole := make([]int64, a.rows), make([]int64, b.cols), true
	for i := range rows {
		for j, v := range c[i*stride:][:len(cols)] {
			n := int64(v)
			whole = whole && T(n) == v
			rows[i] += n
			cols[j] += n
		}
	}
	if !whole || !m.addUp(w, rows, a, b) || !m.addUp(w, cols, b.T(), a.T()) {
		return fmt.Errorf("%w: a product of integers has a wrong checksum", ErrWrong)
	}
	return nil
}

// addUp reports whether A·(B·e) is what is given, modulo 2⁶⁴.
func (m checked) addUp(w *watched, sums []int64, a, b operand) bool {
	ones := make([]int64, b.cols)
	for i := range ones {
		ones[i] = 1
	}
	for i, want := range m.timesIntegers(w, a, m.timesIntegers(w, b, ones)) {
		if sums[i] != want {
			return w.Err() != nil
		}
	}
	return true
}

// timesIntegers returns X·v modulo 2⁶⁴.
func (m checked) timesIntegers(w *watched, x operand, v []int64) []int64 {
	y := make([]int64, x.rows)
	m.blocks(w, x, func(_, i, k int, x operand, scratch []float64) {
		lines, length := x.rows, x.cols
		if x.trans {
			lines, length = length, lines
		}
		values := intsOf(scratch)[:length]
		for line := range lines {
			elem.ToInt64(values, x.data[line*x.stride*x.t.Size():][:length*x.t.Size()], x.t, x.swap)
			for at, value := range values {
				if x.trans {
					y[i+at] += value * v[k+line]
				} else {
					y[i+line] += value * v[k+at]
				}
			}
		}
	})
	return y
}
