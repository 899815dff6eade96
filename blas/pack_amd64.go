package blas

import "golang.org/x/sys/cpu"

// packFour packs the beginnings of four lines of memory, of n values, side by side: value k of
// line i goes to dst[k·width+i]. It returns how many values of each it has packed.
func packFour(dst, src []float64, stride, n, width int) int {
	n &^= 3
	if n == 0 || !cpu.X86.HasAVX2 {
		return 0
	}
	transposeFour(&dst[:(n-1)*width+4][0], &src[:3*stride+n][0], 8*stride, n/4, 8*width)
	return n
}

// packWhole packs as many whole strips as a row has, and returns their number. A strip has
// height rows in dst; the next row of src begins stride values behind the row. The widths are those of the kernels'
// strips, of B and of A.
func packWhole(dst, row []float64, width, height, stride int) int {
	strips := len(row) / width
	if strips == 0 || !cpu.X86.HasAVX2 || width%12 != 0 && width != 4 && width != 8 {
		return 0
	}
	to, from, step := &dst[:(strips-1)*height*width+width][0], &row[0], 8*height*width
	if width%12 == 0 {
		copyDozens(to, from, strips, width/12, step, 16*stride)
	} else {
		copyQuads(to, from, strips, width/4, step)
	}
	return strips
}

// packLast packs x, a strip that is not whole, and returns how many rows of it.
func packLast(dst []float64, x Matrix, width int) int {
	var masks [24]int64
	if !cpu.X86.HasAVX2 || width%4 != 0 || width > len(masks) {
		return 0
	}
	for j := range x.Cols {
		masks[j] = -1
	}
	copyMasked(&dst[:x.Rows*width][0], &x.Data[:(x.Rows-1)*x.Stride+x.Cols][0], x.Rows, width/4, 8*x.Stride, &masks)
	return x.Rows
}

// transposeFour copies blocks of 4×4 values. Lines of src are line bytes apart, those of dst step.
//
//go:noescape
func transposeFour(dst, src *float64, line, blocks, step int)

// copyDozens copies a row of dozens values for each strip; the strips are step bytes apart. It
// fetches what lies ahead bytes behind the row.
//
//go:noescape
func copyDozens(dst, src *float64, strips, dozens, step, ahead int)

// copyQuads copies quads·4 values of a row for each strip; the strips are step bytes apart.
//
//go:noescape
func copyQuads(dst, src *float64, strips, quads, step int)

// copyMasked copies, from rows that are line bytes apart, those of quads·4 values whose mask is set, and makes the
// others zero. The rows in dst lie one behind the other.
//
//go:noescape
func copyMasked(dst, src *float64, rows, quads, line int, masks *[24]int64)
