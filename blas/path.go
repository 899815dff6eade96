package blas

import "matpool/elem"

// A path is a way to compute products.
type path uint8

const (
	tall path = iota
	oneByOne
	small
	bits64
	integers
	dot
	bothHalves
	library
	tiles
)

// A task is a product, or a stack of n: as its caller has it, and, but for a stack, as the real matrices c = x·y that are
// computed then.
type task struct {
	m    Multiplier
	n    int
	a, b Factor
	c    Matrix // lies row by row
	x, y operand
	gram bool // a is bᵀ

	exact func() bool // whether float64s hold each sum of integers, if these are; nil in Mul and Gram, and for a stack
}

// newTask returns the task of [Multiplier].Mul. If a size is 0, it clears c, and there is nothing left to do.
func newTask(m Multiplier, c Matrix, a, b Factor) (t task, done bool) {
	checkProduct(c, a, b)
	x, y := operands(a, b)
	c, x, y, done = prepare(c, x, y)
	return task{m: m, n: 1, a: a, b: b, c: c, x: x, y: y}, done
}

// path returns the way in which a task is done, the first of these that fits it:
//
//	tall        a stack of As times a single B: as one product, of all rows
//	oneByOne    another stack: each product takes one of the paths below
//	small       the same for small matrices: threads take some at a time, which are not packed
//	bits64      booleans: 64 terms at a time, up to the first true one
//	integers    large ones: in int64s, modulo 2⁶⁴. The rest is computed in float64s
//	dot         a long row times a column or two (isDot): four panels at a time
//	bothHalves  a narrow Gram matrix: as any product. (Of others, library and tiles compute one half)
//	library     OpenBLAS, if it is the Multiplier: a panel at a time, and the edges as tiles
//	tiles       blocks, which are packed for the kernel or read where they lie (direct.go)
//
// The rest is decided on the way:
//
//   - small: whether the integers of a stack are multiplied in float64s or int64s (MatmulStack)
//   - all that compute in float64s: whether some rows at a time, if they are rounded to a shorter type (valuesOf)
//   - library: tiles after all, if there is no memory for what must be converted (multiplySlabs)
//   - tiles: which factor is packed, converted, or read where it lies, and whether one serves as both (newProduct,
//     multiplyUpper, multiplyUnit)
func (t task) path() path {
	_, isChecked := t.m.(checked) // each product by itself, in numbers that can be added up
	result, isStack := elem.Result(t.a.Type, t.b.Type), t.n > 1
	isNarrow := t.gram && t.c.Cols <= narrowGram
	switch {
	case isStack && !t.a.Trans && !t.a.isSingle() && t.b.isSingle():
		return tall
	case isStack && (isChecked || !IsSmall(t.a.Rows, t.a.Cols, t.b.Cols, t.a.Type, t.b.Type)):
		return oneByOne
	case isStack:
		return small
	case t.exact != nil && result == elem.Bool && !isChecked:
		return bits64
	case t.exact != nil && result.IsInteger() && !t.exact():
		return integers
	case isDot(t.c, t.x, t.y):
		return dot
	case isNarrow && t.m.inGo().kernel.readsA(t.x, t.c.Cols):
		return bothHalves
	case !isNarrow && t.m.suits(t.c, t.x, t.y):
		return library
	}
	return tiles
}
