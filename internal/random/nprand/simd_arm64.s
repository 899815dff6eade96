#include "textflag.h"

// FILL32 puts a constant into each lane of a vector.
#define FILL32(c, v) \
	MOVD $c, R3 \
	VDUP R3, v.S4

// word ← the successors of four words, whose next ones are next. Clobbers next and t.
#define TWIST(word, next, far, t) \
	VCMTST V31.S4, next.S4, t.S4 \ // next&1, spread over the lane
	VBIT   V29.B16, word.B16, next.B16 \ // the upper bits of the words
	VUSHR  $1, next.S4, word.S4 \
	VAND   V30.B16, t.B16, t.B16 \
	VEOR   far.B16, word.B16, word.B16 \
	VEOR   t.B16, word.B16, word.B16

// func twistNEON(w, m *uint32, n int)
TEXT ·twistNEON(SB), NOSPLIT, $0-24
	MOVD w+0(FP), R0
	MOVD m+8(FP), R1
	MOVD n+16(FP), R2
	FILL32(0x80000000, V29)
	FILL32(0x9908b0df, V30)
	FILL32(1, V31)
	ADD  $4, R0, R4

twist:
	FLDPQ   (R0), (F0, F1)
	FLDPQ.P 32(R4), (F2, F3)
	FLDPQ.P 32(R1), (F4, F5)
	TWIST(V0, V2, V4, V6)
	TWIST(V1, V3, V5, V7)
	FSTPQ.P (F0, F1), 32(R0)
	SUBS    $8, R2
	BNE     twist
	RET

// V[d] ← V[n]·2⁻⁵³, of two unsigned whole numbers: UCVTF (vector, fixed-point). Go's assembler lacks it (Arm
// Architecture Reference Manual, section C7.2).
#define UCVTF53(n, d) \
	WORD $(0x6F4BE400 | (n)<<5 | (d))

// z becomes words of the stream. Clobbers t.
#define TEMPER(z, t) \
	VUSHR $11, z.S4, t.S4 \
	VEOR  t.B16, z.B16, z.B16 \
	VSHL  $7, z.S4, t.S4 \
	VAND  V29.B16, t.B16, t.B16 \
	VEOR  t.B16, z.B16, z.B16 \
	VSHL  $15, z.S4, t.S4 \
	VAND  V30.B16, t.B16, t.B16 \
	VEOR  t.B16, z.B16, z.B16 \
	VUSHR $18, z.S4, t.S4 \
	VEOR  t.B16, z.B16, z.B16

// func convertNEON(dst *float64, words *uint32, n int)
//
// In each 64 bits of V0 and V1 u is below and v above: a = u>>5 becomes the bits 26 to 52 of a whole number, b = v>>6
// those below. The conversion to a double is exact.
TEXT ·convertNEON(SB), NOSPLIT, $0-24
	MOVD dst+0(FP), R0
	MOVD words+8(FP), R1
	MOVD n+16(FP), R2
	FILL32(0x9d2c5680, V29)
	FILL32(0xefc60000, V30)
	MOVD $0x001ffffffc000000, R3 // bits 26 to 52
	VDUP R3, V31.D2

convert:
	FLDPQ.P 32(R1), (F0, F1)
	TEMPER(V0, V2)
	TEMPER(V1, V3)
	VSHL    $21, V0.D2, V2.D2
	VSHL    $21, V1.D2, V3.D2
	VUSHR   $38, V0.D2, V0.D2
	VUSHR   $38, V1.D2, V1.D2
	VBIT    V31.B16, V2.B16, V0.B16
	VBIT    V31.B16, V3.B16, V1.B16
	UCVTF53(0, 0)
	UCVTF53(1, 1)
	FSTPQ.P (F0, F1), 32(R0)
	SUBS    $4, R2
	BNE     convert
	RET
