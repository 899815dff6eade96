package blas

// scratchSize is the size of the blocks, in values, that are converted before they are
// packed: 64 KiB, a fraction of the L2 cache.
const scratchSize = 1 << 13

// pack copies x, k×n, into strips of the given width: element (k, j) goes to
//
//	dst[(j/width·x.rows + k)·width + j%width]
//
// so that a kernel reads one strip from beginning to end. The last strip
// is filled up with zeros. A is packed as its transposed view. What is no float64 yet
// becomes one in the scratch memory, a block at a time.
func pack(dst []float64, x operand, width int, scratch []float64) {
	switch {
	case x.ready:
		packMatrix(dst, x.matrix(), width, x.rows)
	case x.trans:
		depth := len(scratch) / width &^ 1
		for j := 0; j < x.cols; j += width {
			for k := 0; k < x.rows; k += depth {
				block := x.View(k, j, min(depth, x.rows-k), min(width, x.cols-j)).convert(scratch)
				packMatrix(dst[j*x.rows+k*width:], block, width, x.rows)
			}
		}
	default:
		depth := max(len(scratch)/max(x.cols, 1)&^1, 2)
		for k := 0; k < x.rows; k += depth {
			packMatrix(dst[k*width:], x.View(k, 0, min(depth, x.rows-k), x.cols).convert(scratch), width, x.rows)
		}
	}
}

// packMatrix packs x into strips whose height is that of the whole that x is part of.
func packMatrix(dst []float64, x Matrix, width, height int) {
	if !x.Trans {
		packRows(dst, x, width, height)
		return
	}
	for j := 0; j < x.Cols; j += width {
		packTransposed(dst[j*height:][:x.Rows*width], x.View(0, j, x.Rows, min(width, x.Cols-j)), width)
	}
}

// packRows packs x, whose rows lie contiguous in memory, row by row, and then its last strip if that is not whole.
func packRows(dst []float64, x Matrix, width, height int) {
	whole := x.Cols / width * width
	for k := range x.Rows {
		row := x.Data[k*x.Stride:][:whole]
		strips := packWhole(dst[k*width:], row, width, height, x.Stride)
		for j := strips * width; j < whole; j += width {
			copy(dst[j*height+k*width:][:width], row[j:])
		}
	}
	if whole == x.Cols || x.Rows == 0 {
		return
	}
	last, strip := x.View(0, whole, x.Rows, x.Cols-whole), dst[whole*height:]
	for k := packLast(strip, last, width); k < x.Rows; k++ {
		row := strip[k*width:][:width]
		clear(row[copy(row, last.Data[k*x.Stride:][:last.Cols]):])
	}
}

// packTransposed packs one strip whose columns lie contiguous in memory, four at
// a time: one pass over the strip for each column would write every cache line
// once for each of its values.
func packTransposed(strip []float64, x Matrix, width int) {
	column := func(j int) []float64 { return x.Data[j*x.Stride : j*x.Stride+x.Rows] }
	j := 0
	for ; j+4 <= x.Cols; j += 4 {
		x0, x1, x2, x3 := column(j), column(j+1), column(j+2), column(j+3)
		x1, x2, x3 = x1[:len(x0)], x2[:len(x0)], x3[:len(x0)]
		done := packFour(strip[j:], x.Data[j*x.Stride:], x.Stride, x.Rows, width)
		for k, at := done, done*width+j; k < len(x0); k, at = k+1, at+width {
			d := strip[at : at+4 : at+4]
			d[0], d[1], d[2], d[3] = x0[k], x1[k], x2[k], x3[k]
		}
	}
	for ; j < x.Cols; j++ {
		at := j
		for _, value := range column(j) {
			strip[at] = value
			at += width
		}
	}
	for ; j < width; j++ {
		for at := j; at < len(strip); at += width {
			strip[at] = 0
		}
	}
}
