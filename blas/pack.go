package blas

// pack copies x, k×n, into strips of the given width: element (k, j) goes to
//
//	dst[(j/width·x.Rows + k)·width + j%width]
//
// so that a kernel reads one strip from its beginning to its end. The last strip
// is filled up with zeros. A is packed as its transposed view.
func pack(dst []float64, x Matrix, width int) {
	if !x.Trans {
		packRows(dst, x, width)
		return
	}
	for j := 0; j < x.Cols; j += width {
		packTransposed(dst[j*x.Rows:][:x.Rows*width], x.View(0, j, x.Rows, min(width, x.Cols-j)), width)
	}
}

// packRows packs x, whose rows lie contiguous in memory, row by row.
func packRows(dst []float64, x Matrix, width int) {
	for k := range x.Rows {
		row := x.Data[k*x.Stride : k*x.Stride+x.Cols]
		at := k * width
		for ; len(row) >= width; row = row[width:] {
			copy(dst[at:at+width], row)
			at += x.Rows * width
		}
		if len(row) > 0 {
			n := copy(dst[at:at+width], row)
			clear(dst[at+n : at+width])
		}
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
		for k, at := 0, j; k < len(x0); k, at = k+1, at+width {
			d := strip[at : at+4 : at+4]
			d[0], d[1], d[2], d[3] = x0[k], x1[k], x2[k], x3[k]
		}
	}
	for ; j < width; j++ {
		for k := range x.Rows {
			value := 0.0
			if j < x.Cols {
				value = x.Data[j*x.Stride+k]
			}
			strip[k*width+j] = value
		}
	}
}
