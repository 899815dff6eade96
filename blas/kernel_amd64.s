#include "go_asm.h"
#include "textflag.h"

// The two kernels are alike. Registers:
//
//	R15  the argument    CX  counts k    R12  C's rows that are left
//	SI   A, k by k    R10  to the next row of A    R13  to the third next    AX  to the next k
//	BX   B, k by k    R11  to its next row
//	DI   C, row by row    DX  to its next row
//	R8   what is prefetched of C    R9  what is prefetched of the memory ahead
//	R14  the tile's fifth row of A, or, with AVX2, the masks of a strip that is cut off
//
// The first three vectors hold a row of B's strip, the next one a broadcast value of A, and
// the rest the tile's sums, three vectors for each of its rows. A strip that is one or two
// vectors wide uses the first ones of each three. Macros that end in 1, 2 or 3 are for so
// many vectors; those for more begin with those for fewer.
//
// Prefetches are spread over the loop, since a burst of them would keep the loads of A
// waiting. A tile of C is far away, and needed when the loop ends. Ahead is the strip
// that comes next: each tile fetches a part of it into the L2 cache, or else the first
// tile that needs it would wait for the L3 cache.

// The values of B's row. Of the last vector only those are read that are inside, which costs
// some processors an operation in place of a multiply-add; so a strip that is whole is read
// without a mask.
#define AVX512_B1 \
	VMOVUPD.Z (BX), K1, Z0

#define AVX512_B2 \
	VMOVUPD (BX), Z0 \
	VMOVUPD.Z 64(BX), K2, Z1

#define AVX512_B3 \
	VMOVUPD (BX), Z0 \
	VMOVUPD 64(BX), Z1 \
	VMOVUPD.Z 128(BX), K3, Z2

#define AVX512_WHOLE \
	VMOVUPD (BX), Z0 \
	VMOVUPD 64(BX), Z1 \
	VMOVUPD 128(BX), Z2

// A row of the tile: its value of A times the row of B.
#define AVX512_ROW1(at, s0, s1, s2) \
	VBROADCASTSD at, Z3 \
	VFMADD231PD Z0, Z3, s0

#define AVX512_ROW2(at, s0, s1, s2) \
	AVX512_ROW1(at, s0, s1, s2) \
	VFMADD231PD Z1, Z3, s1

#define AVX512_ROW3(at, s0, s1, s2) \
	AVX512_ROW2(at, s0, s1, s2) \
	VFMADD231PD Z2, Z3, s2

// One k of four rows, and of eight.
#define AVX512_FOUR(B, ROW) \
	B \
	ROW((SI), Z8, Z9, Z10) \
	ROW((SI)(R10*1), Z11, Z12, Z13) \
	ROW((SI)(R10*2), Z14, Z15, Z16) \
	ROW((SI)(R13*1), Z17, Z18, Z19) \
	ADDQ AX, SI \
	ADDQ R11, BX

#define AVX512_EIGHT(B, ROW) \
	AVX512_FOUR(B, ROW) \
	ROW((R14), Z20, Z21, Z22) \
	ROW((R14)(R10*1), Z23, Z24, Z25) \
	ROW((R14)(R10*2), Z26, Z27, Z28) \
	ROW((R14)(R13*1), Z29, Z30, Z31) \
	ADDQ AX, R14

#define AVX512_FOUR_TIMES_EIGHT \
	AVX512_EIGHT(AVX512_WHOLE, AVX512_ROW3) \
	AVX512_EIGHT(AVX512_WHOLE, AVX512_ROW3) \
	AVX512_EIGHT(AVX512_WHOLE, AVX512_ROW3) \
	AVX512_EIGHT(AVX512_WHOLE, AVX512_ROW3)

#define AVX512_ZERO(s0, s1, s2) \
	VPXORQ s0, s0, s0 \
	VPXORQ s1, s1, s1 \
	VPXORQ s2, s2, s2

// A row of sums goes to C, as far as C is wide. What it is added to is +0 where C is set:
// K4, K5 and K6 are K1, K2 and K3, or empty.
#define AVX512_SUM1(s0, s1, s2) \
	VMOVUPD.Z (DI), K4, Z0 \
	VADDPD Z0, s0, s0 \
	VMOVUPD s0, K1, (DI)

#define AVX512_SUM2(s0, s1, s2) \
	AVX512_SUM1(s0, s1, s2) \
	VMOVUPD.Z 64(DI), K5, Z1 \
	VADDPD Z1, s1, s1 \
	VMOVUPD s1, K2, 64(DI)

#define AVX512_SUM3(s0, s1, s2) \
	AVX512_SUM2(s0, s1, s2) \
	VMOVUPD.Z 128(DI), K6, Z2 \
	VADDPD Z2, s2, s2 \
	VMOVUPD s2, K3, 128(DI)

// The same where C is set, without a look at it: a load behind a masked store would wait for that.
#define AVX512_SET1(s0, s1, s2) \
	VADDPD Z3, s0, s0 \
	VMOVUPD s0, K1, (DI)

#define NEXT_ROW \
	ADDQ DX, DI \
	DECQ R12 \
	JZ   done

#define AVX512_ALL(DO) \
	DO(Z8, Z9, Z10) \
	DO(Z11, Z12, Z13) \
	DO(Z14, Z15, Z16) \
	DO(Z17, Z18, Z19) \
	DO(Z20, Z21, Z22) \
	DO(Z23, Z24, Z25) \
	DO(Z26, Z27, Z28) \
	DO(Z29, Z30, Z31)

// Then the next tile, if there is one.
#define AVX512_SUMS(DO) \
	DO(Z8, Z9, Z10) \
	NEXT_ROW \
	DO(Z11, Z12, Z13) \
	NEXT_ROW \
	DO(Z14, Z15, Z16) \
	NEXT_ROW \
	DO(Z17, Z18, Z19) \
	NEXT_ROW \
	DO(Z20, Z21, Z22) \
	NEXT_ROW \
	DO(Z23, Z24, Z25) \
	NEXT_ROW \
	DO(Z26, Z27, Z28) \
	NEXT_ROW \
	DO(Z29, Z30, Z31) \
	NEXT_ROW

// func runAVX512(t *tileColumn)
TEXT ·runAVX512(SB), NOSPLIT, $0-8
	MOVQ t+0(FP), R15
	MOVQ tileColumn_a(R15), SI
	MOVQ tileColumn_rowA(R15), R10
	LEAQ (R10)(R10*2), R13
	MOVQ tileColumn_stepA(R15), AX
	MOVQ tileColumn_stepB(R15), R11
	MOVQ tileColumn_b(R15), R9
	ADDQ tileColumn_ahead(R15), R9
	MOVQ tileColumn_c(R15), DI
	MOVQ tileColumn_rowC(R15), DX
	MOVQ tileColumn_rows(R15), R12

	MOVQ  tileColumn_cols(R15), CX
	MOVL  $1, BX
	SHLL  CX, BX
	DECL  BX
	KMOVW BX, K1
	SHRL  $8, BX
	KMOVW BX, K2
	SHRL  $8, BX
	KMOVW BX, K3
	KXORW K4, K4, K4
	KXORW K5, K5, K5
	KXORW K6, K6, K6
	CMPB  tileColumn_add(R15), $0
	JEQ   tile
	KMOVW K1, K4
	KMOVW K2, K5
	KMOVW K3, K6

tile:
	LEAQ (SI)(R10*4), R14
	MOVQ tileColumn_b(R15), BX
	MOVQ tileColumn_cols(R15), R8
	MOVQ tileColumn_depth(R15), CX
	AVX512_ALL(AVX512_ZERO)
	CMPQ R12, $4
	JLE  low
	CMPQ R8, $8
	JLE  eight1
	CMPQ R8, $16
	JLE  eight2
	CMPQ R8, $24
	JLT  eight3
	MOVQ DI, R8
	SUBQ $16, CX
	JLT  rest

sixteen: // and a row of C's tile
	PREFETCHT0 (R8)
	PREFETCHT1 (R9)
	AVX512_FOUR_TIMES_EIGHT
	PREFETCHT0 64(R8)
	PREFETCHT1 64(R9)
	AVX512_FOUR_TIMES_EIGHT
	PREFETCHT0 128(R8)
	PREFETCHT1 128(R9)
	AVX512_FOUR_TIMES_EIGHT
	PREFETCHT0 184(R8)
	PREFETCHT1 192(R9)
	AVX512_FOUR_TIMES_EIGHT
	ADDQ DX, R8
	ADDQ $256, R9
	SUBQ $16, CX
	JGE  sixteen

rest:
	ADDQ $16, CX
	JZ   sums3

one:
	AVX512_EIGHT(AVX512_WHOLE, AVX512_ROW3)
	DECQ CX
	JNZ  one

sums3:
	ADDQ tileColumn_nextA(R15), SI
	AVX512_SUMS(AVX512_SUM3)
	JMP  tile

eight3: // three vectors, the last of them cut off
	AVX512_EIGHT(AVX512_B3, AVX512_ROW3)
	DECQ CX
	JNZ  eight3
	JMP  sums3

eight2:
	AVX512_EIGHT(AVX512_B2, AVX512_ROW2)
	DECQ CX
	JNZ  eight2

sums2:
	ADDQ tileColumn_nextA(R15), SI
	AVX512_SUMS(AVX512_SUM2)
	JMP  tile

eight1:
	AVX512_EIGHT(AVX512_B1, AVX512_ROW1)
	DECQ CX
	JNZ  eight1

sums1:
	ADDQ tileColumn_nextA(R15), SI
	CMPB tileColumn_add(R15), $0
	JEQ  set1
	AVX512_SUMS(AVX512_SUM1)
	JMP  tile

set1:
	VPXORQ Z3, Z3, Z3
	AVX512_SUMS(AVX512_SET1)
	JMP    tile

low: // four rows or less
	CMPQ R8, $8
	JLE  four1
	CMPQ R8, $16
	JLE  four2

four3:
	AVX512_FOUR(AVX512_B3, AVX512_ROW3)
	DECQ CX
	JNZ  four3
	JMP  sums3

four2:
	AVX512_FOUR(AVX512_B2, AVX512_ROW2)
	DECQ CX
	JNZ  four2
	JMP  sums2

four1:
	AVX512_FOUR(AVX512_B1, AVX512_ROW1)
	DECQ CX
	JNZ  four1
	JMP  sums1

done:
	VZEROUPPER
	RET

#define AVX2_B1 \
	VMOVUPD (BX), Y0

#define AVX2_B2 \
	AVX2_B1 \
	VMOVUPD 32(BX), Y1

#define AVX2_B3 \
	AVX2_B2 \
	VMOVUPD 64(BX), Y2

#define AVX2_ROW1(at, s0, s1, s2) \
	VBROADCASTSD at, Y3 \
	VFMADD231PD Y0, Y3, s0

#define AVX2_ROW2(at, s0, s1, s2) \
	AVX2_ROW1(at, s0, s1, s2) \
	VFMADD231PD Y1, Y3, s1

#define AVX2_ROW3(at, s0, s1, s2) \
	AVX2_ROW2(at, s0, s1, s2) \
	VFMADD231PD Y2, Y3, s2

// One k.
#define AVX2_FOUR(B, ROW) \
	B \
	ROW((SI), Y4, Y5, Y6) \
	ROW((SI)(R10*1), Y7, Y8, Y9) \
	ROW((SI)(R10*2), Y10, Y11, Y12) \
	ROW((SI)(R13*1), Y13, Y14, Y15) \
	ADDQ AX, SI \
	ADDQ R11, BX

#define AVX2_FOUR_TIMES_FOUR \
	AVX2_FOUR(AVX2_B3, AVX2_ROW3) \
	AVX2_FOUR(AVX2_B3, AVX2_ROW3) \
	AVX2_FOUR(AVX2_B3, AVX2_ROW3) \
	AVX2_FOUR(AVX2_B3, AVX2_ROW3)

#define AVX2_ZERO(s0, s1, s2) \
	VXORPD s0, s0, s0 \
	VXORPD s1, s1, s1 \
	VXORPD s2, s2, s2

// A row of sums, of vectors that are whole. Y3 is set where they are added to C.
#define AVX2_SUM1(s0, s1, s2) \
	VMASKMOVPD (DI), Y3, Y0 \
	VADDPD Y0, s0, s0 \
	VMOVUPD s0, (DI)

#define AVX2_SUM2(s0, s1, s2) \
	AVX2_SUM1(s0, s1, s2) \
	VMASKMOVPD 32(DI), Y3, Y0 \
	VADDPD Y0, s1, s1 \
	VMOVUPD s1, 32(DI)

#define AVX2_SUM3(s0, s1, s2) \
	AVX2_SUM2(s0, s1, s2) \
	VMASKMOVPD 64(DI), Y3, Y0 \
	VADDPD Y0, s2, s2 \
	VMOVUPD s2, 64(DI)

// A row of sums in a strip that C cuts off: as many as are set from R14 on. (To store so is
// slow on many processors.)
#define AVX2_SUM_SOME(at, s) \
	VMOVUPD at(R14), Y0 \
	VANDPD Y0, Y3, Y1 \
	VMASKMOVPD at(DI), Y1, Y1 \
	VADDPD Y1, s, s \
	VMASKMOVPD s, Y0, at(DI)

#define AVX2_SOME(s0, s1, s2) \
	AVX2_SUM_SOME(0, s0) \
	AVX2_SUM_SOME(32, s1) \
	AVX2_SUM_SOME(64, s2)

#define AVX2_ALL(DO) \
	DO(Y4, Y5, Y6) \
	DO(Y7, Y8, Y9) \
	DO(Y10, Y11, Y12) \
	DO(Y13, Y14, Y15)

#define AVX2_SUMS(DO) \
	DO(Y4, Y5, Y6) \
	NEXT_ROW \
	DO(Y7, Y8, Y9) \
	NEXT_ROW \
	DO(Y10, Y11, Y12) \
	NEXT_ROW \
	DO(Y13, Y14, Y15) \
	NEXT_ROW

// Twelve values of ones, and twelve of zeros: what begins cols values before the zeros
// has the first cols set.
DATA some<>+0(SB)/8, $-1
DATA some<>+8(SB)/8, $-1
DATA some<>+16(SB)/8, $-1
DATA some<>+24(SB)/8, $-1
DATA some<>+32(SB)/8, $-1
DATA some<>+40(SB)/8, $-1
DATA some<>+48(SB)/8, $-1
DATA some<>+56(SB)/8, $-1
DATA some<>+64(SB)/8, $-1
DATA some<>+72(SB)/8, $-1
DATA some<>+80(SB)/8, $-1
DATA some<>+88(SB)/8, $-1
DATA some<>+96(SB)/8, $0
DATA some<>+104(SB)/8, $0
DATA some<>+112(SB)/8, $0
DATA some<>+120(SB)/8, $0
DATA some<>+128(SB)/8, $0
DATA some<>+136(SB)/8, $0
DATA some<>+144(SB)/8, $0
DATA some<>+152(SB)/8, $0
DATA some<>+160(SB)/8, $0
DATA some<>+168(SB)/8, $0
DATA some<>+176(SB)/8, $0
DATA some<>+184(SB)/8, $0
GLOBL some<>(SB), RODATA|NOPTR, $192

// func runAVX2(t *tileColumn)
TEXT ·runAVX2(SB), NOSPLIT, $0-8
	MOVQ t+0(FP), R15
	MOVQ tileColumn_a(R15), SI
	MOVQ tileColumn_rowA(R15), R10
	LEAQ (R10)(R10*2), R13
	MOVQ tileColumn_stepA(R15), AX
	MOVQ tileColumn_stepB(R15), R11
	MOVQ tileColumn_b(R15), R9
	ADDQ tileColumn_ahead(R15), R9
	MOVQ tileColumn_c(R15), DI
	MOVQ tileColumn_rowC(R15), DX
	MOVQ tileColumn_rows(R15), R12

	// R14 is where the masks of the strip's vectors begin.
	LEAQ some<>+96(SB), R14
	MOVQ tileColumn_cols(R15), CX
	SHLQ $3, CX
	SUBQ CX, R14

tile:
	MOVQ tileColumn_b(R15), BX
	MOVQ tileColumn_cols(R15), R8
	MOVQ tileColumn_depth(R15), CX
	AVX2_ALL(AVX2_ZERO)
	CMPQ R8, $4
	JLE  four1
	CMPQ R8, $8
	JLE  four2
	MOVQ DI, R8
	SUBQ $16, CX
	JLT  rest

sixteen: // and a row of C's tile
	PREFETCHT0 (R8)
	PREFETCHT1 (R9)
	AVX2_FOUR_TIMES_FOUR
	PREFETCHT1 64(R9)
	AVX2_FOUR_TIMES_FOUR
	PREFETCHT0 88(R8)
	AVX2_FOUR_TIMES_FOUR
	AVX2_FOUR_TIMES_FOUR
	ADDQ DX, R8
	ADDQ $128, R9
	SUBQ $16, CX
	JGE  sixteen

rest:
	ADDQ $16, CX
	JZ   sums

one:
	AVX2_FOUR(AVX2_B3, AVX2_ROW3)
	DECQ CX
	JNZ  one
	JMP  sums

four2:
	AVX2_FOUR(AVX2_B2, AVX2_ROW2)
	DECQ CX
	JNZ  four2
	JMP  sums

four1:
	AVX2_FOUR(AVX2_B1, AVX2_ROW1)
	DECQ CX
	JNZ  four1

sums:
	ADDQ tileColumn_nextA(R15), SI
	VXORPD Y3, Y3, Y3
	CMPB tileColumn_add(R15), $0
	JEQ  width
	VPCMPEQD Y3, Y3, Y3

width:
	MOVQ tileColumn_cols(R15), R8
	TESTQ $3, R8
	JNZ  some
	CMPQ R8, $8
	JLT  sums1
	JEQ  sums2
	AVX2_SUMS(AVX2_SUM3)
	JMP  tile

sums2:
	AVX2_SUMS(AVX2_SUM2)
	JMP  tile

sums1:
	AVX2_SUMS(AVX2_SUM1)
	JMP  tile

some:
	AVX2_SUMS(AVX2_SOME)
	JMP  tile

done:
	VZEROUPPER
	RET
