package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"strings"

	"matpool/blas"
	"matpool/elem"
	"matpool/internal/random/nprand"
)

// A typed is a case of two types, C = AB: rounded to the result's type, or exact and modulo
// 2ⁿ for integers.
type typed struct {
	product
	typeA, typeB elem.Type
	swapA, swapB bool // the bytes of their values are not in the machine's order
}

// Around the tiles, the panels and the blocks that are converted at a time.
const typedSizes = `1×3×1 5×7×3 9×300×25 64×64×64 129×257×131 16×130×1040 1100×300×8 260×520×260 8×300×1013 1013×300×1`

// mixed are pairs of types besides each type with itself.
var mixed = [][2]elem.Type{
	{elem.Float32, elem.Float64}, {elem.Int8, elem.Float32}, {elem.Float16, elem.Uint8}, {elem.Int64, elem.Uint64}, {elem.Float64, elem.Complex64},
	{elem.Complex64, elem.Float16}, {elem.Complex128, elem.Int32}, {elem.Int32, elem.Uint8}, {elem.Bool, elem.Int16},
}

func typedProducts() []typed {
	pairs := mixed
	for _, t := range elem.Types() {
		pairs = append(pairs, [2]elem.Type{t, t})
	}
	var all []typed
	for i, size := range strings.Fields(typedSizes) {
		for j, pair := range pairs {
			form := 3*i + j
			p := typed{typeA: pair[0], typeB: pair[1], swapA: form&4 != 0, swapB: form&8 != 0,
				product: product{transA: form&1 != 0, transB: form&2 != 0, seed: uint32(1000 + len(all))}}
			if _, err := fmt.Sscanf(size, "%d×%d×%d", &p.rows, &p.depth, &p.cols); err != nil {
				panic(err)
			}
			all = append(all, p)
		}
	}
	return all
}

func (p typed) String() string {
	size, form, _ := strings.Cut(p.product.String(), " ")
	return fmt.Sprintf("%s %v·%v %s", size, p.typeA, p.typeB, form)
}

func (p typed) checksum(m blas.Multiplier) string {
	source := nprand.New(p.seed)
	a := p.factor(source, p.rows, p.depth, p.typeA, p.transA, p.swapA)
	b := p.factor(source, p.depth, p.cols, p.typeB, p.transB, p.swapB)
	t := elem.Result(a.Type, b.Type)
	memory := make([]float64, p.rows*p.cols*t.Parts())
	var values []byte
	if m == nil {
		values = define(memory, a, b)
	} else {
		var err error
		if values, err = blas.Matmul(context.Background(), m, memory, a, b, nil); err != nil {
			panic(err) // nobody has cancelled it
		}
	}
	return fmt.Sprintf("%x", sha256.Sum256(littleEndian(values, t)))
}

// factor returns a matrix of numbers from −½ to ½, or of integers: all of them over the
// whole range of their type, or small.
func (p typed) factor(source *nprand.Source, rows, cols int, t elem.Type, trans, swap bool) blas.Factor {
	x := make([]float64, rows*cols*t.Parts())
	source.Float64s(x)
	data := make([]byte, rows*cols*t.Size())
	if t.IsFloat() || t.IsComplex() {
		for i := range x {
			x[i] -= 0.5
		}
		elem.FromFloat64(data, x, t)
	} else {
		ints := make([]int64, len(x))
		for i, v := range x {
			ints[i] = int64(math.Float64bits(v) * 0x9e3779b97f4a7c15)
			if t == elem.Bool {
				ints[i] = ints[i] >> 60 & 1
			} else if p.seed%2 == 0 {
				ints[i] >>= 58
			}
		}
		elem.FromInt64(data, ints, t)
	}
	if swap {
		elem.SwapBytes(data, t)
	}
	f := blas.DenseFactor(rows, cols, t, data)
	if trans {
		f = blas.DenseFactor(cols, rows, t, data).T()
	}
	f.Swap = swap
	return f
}

// define computes a product by the definition, and one of integers in integers.
func define(memory []float64, a, b blas.Factor) []byte {
	t := elem.Result(a.Type, b.Type)
	values := make([]byte, a.Rows*b.Cols*t.Size())
	if !t.IsInteger() {
		blas.Define(blas.Dense(a.Rows, b.Cols*t.Parts(), memory), a, b)
		elem.FromFloat64(values, memory, t)
		return values
	}
	x, y, sums := rowByRow(a), rowByRow(b), make([]int64, a.Rows*b.Cols)
	for i := range a.Rows {
		for k := range a.Cols {
			for j := range b.Cols {
				sums[i*b.Cols+j] += x[i*a.Cols+k] * y[k*b.Cols+j]
			}
		}
	}
	elem.FromInt64(values, sums, t)
	return values
}

func rowByRow(f blas.Factor) []int64 {
	all := make([]int64, f.Rows*f.Cols)
	elem.ToInt64(all, f.Data, f.Type, f.Swap)
	if !f.Trans {
		return all
	}
	values := make([]int64, len(all))
	for i := range f.Rows {
		for j := range f.Cols {
			values[i*f.Cols+j] = all[j*f.Rows+i]
		}
	}
	return values
}

// littleEndian returns the values of a result as the checksum has them: integers as 64
// bits, floats as float64s.
func littleEndian(values []byte, t elem.Type) (all []byte) {
	if t.IsInteger() || t == elem.Bool {
		ints := make([]int64, len(values)/t.Size())
		elem.ToInt64(ints, values, t, false)
		for _, v := range ints {
			all = binary.LittleEndian.AppendUint64(all, uint64(v))
		}
		return all
	}
	floats := make([]float64, len(values)/t.Size()*t.Parts())
	elem.ToFloat64(floats, values, t, false)
	for _, x := range floats {
		if math.IsNaN(x) {
			x = math.NaN()
		}
		all = binary.LittleEndian.AppendUint64(all, math.Float64bits(x))
	}
	return all
}
