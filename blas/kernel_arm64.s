#include "go_asm.h"
#include "textflag.h"

// Registers:
//
//	R0   the argument    R12  counts k    R11  C's rows that are left    R13  C's columns
//	R1   A, k by k    R3, R4, R5  to the next three rows of A    R6  to the next k
//	R2   the tile's fifth row of A
//	R7   B, k by k    R8   to its next row
//	R9   C, row by row    R10  to its next row
//	R14  what is prefetched of C    R15  what is prefetched of the strip that comes next
//	V0, V1, V2  a row of B's strip    V3 to V6  values of A    V7  all set where C is added to
//
// The rest are the tile's sums, three vectors for each of its rows. A strip that is one or two
// vectors wide uses the first ones of each three. Macros that end in a number are for so many
// vectors, or columns. They have the numbers of vector registers as arguments, since Go's
// assembler lacks three instructions (Arm Architecture Reference Manual, section C7.2):

// V[d] ← V[n]·V[m][0] + V[d], rounded once: FMLA (by element), of two float64s.
#define FMLA(m, n, d) \
	WORD $(0x4FC01000 | (m)<<16 | (n)<<5 | (d))

// V0 ← V0 + V[s]: FADD (vector), of two float64s.
#define FADD(s) \
	WORD $(0x4E60D400 | (s)<<16)

// V[d] ← 0: MOVI, of 64-bit values.
#define CLEAR(d) \
	WORD $(0x6F00E400 | (d))

// A row of B's strip.
#define B1 \
	FMOVQ (R7), F0

#define B2 \
	FLDPQ (R7), (F0, F1)

#define B3 \
	B2 \
	FMOVQ 32(R7), F2

// A row of the tile: its value of A times the row of B.
#define ROW1(a, s0, s1, s2) \
	FMLA(a, 0, s0)

#define ROW2(a, s0, s1, s2) \
	ROW1(a, s0, s1, s2) \
	FMLA(a, 1, s1)

#define ROW3(a, s0, s1, s2) \
	ROW2(a, s0, s1, s2) \
	FMLA(a, 2, s2)

// Four rows' values of A.
#define A4(base) \
	FMOVD (base), F3 \
	FMOVD (base)(R3), F4 \
	FMOVD (base)(R4), F5 \
	FMOVD (base)(R5), F6 \
	ADD   R6, base

// One k of four rows, and of eight.
#define FOUR(B, ROW) \
	A4(R1) \
	B \
	ADD R8, R7 \
	ROW(3, 8, 9, 10) \
	ROW(4, 11, 12, 13) \
	ROW(5, 14, 15, 16) \
	ROW(6, 17, 18, 19)

#define EIGHT(B, ROW) \
	FOUR(B, ROW) \
	A4(R2) \
	ROW(3, 20, 21, 22) \
	ROW(4, 23, 24, 25) \
	ROW(5, 26, 27, 28) \
	ROW(6, 29, 30, 31)

#define FOUR_TIMES_EIGHT \
	EIGHT(B3, ROW3) \
	EIGHT(B3, ROW3) \
	EIGHT(B3, ROW3) \
	EIGHT(B3, ROW3)

// Two sums, or one, go to C. What they are added to is +0 where C is set.
#define PAIR(at, s) \
	FMOVQ at, F0 \
	VAND  V7.B16, V0.B16, V0.B16 \
	FADD(s) \
	FMOVQ F0, at

#define SINGLE(at, s) \
	FMOVD at, F0 \
	VAND  V7.B16, V0.B16, V0.B16 \
	FADD(s) \
	FMOVD F0, at

// A row of so many sums.
#define SUM1(s0, s1, s2) \
	SINGLE((R9), s0)

#define SUM2(s0, s1, s2) \
	PAIR((R9), s0)

#define SUM3(s0, s1, s2) \
	PAIR((R9), s0) \
	SINGLE(16(R9), s1)

#define SUM4(s0, s1, s2) \
	PAIR((R9), s0) \
	PAIR(16(R9), s1)

#define SUM5(s0, s1, s2) \
	SUM4(s0, s1, s2) \
	SINGLE(32(R9), s2)

#define SUM6(s0, s1, s2) \
	SUM4(s0, s1, s2) \
	PAIR(32(R9), s2)

#define NEXT_ROW \
	ADD  R10, R9 \
	SUBS $1, R11 \
	BEQ  done

// All rows, then the next tile, if there is one.
#define SUMS(DO) \
	DO(8, 9, 10) \
	NEXT_ROW \
	DO(11, 12, 13) \
	NEXT_ROW \
	DO(14, 15, 16) \
	NEXT_ROW \
	DO(17, 18, 19) \
	NEXT_ROW \
	DO(20, 21, 22) \
	NEXT_ROW \
	DO(23, 24, 25) \
	NEXT_ROW \
	DO(26, 27, 28) \
	NEXT_ROW \
	DO(29, 30, 31) \
	NEXT_ROW \
	B tile

#define CLEAR3(s) \
	CLEAR(s) \
	CLEAR(s+1) \
	CLEAR(s+2)

// func runNEON(t *tileColumn)
TEXT ·runNEON(SB), NOSPLIT, $0-8
	MOVD  t+0(FP), R0
	MOVD  tileColumn_a(R0), R1
	MOVD  tileColumn_rowA(R0), R3
	LSL   $1, R3, R4
	ADD   R3, R4, R5
	MOVD  tileColumn_stepA(R0), R6
	MOVD  tileColumn_stepB(R0), R8
	MOVD  tileColumn_b(R0), R15
	MOVD  tileColumn_ahead(R0), R14
	ADD   R14, R15
	MOVD  tileColumn_c(R0), R9
	MOVD  tileColumn_rowC(R0), R10
	MOVD  tileColumn_rows(R0), R11
	MOVD  tileColumn_cols(R0), R13
	MOVBU tileColumn_add(R0), R14
	NEG   R14, R14
	VDUP  R14, V7.D2

tile:
	ADD  R3<<2, R1, R2
	MOVD tileColumn_b(R0), R7
	MOVD tileColumn_depth(R0), R12
	CLEAR3(8)
	CLEAR3(11)
	CLEAR3(14)
	CLEAR3(17)
	CLEAR3(20)
	CLEAR3(23)
	CLEAR3(26)
	CLEAR3(29)
	CMP  $4, R11
	BLE  low
	CMP  $2, R13
	BLE  eight1
	CMP  $4, R13
	BLE  eight2
	MOVD R9, R14
	SUBS $16, R12
	BLT  rest

sixteen: // and a row of C's tile
	PRFM (R14), PLDL1KEEP
	PRFM (R15), PLDL2KEEP
	FOUR_TIMES_EIGHT
	FOUR_TIMES_EIGHT
	PRFM 40(R14), PLDL1KEEP
	FOUR_TIMES_EIGHT
	FOUR_TIMES_EIGHT
	ADD  R10, R14
	ADD  $64, R15
	SUBS $16, R12
	BGE  sixteen

rest:
	ADDS $16, R12
	BEQ  sums

eight3:
	EIGHT(B3, ROW3)
	SUBS $1, R12
	BNE  eight3
	B    sums

eight2:
	EIGHT(B2, ROW2)
	SUBS $1, R12
	BNE  eight2
	B    sums

eight1:
	EIGHT(B1, ROW1)
	SUBS $1, R12
	BNE  eight1
	B    sums

low: // four rows or less
	CMP $2, R13
	BLE four1
	CMP $4, R13
	BLE four2

four3:
	FOUR(B3, ROW3)
	SUBS $1, R12
	BNE  four3
	B    sums

four2:
	FOUR(B2, ROW2)
	SUBS $1, R12
	BNE  four2
	B    sums

four1:
	FOUR(B1, ROW1)
	SUBS $1, R12
	BNE  four1

sums:
	MOVD tileColumn_nextA(R0), R12
	ADD  R12, R1
	CMP  $6, R13
	BEQ  sums6
	CMP  $4, R13
	BGT  sums5
	BEQ  sums4
	CMP  $2, R13
	BGT  sums3
	BEQ  sums2
	SUMS(SUM1)

sums2:
	SUMS(SUM2)

sums3:
	SUMS(SUM3)

sums4:
	SUMS(SUM4)

sums5:
	SUMS(SUM5)

sums6:
	SUMS(SUM6)

done:
	RET
