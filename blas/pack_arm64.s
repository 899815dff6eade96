#include "textflag.h"

// func transposeFour(dst, src *float64, line, blocks, step int)
//
// Blocks of 4×4 values: R1 to R4 are where they come from, R0 is where they go.
TEXT ·transposeFour(SB), NOSPLIT, $0-40
	MOVD dst+0(FP), R0
	MOVD src+8(FP), R1
	MOVD line+16(FP), R2
	MOVD blocks+24(FP), R5
	MOVD step+32(FP), R6
	ADD  R2<<1, R1, R3
	ADD  R2, R3, R4
	ADD  R1, R2

block:
	FLDPQ.P 32(R1), (F0, F1)
	FLDPQ.P 32(R2), (F2, F3)
	FLDPQ.P 32(R3), (F4, F5)
	FLDPQ.P 32(R4), (F6, F7)
	VTRN1   V2.D2, V0.D2, V16.D2
	VTRN1   V6.D2, V4.D2, V17.D2
	VTRN2   V2.D2, V0.D2, V18.D2
	VTRN2   V6.D2, V4.D2, V19.D2
	VTRN1   V3.D2, V1.D2, V20.D2
	VTRN1   V7.D2, V5.D2, V21.D2
	VTRN2   V3.D2, V1.D2, V22.D2
	VTRN2   V7.D2, V5.D2, V23.D2
	FSTPQ   (F16, F17), (R0)
	ADD     R6, R0
	FSTPQ   (F18, F19), (R0)
	ADD     R6, R0
	FSTPQ   (F20, F21), (R0)
	ADD     R6, R0
	FSTPQ   (F22, F23), (R0)
	ADD     R6, R0
	SUBS    $1, R5
	BNE     block
	RET

// func copySixes(dst, src *float64, strips, step int)
TEXT ·copySixes(SB), NOSPLIT, $0-32
	MOVD dst+0(FP), R0
	MOVD src+8(FP), R1
	MOVD strips+16(FP), R2
	MOVD step+24(FP), R3

six:
	FLDPQ.P 32(R1), (F0, F1)
	FMOVQ.P 16(R1), F2
	FSTPQ   (F0, F1), (R0)
	FMOVQ   F2, 32(R0)
	ADD     R3, R0
	SUBS    $1, R2
	BNE     six
	RET

// func copyEights(dst, src *float64, strips, step int)
TEXT ·copyEights(SB), NOSPLIT, $0-32
	MOVD dst+0(FP), R0
	MOVD src+8(FP), R1
	MOVD strips+16(FP), R2
	MOVD step+24(FP), R3

eight:
	FLDPQ.P 32(R1), (F0, F1)
	FLDPQ.P 32(R1), (F2, F3)
	FSTPQ   (F0, F1), (R0)
	FSTPQ   (F2, F3), 32(R0)
	ADD     R3, R0
	SUBS    $1, R2
	BNE     eight
	RET
