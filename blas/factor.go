package blas

import (
	"fmt"
	"unsafe"

	"matpool/elem"
)

// A Factor is a view of Rows×Cols values of one of numpy's types as they lie in a file.
// Value (i, j) is number i*Stride+j in Data, or number j*Stride+i where Trans is set, so
// that a matrix in Fortran order is a transposed view. With Swap, the bytes of each value
// (of a complex one, of each of its parts) are in the order that is not the machine's.
//
// Data may be a file that is mapped. Its memory is lost when another program truncates the file,
// or the disk fails; then Lost, which is nil for other memory, returns the product's error.
type Factor struct {
	Rows, Cols int
	Type       elem.Type
	Swap       bool
	Data       []byte
	Stride     int // in values
	Trans      bool
	Lost       func() error
}

// DenseFactor returns the rows×cols factor that data holds row by row, in the machine's
// byte order.
func DenseFactor(rows, cols int, t elem.Type, data []byte) Factor {
	return Factor{Rows: rows, Cols: cols, Type: t, Data: data, Stride: max(cols, 1)}
}

// Factor returns the same view as a factor.
func (m Matrix) Factor() Factor {
	return Factor{Rows: m.Rows, Cols: m.Cols, Type: elem.Float64, Data: bytesOf(m.Data), Stride: m.Stride, Trans: m.Trans}
}

// rowsOf returns n rows, from the one numbered first on.
func (f Factor) rowsOf(first, n int) Factor {
	at := first * f.Type.Size()
	if !f.Trans {
		at *= f.Stride
	}
	f.Rows, f.Data = n, f.Data[min(at, len(f.Data)):]
	return f
}

// T returns the transposed view.
func (f Factor) T() Factor {
	f.Rows, f.Cols, f.Trans = f.Cols, f.Rows, !f.Trans
	return f
}

// check panics unless the view is sound.
func (f Factor) check(name string) {
	checkView(name, f.Rows, f.Cols, f.Stride, f.Trans, len(f.Data)/f.Type.Size())
}

// checkView panics unless values enough are there for a view.
func checkView(name string, rows, cols, stride int, trans bool, values int) {
	lines, length := rows, cols
	if trans {
		lines, length = cols, rows
	}
	switch {
	case rows < 0 || cols < 0:
		panic(fmt.Sprintf("blas: %s has a negative size, %d×%d", name, rows, cols))
	case rows == 0 || cols == 0:
	case stride < length:
		panic(fmt.Sprintf("blas: %s has stride %d for rows of %d", name, stride, length))
	case values < length || (values-length)/stride < lines-1:
		panic(fmt.Sprintf("blas: %s holds %d values, too few for %d×%d with stride %d", name, values, rows, cols, stride))
	}
}

// Parts returns how many real columns a column of a·b has: 2 if one of the types is
// complex, or 1.
func Parts(a, b elem.Type) int { return max(a.Parts(), b.Parts()) }

// Multiplications returns the number of real multiplications in the product of a rows×k
// matrix and a k×cols one, by which progress is counted.
func Multiplications(rows, k, cols int, a, b elem.Type) int64 {
	each := int64(Parts(a, b))
	if a.IsComplex() {
		each *= 2
	}
	return int64(rows) * int64(k) * int64(cols) * each
}

// checkProduct panics unless c ← a·b has sense: sizes that fit, and a c that
// shares no memory with a or b.
func checkProduct(c Matrix, a, b Factor) {
	a.check("A")
	b.check("B")
	c.check("C")
	if a.Cols != b.Rows || c.Rows != a.Rows || c.Cols != b.Cols*Parts(a.Type, b.Type) {
		panic(fmt.Sprintf("blas: sizes do not fit: C %d×%d, A %d×%d of %v, B %d×%d of %v",
			c.Rows, c.Cols, a.Rows, a.Cols, a.Type, b.Rows, b.Cols, b.Type))
	}
	if memory := bytesOf(c.Data); overlap(memory, a.Data) || overlap(memory, b.Data) {
		panic("blas: C shares memory with a factor")
	}
}

func overlap(x, y []byte) bool {
	if len(x) == 0 || len(y) == 0 {
		return false
	}
	px, py := uintptr(unsafe.Pointer(&x[0])), uintptr(unsafe.Pointer(&y[0]))
	return px < py+uintptr(len(y)) && py < px+uintptr(len(x))
}

// bytesOf returns x's own memory.
func bytesOf[T float64 | int64](x []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), 8*len(x))
}

// floatsOf returns b's own memory as float64s, and false if it is not aligned for them.
func floatsOf(b []byte) ([]float64, bool) {
	p := unsafe.Pointer(unsafe.SliceData(b))
	if uintptr(p)%8 != 0 {
		return nil, false
	}
	return unsafe.Slice((*float64)(p), len(b)/8), true
}

// intsOf returns x's own memory as int64s.
func intsOf(x []float64) []int64 {
	return unsafe.Slice((*int64)(unsafe.Pointer(unsafe.SliceData(x))), len(x))
}
