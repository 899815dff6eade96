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

// VPTERNLOG takes the table of a function of three bits, of which that of the last operand is the uppermost.
#define SELECT $0xe4 // the last, where the first has ones; else the middle one
#define XORAND $0x78 // last ^ middle&first
#define ANDOR  $0xea // last&middle | first

// Z0 = the successors of the words Z0, whose next ones are Z1
#define TWIST(far) \
	VPTESTMD   Z8, Z1, K2 \ // next&1
	VPTERNLOGD SELECT, Z6, Z1, Z0 \
	VPSRLD     $1, Z0, Z0 \
	VPXORD     far, Z0, Z0 \
	VPXORD     Z7, Z0, K2, Z0

// func twistAVX512(w, m *uint32, n int)
TEXT ·twistAVX512(SB), NOSPLIT, $0-24
	MOVQ         w+0(FP), DI
	MOVQ         m+8(FP), SI
	MOVQ         n+16(FP), CX
	MOVL         $0x80000000, AX
	VPBROADCASTD AX, Z6
	MOVL         $0x9908b0df, AX
	VPBROADCASTD AX, Z7
	MOVL         $1, AX
	VPBROADCASTD AX, Z8
	SUBQ         $16, CX
	JLT          rest

twist:
	VMOVDQU32 (DI), Z0
	VMOVDQU32 4(DI), Z1
	TWIST((SI))
	VMOVDQU32 Z0, (DI)
	ADDQ      $64, DI
	ADDQ      $64, SI
	SUBQ      $16, CX
	JGE       twist

rest:
	ADDQ        $16, CX
	JZ          done
	MOVL        $1, AX
	SHLL        CX, AX
	DECL        AX
	KMOVW       AX, K1
	VMOVDQU32.Z (DI), K1, Z0
	VMOVDQU32.Z 4(DI), K1, Z1
	VMOVDQU32.Z (SI), K1, Z2
	TWIST(Z2)
	VMOVDQU32   Z0, K1, (DI)

done:
	VZEROUPPER
	RET

// func convertAVX512(dst *float64, words *uint32, n int)
TEXT ·convertAVX512(SB), NOSPLIT, $0-24
	MOVQ         dst+0(FP), DI
	MOVQ         words+8(FP), SI
	MOVQ         n+16(FP), CX
	MOVL         $0x9d2c5680, AX
	VPBROADCASTD AX, Z2
	MOVL         $0xefc60000, AX
	VPBROADCASTD AX, Z3
	MOVQ         $0x001ffffffc000000, AX // bits 26 to 52
	VPBROADCASTQ AX, Z4
	MOVQ         $0x3ca0000000000000, AX // 2^-53
	VPBROADCASTQ AX, Z5

convert:
	VMOVDQU32 (SI), Z0

	// temper
	VPSRLD     $11, Z0, Z1
	VPXORD     Z1, Z0, Z0
	VPSLLD     $7, Z0, Z1
	VPTERNLOGD XORAND, Z2, Z1, Z0
	VPSLLD     $15, Z0, Z1
	VPTERNLOGD XORAND, Z3, Z1, Z0
	VPSRLD     $18, Z0, Z1
	VPXORD     Z1, Z0, Z0

	// In each 64 bits u is below and v above: a = u>>5 becomes the bits 26 to 52 of
	// a whole number, b = v>>6 those below. The conversion to a double is exact.
	VPSRLQ     $38, Z0, Z1
	VPSLLQ     $21, Z0, Z0
	VPTERNLOGQ ANDOR, Z1, Z4, Z0
	VCVTQQ2PD  Z0, Z0
	VMULPD     Z5, Z0, Z0
	VMOVUPD    Z0, (DI)

	ADDQ $64, SI
	ADDQ $64, DI
	SUBQ $8, CX
	JNZ  convert
	VZEROUPPER
	RET

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
