package blas

import "matpool/elem"

// An operand is a factor as the real matrix that the kernels multiply, rows×cols.
//
// Float64s in the machine's byte order are used as they lie, if they are aligned. Everything else is converted
// block by block, before it is packed or instead. A complex matrix becomes a
// real one as the package says. Since a complex row of B is two real rows, one line of
// memory (a row, or with trans a column) may become two.
type operand struct {
	rows, cols int
	trans      bool // lines are columns

	ready   bool // values are those of the matrix
	values  []float64
	canLose bool // their memory: see [Factor]

	t      elem.Type // the type of the parts
	swap   bool
	data   []byte // begins with the view's first part
	stride int    // parts from a line of memory to the next
	lines  layout
}

// A layout says how a line of memory becomes lines of the real matrix.
type layout uint8

const (
	asItLies      layout = iota // x₀ x₁ …
	apart                       // re₀ re₁ … and im₀ im₁ …
	turnedRows                  // re₀ im₀ re₁ im₁ … and −im₀ re₀ −im₁ re₁ …
	turnedColumns               // re₀ −im₀ re₁ −im₁ … and im₀ re₀ im₁ re₁ …
	spread                      // x₀ 0 x₁ 0 … and 0 x₀ 0 x₁ …
)

// double returns how many lines one becomes.
func (f layout) double() int {
	if f == asItLies {
		return 1
	}
	return 2
}

// parts returns how many parts in memory a number of values in a line are made of.
func (f layout) parts(values int) int {
	switch f {
	case apart:
		return 2 * values
	case spread:
		return values / 2
	}
	return values
}

// operands returns the factors of a product as the real matrices that are multiplied.
func operands(a, b Factor) (x, y operand) {
	if a.Rows == 1 && b.Cols == 1 {
		a, b = a.asRow(), b.T().asRow().T()
	}
	switch complexA, complexB := a.Type.IsComplex(), b.Type.IsComplex(); {
	case complexA && complexB:
		return wide(a), turned(b)
	case complexA:
		return wide(a), doubled(b)
	case complexB:
		return plain(a), wide(b)
	}
	return plain(a), plain(b)
}

// asRow returns a factor whose values lie as those of a row do, as one line of memory.
func (f Factor) asRow() Factor {
	if f.Rows == 1 && f.Trans && f.Stride == 1 {
		f.Trans, f.Stride = false, max(f.Cols, 1)
	}
	return f
}

// plain returns a real matrix.
func plain(f Factor) operand { return newOperand(f, f.Rows, f.Cols, asItLies) }

// wide returns a complex matrix as a real one, with two columns, re and im, for each column.
func wide(f Factor) operand {
	lines := asItLies
	if f.Trans {
		lines = apart
	}
	return newOperand(f, f.Rows, 2*f.Cols, lines)
}

// turned returns a complex matrix as the right factor of wide's.
func turned(f Factor) operand {
	lines := turnedRows
	if f.Trans {
		lines = turnedColumns
	}
	return newOperand(f, 2*f.Rows, 2*f.Cols, lines)
}

// doubled returns a real matrix as the right factor of wide's.
func doubled(f Factor) operand { return newOperand(f, 2*f.Rows, 2*f.Cols, spread) }

func newOperand(f Factor, rows, cols int, lines layout) operand {
	x := operand{rows: rows, cols: cols, trans: f.Trans, lines: lines,
		t: f.Type.Part(), swap: f.Swap, data: f.Data, stride: f.Type.Parts() * f.Stride, canLose: f.Lost != nil}
	if x.t == elem.Float64 && !x.swap && lines == asItLies {
		x.values, x.ready = floatsOf(x.data)
	}
	return x
}

// T returns the transposed view.
func (x operand) T() operand {
	x.rows, x.cols, x.trans = x.cols, x.rows, !x.trans
	return x
}

// matrix returns an operand that is ready.
func (x operand) matrix() Matrix {
	return Matrix{Rows: x.rows, Cols: x.cols, Data: x.values, Stride: x.stride, Trans: x.trans}
}

// View returns the rows×cols part of x whose first element is (i, j), which is inside x.
// Where lines are double, a part begins and ends with a whole value.
func (x operand) View(i, j, rows, cols int) operand {
	x.rows, x.cols = rows, cols
	if rows == 0 || cols == 0 {
		x.values, x.data = nil, nil
		return x
	}
	line, at := i, j
	if x.trans {
		line, at = j, i
	}
	first := line/x.lines.double()*x.stride + x.lines.parts(at)
	if x.ready {
		x.values = x.values[first:]
	}
	x.data = x.data[first*x.t.Size():]
	return x
}

// convert returns x with its values in the scratch memory, without padding.
func (x operand) convert(scratch []float64) Matrix {
	if x.ready {
		return x.matrix()
	}
	count, length := x.rows, x.cols
	if x.trans {
		count, length = length, count
	}
	if x.lines == asItLies && (x.stride == length || count <= 1) { // short lines take longer to begin than to convert
		elem.ToFloat64(scratch[:count*length], x.data[:count*length*x.t.Size()], x.t, x.swap)
		return Matrix{Rows: x.rows, Cols: x.cols, Data: scratch[:count*length], Stride: length, Trans: x.trans}
	}
	n, double := x.lines.parts(length)*x.t.Size(), x.lines.double()
	for line := 0; line < count; line += double {
		src := x.data[line/double*x.stride*x.t.Size():][:n]
		x.convertLine(scratch[line*length:][:double*length], src)
	}
	return Matrix{Rows: x.rows, Cols: x.cols, Data: scratch[:count*length], Stride: length, Trans: x.trans}
}

// convertLine makes a line of memory into one, or two, which lie one behind the other.
func (x operand) convertLine(dst []float64, src []byte) {
	length := len(dst) / x.lines.double()
	first, second := dst[:length], dst[length:]
	switch x.lines {
	case asItLies:
		elem.ToFloat64(dst, src, x.t, x.swap)
	case apart:
		var buffer [256]float64
		for i := 0; i < length; i += len(buffer) / 2 {
			block := buffer[:2*min(len(buffer)/2, length-i)]
			elem.ToFloat64(block, src[:len(block)*x.t.Size()], x.t, x.swap)
			src = src[len(block)*x.t.Size():]
			for k := 0; k+1 < len(block); k += 2 {
				first[i+k/2], second[i+k/2] = block[k], block[k+1]
			}
		}
	case turnedRows:
		elem.ToFloat64(first, src, x.t, x.swap)
		for i := 0; i+1 < len(first) && i+1 < len(second); i += 2 {
			second[i], second[i+1] = -first[i+1], first[i]
		}
	case turnedColumns:
		elem.ToFloat64(first, src, x.t, x.swap)
		for i := 0; i+1 < len(first) && i+1 < len(second); i += 2 {
			re, im := first[i], first[i+1]
			first[i+1], second[i], second[i+1] = -im, im, re
		}
	case spread:
		values := first[length/2:] // each is read before it is overwritten
		elem.ToFloat64(values, src, x.t, x.swap)
		for i, v := range values {
			first[2*i], first[2*i+1], second[2*i], second[2*i+1] = v, 0, 0, v
		}
	}
}
