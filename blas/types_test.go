package blas

import (
	"bytes"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"matpool/elem"
)

// An order says how a factor lies in memory.
type order struct{ trans, swap bool }

func orders() []order { return []order{{}, {trans: true}, {swap: true}, {true, true}} }

func (o order) String() string {
	return map[bool]string{false: "C", true: "F"}[o.trans] + map[bool]string{false: "", true: ", swapped"}[o.swap]
}

// factor returns a rows×cols factor with rows of memory that are not whole and, with odd
// set, begin anywhere. Its values are random bytes, or small ones.
func factor(rng *rand.Rand, rows, cols int, t elem.Type, o order, odd, small bool) Factor {
	lines, length := rows, cols
	if o.trans {
		lines, length = length, lines
	}
	stride := length + rng.IntN(3)
	memory := make([]byte, lines*stride*t.Size()+8)
	memory = memory[map[bool]int{true: 3}[odd]:][:lines*stride*t.Size()]
	values := make([]float64, lines*stride*t.Parts())
	for i := range values {
		values[i] = math.Ldexp(rng.NormFloat64(), rng.IntN(8)-4)
		if !t.IsFloat() && !t.IsComplex() {
			values[i] = float64(rng.IntN(7) - 3)
		}
	}
	elem.FromFloat64(memory, values, t)
	if t.IsInteger() && !small {
		for i := range memory {
			memory[i] = byte(rng.Uint32())
		}
	}
	if o.swap {
		elem.SwapBytes(memory, t)
	}
	f := Factor{Rows: lines, Cols: length, Type: t, Swap: o.swap, Data: memory, Stride: max(stride, 1)}
	if o.trans {
		f = f.T()
	}
	return f
}

var typeShapes = [][3]int{{1, 1, 1}, {3, 5, 4}, {0, 3, 2}, {2, 0, 3}, {8, 129, 8}, {33, 300, 27}, {130, 140, 70}, {70, 513, 9}}

// A typesCase is a product of some types, and what the definition makes of it.
type typesCase struct {
	what string
	a, b Factor
	want Matrix
}

func newTypesCase(rng *rand.Rand, ta, tb elem.Type, shape [3]int) typesCase {
	return newOrderedCase(rng, ta, tb, orders()[rng.IntN(4)], orders()[rng.IntN(4)], shape)
}

func newOrderedCase(rng *rand.Rand, ta, tb elem.Type, oa, ob order, shape [3]int) typesCase {
	odd := rng.IntN(3) == 0
	c := typesCase{
		what: fmt.Sprintf("%v (%v) × %v (%v), %v", ta, oa, tb, ob, shape),
		a:    factor(rng, shape[0], shape[1], ta, oa, odd, false), b: factor(rng, shape[1], shape[2], tb, ob, odd, false),
		want: newMatrix(shape[0], shape[2]*Parts(ta, tb)),
	}
	Define(c.want, c.a, c.b)
	return c
}

// Every two types, in all orders and byte orders, with every kernel and number of threads: the
// bits of the definition.
func TestTypesGiveTheDefinitionsBits(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 14))
	var cases []typesCase
	for _, ta := range elem.Types() {
		for _, tb := range elem.Types() {
			for range 2 {
				cases = append(cases, newTypesCase(rng, ta, tb, typeShapes[rng.IntN(len(typeShapes))]))
			}
		}
	}
	// What is larger than the blocks that are converted.
	for _, s := range [][3]int{{1100, 300, 8}, {9, 300, 2100}, {260, 520, 260}} {
		for _, types := range [][2]elem.Type{{elem.Float32, elem.Float32}, {elem.Complex64, elem.Complex128}, {elem.Complex128, elem.Float16}, {elem.Float64, elem.Int8}} {
			cases = append(cases, newTypesCase(rng, types[0], types[1], s))
		}
	}
	forEach(t, func(t *testing.T, m Multiplier) {
		for i, c := range cases {
			c.check(t, m, i%4 == 3)
		}
	})
}

// Where C is narrow, blocks of A are deep, and what is converted is so just before its use: on both sides of where that begins.
func TestNarrowProductsGiveTheDefinitionsBits(t *testing.T) {
	rng := rand.New(rand.NewPCG(23, 24))
	var cases []typesCase
	for _, s := range [][3]int{{40, narrowDepth, 1}, {41, narrowDepth + 1, 8}, {17, narrowDepth - 1, 9}, {3, 2*narrowDepth + 300, 4}, {20, narrowDepth, 5},
		{130, 255, 1}, {130, 256, 2}, {130, 257, 4}, {130, 511, 8}, {130, 512, 1}, {133, 513, 3}} {
		for _, types := range [][2]elem.Type{{elem.Float64, elem.Float64}, {elem.Float32, elem.Float64}, {elem.Int8, elem.Int8}, {elem.Complex64, elem.Complex64}} {
			cases = append(cases, newTypesCase(rng, types[0], types[1], s), newTypesCase(rng, types[0], types[1], s))
		}
	}
	forEach(t, func(t *testing.T, m Multiplier) {
		for i, c := range cases {
			c.check(t, m, i%4 == 3)
		}
	})
}

// What is converted of a B for a C of few rows is not packed, and a C of one column may be computed as a row: on both sides of
// where that begins, for B wider than a block, and columns that other values lie between.
func TestConvertedLinesGiveTheDefinitionsBits(t *testing.T) {
	rng := rand.New(rand.NewPCG(25, 26))
	var cases []typesCase
	shapes := [][3]int{{1, 300, 1008}, {2, 257, 1020}, {1, 600, 2049}, {1100, 300, 1}, {1009, 513, 1}, {2, 300, 1}, {1, 300, 2}}
	for _, k := range kernels() {
		for rows := k.rows - 1; rows <= k.rows+1; rows++ {
			shapes = append(shapes, [3]int{rows, 300, 2*k.cols + 1}, [3]int{rows, 520, 2 * k.cols}, [3]int{k.cols, 130, rows})
		}
	}
	for _, s := range shapes {
		for _, types := range [][2]elem.Type{{elem.Float32, elem.Float32}, {elem.Int8, elem.Float64}, {elem.Float64, elem.Int16}, {elem.Complex64, elem.Complex128}, {elem.Float16, elem.Complex64}} {
			cases = append(cases, newTypesCase(rng, types[0], types[1], s), newTypesCase(rng, types[0], types[1], s))
		}
	}
	forEach(t, func(t *testing.T, m Multiplier) {
		for i, c := range cases {
			c.checkPadded(t, m, i%4/2, i%8 == 3)
		}
	})
}

func (x typesCase) check(t *testing.T, m Multiplier, transC bool) {
	t.Helper()
	x.checkPadded(t, m, 1, transC)
}

func (x typesCase) checkPadded(t *testing.T, m Multiplier, pad int, transC bool) {
	t.Helper()
	got, _ := padded(x.want.Rows, x.want.Cols, pad, transC, func() float64 { return math.NaN() })
	before := [][]byte{bytes.Clone(x.a.Data), bytes.Clone(x.b.Data)}
	var done int64
	if err := m.Mul(t.Context(), got, x.a, x.b, adder(&done)); err != nil {
		t.Fatal(err)
	}
	for i := range got.Rows {
		for j := range got.Cols {
			if !sameBits(got.At(i, j), x.want.At(i, j)) {
				t.Fatalf("%s: element (%d, %d) is %v, the definition gives %v", x.what, i, j, got.At(i, j), x.want.At(i, j))
			}
		}
	}
	if !bytes.Equal(x.a.Data, before[0]) || !bytes.Equal(x.b.Data, before[1]) {
		t.Fatalf("%s: a factor was changed", x.what)
	}
	if all := Multiplications(x.a.Rows, x.a.Cols, x.b.Cols, x.a.Type, x.b.Type); done != all && x.a.Cols > 0 {
		t.Fatalf("%s: progress came to %d of %d", x.what, done, all)
	}
}

// adder returns a progress function for one thread or more.
func adder(total *int64) func(int64) {
	var turn = make(chan bool, 1)
	return func(more int64) {
		turn <- true
		*total += more
		<-turn
	}
}

// A thin product is rounded some rows at a time.
func TestThinProductsAreRounded(t *testing.T) {
	const k, cols, rows = 3, 100, 2*thinValues/100 + 77
	rng := rand.New(rand.NewPCG(5, 6))
	for _, typ := range []elem.Type{elem.Float32, elem.Float16, elem.Int8, elem.Int64, elem.Complex64} {
		for _, o := range orders() {
			a, b := factor(rng, rows, k, typ, o, false, true), factor(rng, k, cols, typ, order{}, false, true)
			exact := newMatrix(rows, cols*typ.Parts())
			Define(exact, a, b)
			want := make([]byte, rows*cols*typ.Size())
			elem.FromFloat64(want, exact.Data, typ)
			var done int64
			m, err := New("", 2)
			if err != nil {
				t.Fatal(err)
			}
			got, err := Matmul(t.Context(), m, make([]float64, len(exact.Data)), a, b, adder(&done))
			if err != nil || !bytes.Equal(got, want) || done != Multiplications(rows, k, cols, typ, typ) {
				t.Errorf("%v, order %v: another product, or not all multiplications (%d): %v", typ, o, done, err)
			}
		}
	}
}

// The definition of a complex product is that of the real one on the matrices of the
// package's comment, spelled out here with Go's complex numbers.
func TestDefinitionOfComplexProducts(t *testing.T) {
	rng := rand.New(rand.NewPCG(17, 18))
	for _, types := range [][2]elem.Type{{elem.Complex128, elem.Complex64}, {elem.Complex64, elem.Float64}, {elem.Float32, elem.Complex128}} {
		const rows, k, cols = 5, 200, 7
		a, b := factor(rng, rows, k, types[0], order{}, false, false), factor(rng, k, cols, types[1], order{trans: true}, false, false)
		x, y := newMatrix(rows, 2*k), newMatrix(2*k, 2*cols)
		for i := range rows {
			for l := range k {
				z := complexAt(a, i, l)
				x.Data[i*x.Stride+2*l], x.Data[i*x.Stride+2*l+1] = real(z), imag(z)
			}
		}
		for l := range k {
			for j := range cols {
				z := complexAt(b, l, j)
				row := y.Data[2*l*y.Stride+2*j:]
				row[0], row[1] = real(z), imag(z)
				row = y.Data[(2*l+1)*y.Stride+2*j:]
				row[0], row[1] = -imag(z), real(z)
			}
		}
		if !types[0].IsComplex() {
			x, y = realParts(x), evenRows(y)
		}
		got, want := newMatrix(rows, 2*cols), newMatrix(rows, 2*cols)
		Define(got, a, b)
		Define(want, x.Factor(), y.Factor())
		for i := range got.Data {
			if !sameBits(got.Data[i], want.Data[i]) {
				t.Fatalf("%v: value %d is %v, want %v", types, i, got.Data[i], want.Data[i])
			}
		}
	}
}

func complexAt(f Factor, i, j int) complex128 {
	v := f.at(i, j)
	if len(v) == 1 {
		v = append(v, 0)
	}
	return complex(v[0], v[1])
}

// realParts returns every other column, and evenRows every other row.
func realParts(x Matrix) Matrix {
	y := newMatrix(x.Rows, x.Cols/2)
	for i := range y.Rows {
		for j := range y.Cols {
			y.Data[i*y.Stride+j] = x.At(i, 2*j)
		}
	}
	return y
}

func evenRows(x Matrix) Matrix {
	x.Stride *= 2
	x.Rows /= 2
	return x
}

// Each type keeps what the package says of its accuracy, held against exact arithmetic:
// |C − AB| ≤ γ|A||B| for float64s, of 2k terms and for re and im where they are complex,
// and with half a unit of the type's last place where that is shorter.
func TestAccuracyOfTypes(t *testing.T) {
	m, err := New("", 2)
	if err != nil {
		t.Fatal(err)
	}
	// Half a unit in the last place, relative to a value, or to the smallest one with all its digits.
	unit := map[elem.Type]float64{elem.Float16: 0x1p-11, elem.Float32: 0x1p-24}
	smallest := map[elem.Type]float64{elem.Float16: 0x1p-14, elem.Float32: 0x1p-126}
	const rows, k, cols = 6, 400, 5
	rng := rand.New(rand.NewPCG(23, 24))
	for _, types := range [][2]elem.Type{
		{elem.Float16, elem.Float16}, {elem.Float32, elem.Float32}, {elem.Float16, elem.Int8}, {elem.Int32, elem.Float32}, {elem.Int64, elem.Uint64},
		{elem.Complex64, elem.Complex64}, {elem.Complex128, elem.Complex128}, {elem.Complex64, elem.Float64}, {elem.Float32, elem.Complex64},
	} {
		a, b := factor(rng, rows, k, types[0], orders()[1], false, false), factor(rng, k, cols, types[1], orders()[2], false, false)
		result := elem.Result(types[0], types[1])
		raw, err := Matmul(t.Context(), m, make([]float64, rows*cols*result.Parts()), a, b, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := DenseFactor(rows, cols, result, raw)
		terms := float64(k * a.Type.Parts())
		gamma := terms * 0x1p-53 / (1 - terms*0x1p-53)
		for i := range rows {
			for j := range cols {
				exact := [2]*big.Float{new(big.Float).SetPrec(3000), new(big.Float).SetPrec(3000)}
				size := [2]float64{}
				add := func(part int, x, y float64) {
					exact[part].Add(exact[part], new(big.Float).SetPrec(106).Mul(big.NewFloat(x), big.NewFloat(y)))
					size[part] += math.Abs(x * y)
				}
				for l := range k {
					x, y := complexAt(a, i, l), complexAt(b, l, j)
					add(0, real(x), real(y))
					add(0, -imag(x), imag(y))
					add(1, real(x), imag(y))
					add(1, imag(x), real(y))
				}
				for part, value := range got.at(i, j) {
					want, _ := exact[part].Float64()
					diff, _ := exact[part].Sub(exact[part], big.NewFloat(value)).Float64()
					bound := gamma * size[part]
					if u := unit[result.Part()]; u > 0 {
						bound += u * math.Max(math.Abs(want), smallest[result.Part()]) * (1 + gamma)
					}
					if !(math.Abs(diff) <= bound) {
						t.Fatalf("%v: element (%d, %d) is %g, and off by %g, more than %g", types, i, j, value, diff, bound)
					}
				}
			}
		}
	}
}

// What is converted in pieces is packed as in one.
func TestPackInPieces(t *testing.T) {
	rng := rand.New(rand.NewPCG(27, 28))
	for _, o := range orders() {
		for _, width := range []int{4, 12, 24} {
			for _, x := range []operand{plain(factor(rng, 61, 37, elem.Int16, o, false, false)), turned(factor(rng, 61, 37, elem.Complex64, o, false, false)),
				doubled(factor(rng, 61, 37, elem.Float16, o, false, false)), wide(factor(rng, 37, 61, elem.Complex64, o, false, false)).T()} {
				size := x.rows * roundUp(x.cols, width)
				got, want := make([]float64, size), make([]float64, size)
				pack(want, x, width, make([]float64, size))
				pack(got, x, width, make([]float64, 10*width+2*x.cols))
				if !slices.Equal(got, want) {
					t.Fatalf("layout %d, %v, width %d: differs", x.lines, o, width)
				}
			}
		}
	}
}
