package product

import (
	"context"
	"math"
	"slices"

	"matpool/blas"
	"matpool/elem"
	"matpool/internal/arrayfile"
	"matpool/internal/base/pages"
	"matpool/npyio"
)

// A reader reads the matrices of a factor into memory, of small ones several at a time. Random
// ones it draws. Those of a fixed factor are there already.
//
// A matrix that is not small, and is used once, is mapped if it can be: it is packed from
// where it lies, or copied from there for OpenBLAS, some of it at a time.
//
// Note: a stack in Fortran order has the values of each matrix scattered over the whole
// file. It is read as a whole, since to read it once for each matrix would take longer
// than the products. So is a compressed stack whose matrices are used more than once: it can
// only be decompressed from its beginning.
type reader struct {
	Factor
	t          elem.Type
	rows, cols int
	scattered  bool
	whole      bool           // all matrices are read at once
	maps       bool           // rather than reads
	mapping    *npyio.Mapping // or nil
	buffer     *pages.Buffer
	gathered   *pages.Buffer  // a matrix of a stack in Fortran order
	first, n   int            // which matrices are in values
	sum        npyio.Checksum // of the values of an archive's array that were read, from the first one on
	source     source
}

// atLeast is how many bytes are read at a time if there are as many.
const atLeast = 1 << 20

// newReader returns a reader of a factor of a number of products.
func newReader(f Factor, rows, cols, products int) *reader {
	r := &reader{Factor: f, t: arrayfile.Type(f.Header), rows: rows, cols: cols}
	r.scattered = f.Fortran && len(f.Shape) > 2 && r.matrices() > 1
	r.whole = r.scattered || f.File != nil && f.File.Deflated() && r.matrices() < products
	if f.values != nil {
		r.n = r.matrices()
	}
	return r
}

func (r *reader) matrixBytes() int { return r.rows * r.cols * r.t.Size() }

func (r *reader) matrices() int {
	if r.matrixBytes() == 0 {
		return 0
	}
	count, _ := r.Len()
	return int(count) / (r.rows * r.cols)
}

// memory returns how many bytes the matrices in memory take, but for small ones: for each pair,
// and once for all pairs.
func (r *reader) memory() (own, common int64) {
	one := int64(r.matrixBytes())
	all := one * int64(r.matrices())
	switch {
	case r.fixed && r.scattered:
		return one, all
	case r.fixed:
		return 0, all
	case r.scattered:
		return all + one, 0
	case r.whole:
		return all, 0
	}
	return one, 0
}

// stack returns a matrix that is loaded or, along the stack, n from it on, which are at hand.
func (r *reader) stack(i, n int, along bool) (blas.Factor, error) {
	if !along {
		n = 1
	}
	size := r.matrixBytes()
	var values []byte
	switch {
	case size == 0:
	case r.scattered:
		var err error
		if values, err = r.gathered.Bytes(size); err != nil {
			return blas.Factor{}, err
		}
		gather(values, r.values[r.offset(i)*r.t.Size():], r.t.Size(), r.matrices())
	default:
		values = r.values[(i-r.first)*size:][:n*size]
	}
	f := blas.DenseFactor(r.rows, r.cols, r.t, values)
	if r.Fortran && len(r.Shape) > 1 {
		f = blas.DenseFactor(r.cols, r.rows, r.t, values).T()
	}
	f.Swap = r.DType.Swapped()
	if r.mapping != nil {
		f.Lost = r.mapping.Lost
	}
	return f, nil
}

// release gives back what is mapped when the matrix has been used. It returns an error if the
// file was changed meanwhile.
func (r *reader) release() error {
	m := r.mapping
	if m == nil {
		return nil
	}
	r.mapping, r.n = nil, 0
	return m.Unmap()
}

// A way is how a matrix comes into memory.
type way uint8

const (
	nothing way = iota
	atHand
	drawn
	atOnce
	mapped
	several
)

// way returns how a matrix comes into memory, the first of these that fits it; mapped it is then.
//
//	nothing  it has no values
//	atHand   it is there: of a fixed factor, or read with one before it
//	drawn    its values are random numbers
//	atOnce   with all others of its file: those of a stack in Fortran order, or of a compressed one that are used again
//	mapped   where it lies in the file: a large one that is used once, and need not wait for a disk or a checksum
//	several  from the file, and of small ones 1 MB
func (r *reader) way(i int) way {
	switch size := r.matrixBytes(); {
	case size == 0:
		return nothing
	case r.first <= i && i < r.first+r.n:
		return atHand
	case r.draw != nil:
		return drawn
	case r.whole:
		return atOnce
	case r.maps && size >= atLeast && r.mapMatrix(i):
		return mapped
	}
	return several
}

// load reads a matrix unless it is in the buffer, and with it some that follow. It returns how many are at hand, from it on.
func (r *reader) load(ctx context.Context, i int) (n int, err error) {
	switch way, size, all := r.way(i), r.matrixBytes(), r.matrices(); way {
	case nothing:
		return math.MaxInt, nil
	case drawn:
		err = r.drawMatrix(ctx)
	case atOnce:
		err = r.read(ctx, 0, all)
	case mapped:
		err = r.source.see(r.mapping, int64(i)*int64(size))
	case several:
		err = r.read(ctx, i, min(max(atLeast/size, 1), all-i))
	}
	if err != nil {
		return 0, err
	}
	if r.scattered {
		return 1, nil // gathered one at a time
	}
	return r.first + r.n - i, nil
}

// read reads n matrices, from the first one on.
func (r *reader) read(ctx context.Context, first, n int) error {
	size := r.matrixBytes()
	n = min(n, math.MaxInt/size) // the buffer says that it is too much
	values, err := r.buffer.Bytes(n * size)
	if err != nil {
		return err
	}
	r.n = 0
	at := int64(first) * int64(size)
	for piece := range slices.Chunk(values, atLeast) { // seen while it is in a core's cache
		if err := readValues(ctx, r.File, piece, at/int64(r.t.Size())); err != nil {
			return err
		}
		if err := r.see(piece, at); err != nil {
			return err
		}
		at += int64(len(piece))
	}
	r.values, r.first, r.n = values, first, n
	return nil
}

// mapMatrix maps a matrix, and reports whether it could.
func (r *reader) mapMatrix(i int) bool {
	count := int64(r.rows * r.cols)
	if r.mapping = r.File.Map(int64(i)*count, count); r.mapping == nil {
		return false
	}
	r.values, r.first, r.n = r.mapping.Values, i, 1
	return true
}

// see takes values that were read, from an offset among all, into the file's hash or, of an array in an archive,
// into its checksum, and compares that with the archive's when all are there. All matrices are read, and each before
// any behind it.
func (r *reader) see(values []byte, offset int64) error {
	if !r.File.IsMember() {
		r.source.read(values, offset)
		return nil
	}
	all := int64(r.matrices()) * int64(r.matrixBytes())
	seen := r.sum.Len() - offset
	if seen < 0 || seen >= int64(len(values)) {
		return nil
	}
	if r.sum = r.sum.Then(npyio.ChecksumOf(values[seen:])); r.sum.Len() < all {
		return nil
	}
	return arrayfile.InputError(r.File.VerifyValues(r.sum))
}

// offset returns the number of the first value of matrix i in a stack in Fortran order.
func (r *reader) offset(i int) (offset int) {
	stack := r.Shape[:len(r.Shape)-2]
	step := r.matrices()
	for d := len(stack) - 1; d >= 0; d-- {
		step /= stack[d]
		offset += i % stack[d] * step
		i /= stack[d]
	}
	return offset
}

// gather copies every step-th value.
func gather(dst, src []byte, size, step int) {
	for i := 0; i < len(dst); i += size {
		copy(dst[i:i+size], src[i*step:])
	}
}

// readValues reads values as they lie in the file.
func readValues(ctx context.Context, f *npyio.File, dst []byte, first int64) error {
	const bytes = arrayfile.Piece
	for i := 0; i < len(dst); i += bytes {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := f.Read(dst[i:min(i+bytes, len(dst))], first+int64(i/f.DType.Size)); err != nil {
			return arrayfile.InputError(err)
		}
	}
	return nil
}

func (r *reader) drawMatrix(ctx context.Context) error {
	values, err := r.buffer.Bytes(r.matrixBytes())
	if err != nil {
		return err
	}
	r.n = 0
	for chunk := range slices.Chunk(values, arrayfile.Piece) {
		if err := ctx.Err(); err != nil {
			return err
		}
		r.draw(chunk)
	}
	r.values, r.first, r.n = values, 0, 1
	return nil
}
