package blas

// packFour packs the beginnings of four lines of memory, of n values, side by side: value k of
// line i goes to dst[k·width+i]. It returns how many values of each it has packed.
func packFour(dst, src []float64, stride, n, width int) int {
	n &^= 3
	if n == 0 {
		return 0
	}
	transposeFour(&dst[:(n-1)*width+4][0], &src[:3*stride+n][0], 8*stride, n/4, 8*width)
	return n
}

// packWhole packs as many whole strips as a row has, and returns their number. A strip has
// height rows in dst. The widths are those of the kernel's strips, of B and of A.
func packWhole(dst, row []float64, width, height, _ int) int {
	strips := len(row) / width
	if strips == 0 || width != 6 && width != 8 {
		return 0
	}
	to, from, step := &dst[:(strips-1)*height*width+width][0], &row[0], 8*height*width
	if width == 6 {
		copySixes(to, from, strips, step)
	} else {
		copyEights(to, from, strips, step)
	}
	return strips
}

// packLast packs nothing: Go does it.
func packLast([]float64, Matrix, int) int { return 0 }

// transposeFour copies blocks of 4×4 values. Lines of src are line bytes apart, those of dst step.
//
//go:noescape
func transposeFour(dst, src *float64, line, blocks, step int)

// copySixes copies six values of a row for each strip; the strips are step bytes apart.
//
//go:noescape
func copySixes(dst, src *float64, strips, step int)

// copyEights copies eight.
//
//go:noescape
func copyEights(dst, src *float64, strips, step int)
