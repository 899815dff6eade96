#include "textflag.h"

// DD.plus of ddsum.go, a vector of two sums at a time. Macros have the numbers of vector registers as arguments, since
// Go's assembler lacks most instructions for vectors of float64s (Arm Architecture Reference Manual, section C7.2).

// V[d] ← V[a] + V[b]: FADD (vector).
#define FADD(a, b, d) \
	WORD $(0x4E60D400 | (b)<<16 | (a)<<5 | (d))

// V[d] ← V[a] − V[b]: FSUB (vector).
#define FSUB(a, b, d) \
	WORD $(0x4EE0D400 | (b)<<16 | (a)<<5 | (d))

// V[d] ← V[a]·V[b]: FMUL (vector).
#define FMUL(a, b, d) \
	WORD $(0x6E60DC00 | (b)<<16 | (a)<<5 | (d))

// V[d] ← V[a]·V[b] + V[d], rounded once: FMLA (vector).
#define FMLA(a, b, d) \
	WORD $(0x4E60CC00 | (b)<<16 | (a)<<5 | (d))

// V[d] ← −V[a]: FNEG (vector).
#define FNEG(a, d) \
	WORD $(0x6EE0F800 | (a)<<5 | (d))

// V[d] ← all ones where |V[a]| > |V[b]|, else zeros: FACGT. It is false for NaN.
#define FACGT(a, b, d) \
	WORD $(0x6EE0EC00 | (b)<<16 | (a)<<5 | (d))

// s + e = a + b. Clobbers t.
#define TWOSUM(a, b, s, e, t) \
	FADD(a, b, s) \
	FSUB(s, a, t) \
	FSUB(s, t, e) \
	FSUB(a, e, e) \
	FSUB(b, t, t) \
	FADD(e, t, e)

// h + lo ← a + lo + x·scale. x ← x·scale; s is the first approximation of h; f says where h is finite, and holds the
// old lo before. Clobbers t.
#define ADD2(a, x, s, lo, h, f, t) \
	FMUL(x, 30, x) \
	TWOSUM(a, x, s, lo, t) \
	FADD(lo, f, lo) \
	FADD(s, lo, h) \
	FSUB(h, s, t) \
	FSUB(lo, t, lo) \
	FACGT(31, h, f)

// func addVectorsNEON(hi, lo, x []float64, scale float64) (n int)
//
// R0, R1 and R2 go through hi, lo and x, R3 counts elements. V0 to V3 are hi, V4 to V7 x·scale, V8 to V11
// the sums' first approximations, V12 to V15 the new lo, V16 to V19 the new hi, and V20 to V23 say where that is finite;
// V30 is the scale and V31 infinity.
TEXT ·addVectorsNEON(SB), NOSPLIT, $0-88
	MOVD hi_base+0(FP), R0
	MOVD lo_base+24(FP), R1
	MOVD x_base+48(FP), R2
	MOVD x_len+56(FP), R3
	MOVD scale+72(FP), R4
	VDUP R4, V30.D2
	MOVD $0x7ff0000000000000, R4
	VDUP R4, V31.D2
	CBZ  R3, done

loop:
	FLDPQ   (R0), (F0, F1)
	FLDPQ   (R2), (F4, F5)
	FLDPQ   (R1), (F20, F21)
	FLDPQ   32(R0), (F2, F3)
	FLDPQ   32(R2), (F6, F7)
	FLDPQ   32(R1), (F22, F23)
	ADD2(0, 4, 8, 12, 16, 20, 24)
	ADD2(1, 5, 9, 13, 17, 21, 25)
	ADD2(2, 6, 10, 14, 18, 22, 26)
	ADD2(3, 7, 11, 15, 19, 23, 27)
	VAND    V20.B16, V21.B16, V24.B16
	VAND    V22.B16, V23.B16, V25.B16
	VAND    V24.B16, V25.B16, V24.B16
	VUZP1   V24.S4, V24.S4, V24.S4
	FMOVD   F24, R4
	CMN     $1, R4
	BNE     odd

store:
	FSTPQ.P (F16, F17), 32(R0)
	FSTPQ.P (F12, F13), 32(R1)
	FSTPQ.P (F18, F19), 32(R0)
	FSTPQ.P (F14, F15), 32(R1)
	ADD     $64, R2
	SUBS    $8, R3
	BNE     loop

done:
	MOVD x_len+56(FP), R4
	SUB  R3, R4
	MOVD R4, n+80(FP)
	RET

odd: // where hi or x is not finite either, the first approximation is the sum; elsewhere the loop ends
	VEOR  V28.B16, V28.B16, V28.B16
	FACGT(31, 0, 24)
	FACGT(31, 4, 25)
	VAND  V25.B16, V24.B16, V24.B16
	VBIT  V20.B16, V28.B16, V24.B16
	FACGT(31, 1, 25)
	FACGT(31, 5, 26)
	VAND  V26.B16, V25.B16, V25.B16
	VBIT  V21.B16, V28.B16, V25.B16
	VORR  V25.B16, V24.B16, V24.B16
	FACGT(31, 2, 25)
	FACGT(31, 6, 26)
	VAND  V26.B16, V25.B16, V25.B16
	VBIT  V22.B16, V28.B16, V25.B16
	VORR  V25.B16, V24.B16, V24.B16
	FACGT(31, 3, 25)
	FACGT(31, 7, 26)
	VAND  V26.B16, V25.B16, V25.B16
	VBIT  V23.B16, V28.B16, V25.B16
	VORR  V25.B16, V24.B16, V24.B16
	VUZP1 V24.S4, V24.S4, V24.S4
	FMOVD F24, R4
	CBNZ  R4, done
	VBIF  V20.B16, V8.B16, V16.B16
	VBIF  V21.B16, V9.B16, V17.B16
	VBIF  V22.B16, V10.B16, V18.B16
	VBIF  V23.B16, V11.B16, V19.B16
	VAND  V20.B16, V12.B16, V12.B16
	VAND  V21.B16, V13.B16, V13.B16
	VAND  V22.B16, V14.B16, V14.B16
	VAND  V23.B16, V15.B16, V15.B16
	B     store

// hi + lo += x². Clobbers the rest. Overflow is for lanes.finish to see.
#define SQUARE(x, hi, lo, p, q, s, e, t) \
	FMUL(x, x, p) \
	FNEG(p, q) \
	FMLA(x, x, q) \
	TWOSUM(hi, p, s, e, t) \
	FADD(e, lo, e) \
	FADD(e, q, e) \
	FADD(s, e, hi) \
	FSUB(hi, s, t) \
	FSUB(e, t, lo)

// Four elements, whose lanes' hi are in registers and lo at (at).
#define FOUR(h0, h1, at) \
	FLDPQ.P 32(R1), (F0, F1) \
	FLDPQ   at, (F2, F3) \
	SQUARE(0, h0, 2, 4, 5, 6, 7, 8) \
	SQUARE(1, h1, 3, 9, 10, 11, 12, 13) \
	FSTPQ   (F2, F3), at

// func squareVectorsNEON(l *lanes, x []float64)
//
// Of the 32 lanes hi stays in V16 to V31; lo, needed late in a step, stays in memory.
TEXT ·squareVectorsNEON(SB), NOSPLIT, $0-32
	MOVD l+0(FP), R0
	MOVD x_base+8(FP), R1
	MOVD x_len+16(FP), R2
	VEOR V16.B16, V16.B16, V16.B16
	VEOR V17.B16, V17.B16, V17.B16
	VEOR V18.B16, V18.B16, V18.B16
	VEOR V19.B16, V19.B16, V19.B16
	VEOR V20.B16, V20.B16, V20.B16
	VEOR V21.B16, V21.B16, V21.B16
	VEOR V22.B16, V22.B16, V22.B16
	VEOR V23.B16, V23.B16, V23.B16
	VEOR V24.B16, V24.B16, V24.B16
	VEOR V25.B16, V25.B16, V25.B16
	VEOR V26.B16, V26.B16, V26.B16
	VEOR V27.B16, V27.B16, V27.B16
	VEOR V28.B16, V28.B16, V28.B16
	VEOR V29.B16, V29.B16, V29.B16
	VEOR V30.B16, V30.B16, V30.B16
	VEOR V31.B16, V31.B16, V31.B16
	CBZ  R2, done

loop:
	FOUR(16, 17, 256(R0))
	FOUR(18, 19, 288(R0))
	FOUR(20, 21, 320(R0))
	FOUR(22, 23, 352(R0))
	FOUR(24, 25, 384(R0))
	FOUR(26, 27, 416(R0))
	FOUR(28, 29, 448(R0))
	FOUR(30, 31, 480(R0))
	SUBS $32, R2
	BNE  loop

done:
	FSTPQ (F16, F17), (R0)
	FSTPQ (F18, F19), 32(R0)
	FSTPQ (F20, F21), 64(R0)
	FSTPQ (F22, F23), 96(R0)
	FSTPQ (F24, F25), 128(R0)
	FSTPQ (F26, F27), 160(R0)
	FSTPQ (F28, F29), 192(R0)
	FSTPQ (F30, F31), 224(R0)
	RET
