#include "textflag.h"

// FILL puts a constant into each of the four lanes of x.
#define FILL(c, x) \
	MOVL   c, AX; \
	MOVL   AX, x; \
	PSHUFD $0, x, x

// func twistSSE2(w, m *uint32, n int)
TEXT ·twistSSE2(SB), NOSPLIT, $0-24
	MOVQ w+0(FP), DI
	MOVQ m+8(FP), SI
	MOVQ n+16(FP), CX
	FILL($0x80000000, X6)
	FILL($0x9908b0df, X7)

twist:
	MOVOU 0(DI), X0
	MOVOU 4(DI), X1
	MOVOU 0(SI), X2
	MOVO  X1, X3

	// y = word&upper | next&^upper, as next ^ (word^next)&upper
	PXOR  X1, X0
	PAND  X6, X0
	PXOR  X1, X0
	PSRLL $1, X0
	PXOR  X0, X2

	// y&1 = next&1, spread over the lane
	PSLLL $31, X3
	PSRAL $31, X3
	PAND  X7, X3
	PXOR  X3, X2
	MOVOU X2, 0(DI)

	ADDQ $16, DI
	ADDQ $16, SI
	SUBQ $4, CX
	JNZ  twist
	RET

// func convertSSE2(dst *float64, words *uint32, n int)
TEXT ·convertSSE2(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ words+8(FP), SI
	MOVQ n+16(FP), CX
	FILL($0x9d2c5680, X4)
	FILL($0xefc60000, X5)
	MOVQ $0x3e40000000000000, AX // 2^-27
	MOVQ AX, X6
	UNPCKLPD X6, X6
	MOVQ $0x3ca0000000000000, AX // 2^-53
	MOVQ AX, X7
	UNPCKLPD X7, X7

convert:
	MOVOU 0(SI), X0

	// temper
	MOVO  X0, X1
	PSRLL $11, X1
	PXOR  X1, X0
	MOVO  X0, X1
	PSLLL $7, X1
	PAND  X4, X1
	PXOR  X1, X0
	MOVO  X0, X1
	PSLLL $15, X1
	PAND  X5, X1
	PXOR  X1, X0
	MOVO  X0, X1
	PSRLL $18, X1
	PXOR  X1, X0

	// a*2^-27 + b*2^-53: the same double as in Go, since no step rounds
	PSHUFD   $0x08, X0, X1 // words 0 and 2
	PSHUFD   $0x0d, X0, X2 // words 1 and 3
	PSRLL    $5, X1
	PSRLL    $6, X2
	CVTPL2PD X1, X1
	CVTPL2PD X2, X2
	MULPD    X6, X1
	MULPD    X7, X2
	ADDPD    X2, X1
	MOVUPD   X1, 0(DI)

	ADDQ $16, SI
	ADDQ $16, DI
	SUBQ $2, CX
	JNZ  convert
	RET
