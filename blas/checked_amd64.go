package blas

import "golang.org/x/sys/cpu"

// dotWide begins [dot]: it returns the sums of as many values as it takes.
func dotWide(x, v, absV []float64, ahead int) (sum, absSum float64, taken int) {
	taken = len(x) &^ 7
	if taken == 0 || !cpu.X86.HasAVX2 || !cpu.X86.HasFMA {
		return 0, 0, 0
	}
	var sums [2]float64
	dotAVX2(&sums, &x[0], &v[:taken][0], &absV[:taken][0], taken/8, 8*ahead)
	return sums[0], sums[1], taken
}

// addScaledWide begins [addScaled]: it returns how many values it takes.
func addScaledWide(sums, absSums, x []float64, v, absV float64, ahead int) (taken int) {
	taken = len(x) &^ 7
	if taken == 0 || !cpu.X86.HasAVX2 || !cpu.X86.HasFMA {
		return 0
	}
	addScaledAVX2(&sums[:taken][0], &absSums[:taken][0], &x[0], v, absV, taken/8, 8*ahead)
	return taken
}

// dotAVX2 adds in eight places side by side, and then these.
//
//go:noescape
func dotAVX2(sums *[2]float64, x, v, absV *float64, eights, ahead int)

//go:noescape
func addScaledAVX2(sums, absSums, x *float64, v, absV float64, eights, ahead int)
