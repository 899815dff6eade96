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
// height rows in dst; the next row of src begins stride values behind the row.
func packWhole(dst, row []float64, width, height, stride int) int {
	strips := len(row) / width
	if strips == 0 || width%12 != 0 || !cpu.X86.HasAVX2 {
		return 0
	}
	copyDozens(&dst[:(strips-1)*height*width+width][0], &row[0], strips, width/12, 8*height*width, 16*stride)
	return strips
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
