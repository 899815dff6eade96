package nprand

import "math"

// numpy takes logarithms from the C library, and their last bits are seen in normal numbers. The functions
// here have the bits of glibc 2.36 on an x86-64 processor with FMA, which math.Log and math.Log1p have not. On a
// processor without FMA, and in other libraries and releases, log and log1p give the neighbouring double in
// some cases (glibc 2.41 has a log1pf that is correctly rounded), and numpy another last bit.
//
// Note: correctly rounded functions would be no substitute. glibc's log is only within 0.52 units in the
// last place.

// log returns ln x for 0 < x < 1, x normal. The algorithm is that of Arm's Optimized Routines (math/log.c,
// S. Nagy, 2018): with x = 2ᵏz, c from the table near z, r = z/c − 1,
//
//	ln x = k ln 2 + ln c + ln(1+r)
//
// and a polynomial of degree 5 for the last term. Each fused operation is one that GCC makes of it.
func log(x float64) float64 {
	if x >= 1-0x1p-4 {
		return logNearOne(x)
	}
	const (
		start = 0x3fe6000000000000 // of the interval [0.6875, 1.375) that z is in
		ln2Hi = 0x1.62e42fefa38p-1
		ln2Lo = 0x1.ef35793c7673p-45
	)
	ix := math.Float64bits(x)
	offset := ix - start
	c := &logTable[offset>>45%128]
	k := float64(int64(offset) >> 52)
	z := math.Float64frombits(ix - offset&(0xfff<<52))

	r := math.FMA(z, c.inverse, -1)
	w := math.FMA(k, ln2Hi, c.log)
	hi := w + r
	lo := math.FMA(k, ln2Lo, w-hi+r)

	r2 := float64(r * r)
	p := math.FMA(r, -0x1.55575e506c89fp-3, 0x1.999b324f10111p-3)
	p = math.FMA(p, r2, math.FMA(r, -0x1.fffffffeb459p-3, 0x1.555555551305bp-2))
	lo = math.FMA(r2, -0x1.0000000000001p-1, lo)
	return math.FMA(float64(r*r2), p, lo) + hi
}

// logNearOne is log for 1−1/16 ≤ x < 1: a polynomial of degree 12 in x−1, with its first two terms in
// double-double.
func logNearOne(x float64) float64 {
	r := x - 1
	r2 := float64(r * r)
	r3 := float64(r * r2)
	p := math.FMA(r, -0x1.999eb43b068ffp-4, 0x1.c7184282ad6cap-4)
	p = math.FMA(r2, 0x1.78182f7afd085p-4, p)
	p = math.FMA(r3, -0x1.5521375d145cdp-4, p)
	q := math.FMA(r, 0x1.24924a344de3p-3, -0x1.55555556745a7p-3)
	q = math.FMA(r2, -0x1.fffffa4423d65p-4, q)
	p = math.FMA(p, r3, q)
	q = math.FMA(r, -0x1.ffffffffffdcbp-3, 0x1.5555555555577p-2)
	q = math.FMA(r2, 0x1.999999995dd0cp-3, q)
	p = math.FMA(p, r3, q)

	rHi := math.FMA(-0x1p27, r, math.FMA(r, 0x1p27, r))
	rLo := r - rHi
	square := float64(rHi * rHi)
	hi := math.FMA(square, -0.5, r)
	lo := math.FMA(square, -0.5, r-hi)
	lo = math.FMA(-0.5*rLo, r+rHi, lo)
	return hi + math.FMA(p, r3, lo)
}

// log1p returns ln(1+x) for −1 < x ≤ 0, x a multiple of 2⁻⁵³. It is Sun's (fdlibm, s_log1p.c, 1993) with the
// polynomial in the order of glibc and the operations that GCC fuses: with 1+x = 2ᵏ(1+f) and s = f/(2+f),
//
//	ln(1+x) = k ln 2 + f − (f²/2 − s(f²/2+R(s²)))
//
// and a correction c for the rounding of 1+x.
func log1p(x float64) float64 {
	const ln2Hi, ln2Lo = 6.93147180369123816490e-01, 1.90821492927058770002e-10
	if x > -0x1p-29 {
		if x > -0x1p-54 {
			return x
		}
		return math.FMA(x*x, -0.5, x)
	}
	f, k, c := x, 0.0, 0.0
	tiny := false // whether |f| is below 2⁻²⁰

	// x < 1/√2 − 1
	if math.Float64bits(x)>>32 > 0xbfd2bec3 {
		u := 1 + x
		c = (x - (u - 1)) / u
		bits := math.Float64bits(u)
		k = float64(int(bits>>52) - 1023)
		bits &= 1<<52 - 1
		high := bits >> 32
		if high < 0x6a09e { // u < √2
			tiny = high == 0
			bits |= 0x3ff << 52
		} else {
			k++
			tiny = (0x100000-high)>>2 == 0
			bits |= 0x3fe << 52
		}
		f = math.Float64frombits(bits) - 1
	}
	half := float64(0.5 * f * f)
	c = math.FMA(k, ln2Lo, c)
	switch {
	case tiny && f == 0:
		return math.FMA(k, ln2Hi, c)
	case tiny:
		r := float64(half * math.FMA(f, -0.66666666666666666, 1))
		return math.FMA(k, ln2Hi, -((r - c) - f))
	}
	s := f / (2 + f)
	z := float64(s * s)
	z2 := float64(z * z)
	z4 := float64(z2 * z2)
	r := float64(z2 * math.FMA(z, 2.857142874366239149e-01, 3.999999999940941908e-01))
	r = math.FMA(z, 6.666666666666735130e-01, r)
	r = math.FMA(z4, math.FMA(z, 1.818357216161805012e-01, 2.222219843214978396e-01), r)
	r = math.FMA(z4*z2, math.FMA(z, 1.479819860511658591e-01, 1.531383769920937332e-01), r)
	r = float64(s * (half + r))
	return math.FMA(k, ln2Hi, -((half - (r + c)) - f)) // with k = 0, too, where c = 0
}

// log1p32 is log1p for −1 < x ≤ 0, x a multiple of 2⁻²⁴: glibc's log1pf (fdlibm, s_log1pf.c).
func log1p32(x float32) float32 {
	const ln2Hi, ln2Lo = 6.9313812256e-01, 9.0580006145e-06
	if x == 0 {
		return x
	}
	f, k, c := x, float32(0), float32(0)
	tiny := false

	// x < 1/√2 − 1
	if math.Float32bits(x) > 0xbe95f61f {
		u := 1 + x
		c = (x - (u - 1)) / u
		bits := math.Float32bits(u)
		k = float32(int(bits>>23) - 127)
		bits &= 1<<23 - 1
		if bits < 0x3504f7 {
			tiny = bits == 0
			bits |= 127 << 23
		} else {
			k++
			tiny = (1<<23-bits)>>2 == 0
			bits |= 126 << 23
		}
		f = math.Float32frombits(bits) - 1
	}
	half := float32(0.5 * f * f)
	c += float32(k * ln2Lo)
	switch {
	case tiny && f == 0:
		return float32(k*ln2Hi) + c
	case tiny:
		r := float32(half * (1 - float32(0.66666666666666666*f)))
		return float32(k*ln2Hi) - ((r - c) - f)
	}
	s := f / (2 + f)
	z := float32(s * s)
	r := float32(1.4798198640e-01)
	for _, coefficient := range [...]float32{
		1.5313838422e-01, 1.8183572590e-01, 2.2222198546e-01, 2.8571429849e-01, 4.0000000596e-01, 6.6666668653e-01,
	} {
		r = coefficient + float32(z*r)
	}
	r = float32(s * (half + float32(z*r)))
	return float32(k*ln2Hi) - ((half - (r + c)) - f)
}
