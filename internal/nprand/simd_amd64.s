#include "textflag.h"

// FILL puts a constant into each lane of y.
#define FILL32(c, x, y) \
	MOVL c, AX \
	VMOVQ AX, x \
	VPBROADCASTD x, y

#define FILL64(c, x, y) \
	MOVQ c, AX \
	VMOVQ AX, x \
	VPBROADCASTQ x, y

// func twistAVX2(w, m *uint32, n int)
TEXT ·twistAVX2(SB), NOSPLIT, $0-24
	MOVQ w+0(FP), DI
	MOVQ m+8(FP), SI
	MOVQ n+16(FP), CX
	FILL32($0x80000000, X6, Y6)
	FILL32($0x9908b0df, X7, Y7)

twist:
	VMOVDQU (DI), Y0
	VMOVDQU 4(DI), Y1

	// y = word&upper | next&^upper, as next ^ (word^next)&upper
	VPXOR  Y1, Y0, Y0
	VPAND  Y6, Y0, Y0
	VPXOR  Y1, Y0, Y0
	VPSRLD $1, Y0, Y0
	VPXOR  (SI), Y0, Y0

	// y&1 = next&1, spread over the lane
	VPSLLD  $31, Y1, Y1
	VPSRAD  $31, Y1, Y1
	VPAND   Y7, Y1, Y1
	VPXOR   Y1, Y0, Y0
	VMOVDQU Y0, (DI)

	ADDQ $32, DI
	ADDQ $32, SI
	SUBQ $8, CX
	JNZ  twist
	VZEROUPPER
	RET

// func convertAVX2(dst *float64, words *uint32, n int)
TEXT ·convertAVX2(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ words+8(FP), SI
	MOVQ n+16(FP), CX
	FILL32($0x9d2c5680, X2, Y2)
	FILL32($0xefc60000, X3, Y3)
	FILL64($0x4180000000000000, X4, Y4) // 2^25
	FILL64($0x3fe0000000000000, X5, Y5) // 1/2
	VADDPD Y5, Y4, Y6                   // 2^25 + 1/2

convert:
	VMOVDQU (SI), Y0

	// temper
	VPSRLD $11, Y0, Y1
	VPXOR  Y1, Y0, Y0
	VPSLLD $7, Y0, Y1
	VPAND  Y2, Y1, Y1
	VPXOR  Y1, Y0, Y0
	VPSLLD $15, Y0, Y1
	VPAND  Y3, Y1, Y1
	VPXOR  Y1, Y0, Y0
	VPSRLD $18, Y0, Y1
	VPXOR  Y1, Y0, Y0

	// In each 64 bits u is below and v above. a, in the last places of a double from 2^25
	// on, is 2^25 + a*2^-27, and b in those of one from 1/2 on is 1/2 + b*2^-53. Without
	// 2^25 and 1/2 their sum is that of Go: no step rounds.
	VPSRLQ  $38, Y0, Y1
	VPSLLQ  $32, Y0, Y0
	VPSRLQ  $37, Y0, Y0
	VPOR    Y4, Y0, Y0
	VPOR    Y5, Y1, Y1
	VSUBPD  Y6, Y0, Y0
	VADDPD  Y1, Y0, Y0
	VMOVUPD Y0, (DI)

	ADDQ $32, SI
	ADDQ $32, DI
	SUBQ $4, CX
	JNZ  convert
	VZEROUPPER
	RET
