package blas

// Few values are worth packing in a small product: to pack one takes as long as a dozen
// multiplications, and it is used once for each tile that it meets. So a kernel that can
// do so reads a factor where it lies unless many tiles meet it.
//
// Where many do, its place matters more. The rows of A are then better close together, in
// few pages of memory, and so is a strip of B, which shall stay in the L1 cache. It does not
// if its rows are a multiple of 2 KiB apart, since they then have few of the cache's lines
// between them: on all processors with pages of 4 KiB a line's place follows from its
// address modulo 4 KiB.
const (
	fewCols = 512 // in C, to read A where it lies
	fewRows = 256 // in C, to read B where it lies
)

// direct says which factors a kernel can read where they lie: so many rows of A, and a B with
// so many columns, that they are a multiple of these. 0 stands for none.
type direct struct{ rows, cols int }

// readsA reports whether rows of A are read where they lie, for a C with so many columns.
func (k kernel) readsA(a operand, cols int) bool {
	return a.ready && (k.readsRows(a, cols) || k.direct.rows > 0 && cols <= k.cols)
}

// readsRows reports whether rows of A are read as they lie in memory, also if they had to be converted.
func (k kernel) readsRows(a operand, cols int) bool {
	return k.direct.rows > 0 && !a.trans && cols <= fewCols
}

// directRows returns how many rows of A are read where they lie, from the first on: all, if the kernel can take values of a
// whole number of tiles from memory that A has. What it makes of those behind the last row is not C's.
func (k kernel) directRows(a operand) int {
	behind := roundUp(a.rows, k.direct.rows) - 1
	last := behind*a.stride + a.cols - 1
	if a.trans {
		last = behind + (a.cols-1)*a.stride
	}
	if last < len(a.values) {
		return a.rows
	}
	return a.rows / k.direct.rows * k.direct.rows
}

// readsB reports whether B is read where it lies, for a C with so many rows.
func (k kernel) readsB(b operand, rows int) bool {
	return k.direct.cols > 0 && b.ready && !b.trans && b.cols%k.direct.cols == 0 &&
		(rows <= k.rows || rows <= fewRows && b.stride%256 != 0)
}

// readsConverted reports whether B must be converted, and is then read without being packed, for a C with so many rows. B may
// have any number of columns: the kernel can read past the last one, since there is room behind it in the buffer.
func (k kernel) readsConverted(b operand, rows int) bool {
	return k.direct.cols > 0 && !b.ready && !b.trans && rows <= k.rows
}

// width returns the width of the next strip of B where it lies, if so many columns are
// left: a tile's, but two strips of two vectors rather than one of three and one of one,
// whose sums are too few to keep the processor busy.
func (k kernel) width(left int) int {
	if left > k.cols && left <= k.cols+k.vector {
		return 2 * k.vector
	}
	return min(k.cols, left)
}

// A tileColumn is what a kernel computes at a time: a strip of C as wide as a tile, and as
// high as the block of A is. For each of its elements (i, j) that is a panel's chain
//
//	s ← +0;  s ← fma(a[i,k], b[k,j], s) for k = 0 … depth−1
//
// and c[i,j] ← c[i,j] + s where add is set, else +0 + s. (The addition of +0 is not idle: a
// chain that underflows may end in −0.)
type tileColumn struct {
	rows, cols int
	depth      int
	add        bool
	a, b, c    *float64 // each one's first value

	// Distances in bytes. They let a kernel read factors that are packed, and those that are not.
	rowA  int // from a row of A to the next in a tile
	stepA int // from a value of A to that for the next k
	nextA int // from behind the last value of a tile's first row to the next tile
	stepB int // from a row of B to the next
	ahead int // from b to the memory that is needed next, or 0
	rowC  int // from a row of C to the next
}

// setA makes t read A, rows of which make a tile, where it lies.
func (t *tileColumn) setA(a operand, rows int) {
	t.a, t.rowA, t.stepA = &a.values[0], 8*a.stride, 8
	if a.trans {
		t.rowA, t.stepA = t.stepA, t.rowA
	}
	t.nextA = rows*t.rowA - t.depth*t.stepA
}

// setPackedA makes t read A as [pack] left it.
func (t *tileColumn) setPackedA(a []float64, rows int) {
	t.a, t.rowA, t.stepA, t.nextA = &a[0], 8, 8*rows, 0
}

// setB makes t read B where it lies.
func (t *tileColumn) setB(b operand) { t.b, t.stepB, t.ahead = &b.values[0], 8*b.stride, 0 }

// setPackedB makes t read B as [pack] left it, strip after strip.
func (t *tileColumn) setPackedB(b []float64, cols int) {
	t.b, t.stepB, t.ahead = &b[0], 8*cols, 8*cols*t.depth
}
