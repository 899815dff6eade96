#include "textflag.h"

// The two kernels are alike. Registers:
//
//	AX  depth    R11  b    SI  a, tile by tile    DI  c, row by row    DX  c's stride in bytes
//	R12  c's rows that are left    BX  b, k by k    CX  counts
//	R8  what is prefetched of c    R9  what is prefetched of the memory behind b
//
// The first three vectors hold a row of B's strip, the next one a broadcast
// value of A, and the rest the tile's sums, three vectors for each of its rows.
//
// Prefetches are spread over the loop, since a burst of them would keep the loads of A
// waiting. A tile of C is far away, and needed when the loop ends. Behind b is the strip
// that comes next: each tile fetches a part of it into the L2 cache, or else the first
// tile that needs it would wait for the L3 cache.

#define AVX512_ROW(at, s0, s1, s2) \
	VBROADCASTSD (at)(SI), Z3 \
	VFMADD231PD Z0, Z3, s0 \
	VFMADD231PD Z1, Z3, s1 \
	VFMADD231PD Z2, Z3, s2

// The n-th k from where SI and BX are.
#define AVX512_K(n) \
	VMOVUPD ((n)*192)(BX), Z0 \
	VMOVUPD ((n)*192+64)(BX), Z1 \
	VMOVUPD ((n)*192+128)(BX), Z2 \
	AVX512_ROW((n)*64+0, Z8, Z9, Z10) \
	AVX512_ROW((n)*64+8, Z11, Z12, Z13) \
	AVX512_ROW((n)*64+16, Z14, Z15, Z16) \
	AVX512_ROW((n)*64+24, Z17, Z18, Z19) \
	AVX512_ROW((n)*64+32, Z20, Z21, Z22) \
	AVX512_ROW((n)*64+40, Z23, Z24, Z25) \
	AVX512_ROW((n)*64+48, Z26, Z27, Z28) \
	AVX512_ROW((n)*64+56, Z29, Z30, Z31)

#define AVX512_FOUR(n) \
	AVX512_K(n) \
	AVX512_K(n+1) \
	AVX512_K(n+2) \
	AVX512_K(n+3)

#define AVX512_NEXT(n) \
	ADDQ $((n)*64), SI \
	ADDQ $((n)*192), BX

#define AVX512_ZERO \
	VPXORQ Z8, Z8, Z8 \
	VPXORQ Z9, Z9, Z9 \
	VPXORQ Z10, Z10, Z10 \
	VPXORQ Z11, Z11, Z11 \
	VPXORQ Z12, Z12, Z12 \
	VPXORQ Z13, Z13, Z13 \
	VPXORQ Z14, Z14, Z14 \
	VPXORQ Z15, Z15, Z15 \
	VPXORQ Z16, Z16, Z16 \
	VPXORQ Z17, Z17, Z17 \
	VPXORQ Z18, Z18, Z18 \
	VPXORQ Z19, Z19, Z19 \
	VPXORQ Z20, Z20, Z20 \
	VPXORQ Z21, Z21, Z21 \
	VPXORQ Z22, Z22, Z22 \
	VPXORQ Z23, Z23, Z23 \
	VPXORQ Z24, Z24, Z24 \
	VPXORQ Z25, Z25, Z25 \
	VPXORQ Z26, Z26, Z26 \
	VPXORQ Z27, Z27, Z27 \
	VPXORQ Z28, Z28, Z28 \
	VPXORQ Z29, Z29, Z29 \
	VPXORQ Z30, Z30, Z30 \
	VPXORQ Z31, Z31, Z31

// A row of the tile, as wide as C is.
#define AVX512_ADD(s0, s1, s2) \
	VADDPD (DI), s0, K1, s0 \
	VADDPD 64(DI), s1, K2, s1 \
	VADDPD 128(DI), s2, K3, s2 \
	VMOVUPD s0, K1, (DI) \
	VMOVUPD s1, K2, 64(DI) \
	VMOVUPD s2, K3, 128(DI) \
	ADDQ DX, DI \
	DECQ R12 \
	JZ   done

#define AVX512_SET(s0, s1, s2) \
	VADDPD Z0, s0, s0 \
	VADDPD Z0, s1, s1 \
	VADDPD Z0, s2, s2 \
	VMOVUPD s0, K1, (DI) \
	VMOVUPD s1, K2, 64(DI) \
	VMOVUPD s2, K3, 128(DI) \
	ADDQ DX, DI \
	DECQ R12 \
	JZ   done

// func runAVX512(depth int, a, b, c *float64, rows, cols, stride int, add bool)
TEXT ·runAVX512(SB), NOSPLIT, $0-57
	MOVQ depth+0(FP), AX
	MOVQ a+8(FP), SI
	MOVQ b+16(FP), R11
	MOVQ c+24(FP), DI
	MOVQ rows+32(FP), R12
	MOVQ cols+40(FP), CX
	MOVQ stride+48(FP), DX
	SHLQ $3, DX

	MOVL $1, BX
	SHLL CX, BX
	DECL BX
	KMOVW BX, K1
	SHRL $8, BX
	KMOVW BX, K2
	SHRL $8, BX
	KMOVW BX, K3

	IMUL3Q $192, AX, R9
	ADDQ R11, R9

tile:
	MOVQ R11, BX
	MOVQ DI, R8
	AVX512_ZERO
	MOVQ AX, CX
	SHRQ $4, CX
	JZ   rest

sixteen: // and a row of C's tile
	PREFETCHT0 (R8)
	PREFETCHT1 (R9)
	AVX512_FOUR(0)
	PREFETCHT0 64(R8)
	PREFETCHT1 64(R9)
	AVX512_FOUR(4)
	PREFETCHT0 128(R8)
	PREFETCHT1 128(R9)
	AVX512_FOUR(8)
	PREFETCHT0 184(R8)
	PREFETCHT1 192(R9)
	AVX512_FOUR(12)
	AVX512_NEXT(16)
	ADDQ DX, R8
	ADDQ $256, R9
	DECQ CX
	JNZ  sixteen

rest:
	MOVQ AX, CX
	ANDQ $15, CX
	JZ   sums

one:
	AVX512_K(0)
	AVX512_NEXT(1)
	DECQ CX
	JNZ  one

sums:
	CMPB add+56(FP), $0
	JEQ  set
	AVX512_ADD(Z8, Z9, Z10)
	AVX512_ADD(Z11, Z12, Z13)
	AVX512_ADD(Z14, Z15, Z16)
	AVX512_ADD(Z17, Z18, Z19)
	AVX512_ADD(Z20, Z21, Z22)
	AVX512_ADD(Z23, Z24, Z25)
	AVX512_ADD(Z26, Z27, Z28)
	AVX512_ADD(Z29, Z30, Z31)
	JMP  tile

set:
	VPXORQ Z0, Z0, Z0
	AVX512_SET(Z8, Z9, Z10)
	AVX512_SET(Z11, Z12, Z13)
	AVX512_SET(Z14, Z15, Z16)
	AVX512_SET(Z17, Z18, Z19)
	AVX512_SET(Z20, Z21, Z22)
	AVX512_SET(Z23, Z24, Z25)
	AVX512_SET(Z26, Z27, Z28)
	AVX512_SET(Z29, Z30, Z31)
	JMP  tile

done:
	VZEROUPPER
	RET

#define AVX2_ROW(at, s0, s1, s2) \
	VBROADCASTSD (at)(SI), Y3 \
	VFMADD231PD Y0, Y3, s0 \
	VFMADD231PD Y1, Y3, s1 \
	VFMADD231PD Y2, Y3, s2

// The n-th k from where SI and BX are.
#define AVX2_K(n) \
	VMOVUPD ((n)*96)(BX), Y0 \
	VMOVUPD ((n)*96+32)(BX), Y1 \
	VMOVUPD ((n)*96+64)(BX), Y2 \
	AVX2_ROW((n)*32+0, Y4, Y5, Y6) \
	AVX2_ROW((n)*32+8, Y7, Y8, Y9) \
	AVX2_ROW((n)*32+16, Y10, Y11, Y12) \
	AVX2_ROW((n)*32+24, Y13, Y14, Y15)

#define AVX2_FOUR(n) \
	AVX2_K(n) \
	AVX2_K(n+1) \
	AVX2_K(n+2) \
	AVX2_K(n+3)

#define AVX2_NEXT(n) \
	ADDQ $((n)*32), SI \
	ADDQ $((n)*96), BX

#define AVX2_ZERO \
	VXORPD Y4, Y4, Y4 \
	VXORPD Y5, Y5, Y5 \
	VXORPD Y6, Y6, Y6 \
	VXORPD Y7, Y7, Y7 \
	VXORPD Y8, Y8, Y8 \
	VXORPD Y9, Y9, Y9 \
	VXORPD Y10, Y10, Y10 \
	VXORPD Y11, Y11, Y11 \
	VXORPD Y12, Y12, Y12 \
	VXORPD Y13, Y13, Y13 \
	VXORPD Y14, Y14, Y14 \
	VXORPD Y15, Y15, Y15

// A row of a tile that is whole.
#define AVX2_ADD(s0, s1, s2) \
	VADDPD (DI), s0, s0 \
	VADDPD 32(DI), s1, s1 \
	VADDPD 64(DI), s2, s2 \
	VMOVUPD s0, (DI) \
	VMOVUPD s1, 32(DI) \
	VMOVUPD s2, 64(DI) \
	ADDQ DX, DI \
	DECQ R12 \
	JZ   done

#define AVX2_SET(s0, s1, s2) \
	VADDPD Y0, s0, s0 \
	VADDPD Y0, s1, s1 \
	VADDPD Y0, s2, s2 \
	VMOVUPD s0, (DI) \
	VMOVUPD s1, 32(DI) \
	VMOVUPD s2, 64(DI) \
	ADDQ DX, DI \
	DECQ R12 \
	JZ   done

// A row of a tile that C cuts off: only where Y0, Y1 and Y2 are set.
#define AVX2_ADD_SOME(s0, s1, s2) \
	VMASKMOVPD (DI), Y0, Y3 \
	VADDPD Y3, s0, s0 \
	VMASKMOVPD s0, Y0, (DI) \
	VMASKMOVPD 32(DI), Y1, Y3 \
	VADDPD Y3, s1, s1 \
	VMASKMOVPD s1, Y1, 32(DI) \
	VMASKMOVPD 64(DI), Y2, Y3 \
	VADDPD Y3, s2, s2 \
	VMASKMOVPD s2, Y2, 64(DI) \
	ADDQ DX, DI \
	DECQ R12 \
	JZ   done

#define AVX2_SET_SOME(s0, s1, s2) \
	VADDPD Y3, s0, s0 \
	VMASKMOVPD s0, Y0, (DI) \
	VADDPD Y3, s1, s1 \
	VMASKMOVPD s1, Y1, 32(DI) \
	VADDPD Y3, s2, s2 \
	VMASKMOVPD s2, Y2, 64(DI) \
	ADDQ DX, DI \
	DECQ R12 \
	JZ   done

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

// func runAVX2(depth int, a, b, c *float64, rows, cols, stride int, add bool)
TEXT ·runAVX2(SB), NOSPLIT, $0-57
	MOVQ depth+0(FP), AX
	MOVQ a+8(FP), SI
	MOVQ b+16(FP), R11
	MOVQ c+24(FP), DI
	MOVQ rows+32(FP), R12
	MOVQ cols+40(FP), CX
	MOVQ stride+48(FP), DX
	SHLQ $3, DX

	// R10 is where the mask of a cut tile begins, or 0.
	XORL R10, R10
	CMPQ CX, $12
	JEQ  whole
	LEAQ some<>+96(SB), R10
	SHLQ $3, CX
	SUBQ CX, R10

whole:
	IMUL3Q $96, AX, R9
	ADDQ R11, R9

tile:
	MOVQ R11, BX
	MOVQ DI, R8
	AVX2_ZERO
	MOVQ AX, CX
	SHRQ $4, CX
	JZ   rest

sixteen: // and a row of C's tile
	PREFETCHT0 (R8)
	PREFETCHT1 (R9)
	AVX2_FOUR(0)
	PREFETCHT1 64(R9)
	AVX2_FOUR(4)
	PREFETCHT0 88(R8)
	AVX2_FOUR(8)
	AVX2_FOUR(12)
	AVX2_NEXT(16)
	ADDQ DX, R8
	ADDQ $128, R9
	DECQ CX
	JNZ  sixteen

rest:
	MOVQ AX, CX
	ANDQ $15, CX
	JZ   sums

one:
	AVX2_K(0)
	AVX2_NEXT(1)
	DECQ CX
	JNZ  one

sums:
	TESTQ R10, R10
	JNZ  some
	CMPB add+56(FP), $0
	JEQ  set
	AVX2_ADD(Y4, Y5, Y6)
	AVX2_ADD(Y7, Y8, Y9)
	AVX2_ADD(Y10, Y11, Y12)
	AVX2_ADD(Y13, Y14, Y15)
	JMP  tile

set:
	VXORPD Y0, Y0, Y0
	AVX2_SET(Y4, Y5, Y6)
	AVX2_SET(Y7, Y8, Y9)
	AVX2_SET(Y10, Y11, Y12)
	AVX2_SET(Y13, Y14, Y15)
	JMP  tile

some:
	VMOVUPD (R10), Y0
	VMOVUPD 32(R10), Y1
	VMOVUPD 64(R10), Y2
	CMPB add+56(FP), $0
	JEQ  setsome
	AVX2_ADD_SOME(Y4, Y5, Y6)
	AVX2_ADD_SOME(Y7, Y8, Y9)
	AVX2_ADD_SOME(Y10, Y11, Y12)
	AVX2_ADD_SOME(Y13, Y14, Y15)
	JMP  tile

setsome:
	VXORPD Y3, Y3, Y3
	AVX2_SET_SOME(Y4, Y5, Y6)
	AVX2_SET_SOME(Y7, Y8, Y9)
	AVX2_SET_SOME(Y10, Y11, Y12)
	AVX2_SET_SOME(Y13, Y14, Y15)
	JMP  tile

done:
	VZEROUPPER
	RET
