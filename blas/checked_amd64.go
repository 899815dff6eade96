package blas

import "golang.org/x/sys/cpu"

// twoLines begins to add two lines of a block, as [checked.times] does: it returns how many values of each it takes.
func twoLines(sums *[4]float64, across, absAcross, x, next, v, absV []float64, with *[4]float64, ahead int) (taken int) {
	taken = len(x) &^ 7
	if taken == 0 || !cpu.X86.HasAVX2 || !cpu.X86.HasFMA {
		return 0
	}
	twoLinesAVX2(sums, &across[:taken][0], &absAcross[:taken][0], &x[0], &next[:taken][0], &v[:taken][0], &absV[:taken][0], with, taken/8, 8*ahead)
	return taken
}

// twoLinesAVX2 sets sums to x·v, |x|·absV and those of the next line, adds in four places side by side, and adds the lines,
// times two numbers of with each, to across and absAcross.
//
//go:noescape
func twoLinesAVX2(sums *[4]float64, across, absAcross, x, next, v, absV *float64, with *[4]float64, eights, ahead int)
