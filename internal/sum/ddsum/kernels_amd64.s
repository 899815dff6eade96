#include "textflag.h"

// DD.plus of ddsum.go, a vector at a time. The macros take X, Y or Z registers alike.
// No loop is unrolled for its latency: the steps of different elements are independent,
// and the processor overlaps them by itself.

// s + e = a + b. Clobbers t.
#define TWOSUM(a, b, s, e, t) \
	VADDPD b, a, s; \
	VSUBPD a, s, t; \
	VSUBPD t, s, e; \
	VSUBPD e, a, e; \
	VSUBPD t, b, t; \
	VADDPD t, e, e

// |h| ≥ Inf is the test for a sum that is not finite, true for NaN; |x| < Inf that for a finite number.
#define ABS $0x7fffffffffffffff
#define INF $0x7ff0000000000000
#define ONE $0x3ff0000000000000
#define LESS $1
#define NOTLESS $5

// func addVectorsAVX512(hi, lo, x []float64, scale float64) (n int)
//
// Two vectors at a time, to look for sums that are not finite half as often.
// Two of the ten additions are written as 1·a ± b, which rounds the same: Zen 4 adds on one pair of
// pipes and multiplies on another, which would idle.
TEXT ·addVectorsAVX512(SB), NOSPLIT, $0-88
	MOVQ         hi_base+0(FP), DI
	MOVQ         lo_base+24(FP), SI
	MOVQ         x_base+48(FP), DX
	MOVQ         x_len+56(FP), CX
	VBROADCASTSD scale+72(FP), Z16
	LEAQ         (DI)(CX*8), DI
	LEAQ         (SI)(CX*8), SI
	LEAQ         (DX)(CX*8), DX
	MOVQ         ABS, AX
	VPBROADCASTQ AX, Z13
	MOVQ         INF, AX
	VPBROADCASTQ AX, Z14
	MOVQ         ONE, AX
	VPBROADCASTQ AX, Z15
	NEGQ         CX
	JZ           done

loop:
	VMOVUPD         (DI)(CX*8), Z0
	VMULPD          (DX)(CX*8), Z16, Z1
	TWOSUM(Z0, Z1, Z2, Z3, Z4)
	VFMADD213PD     (SI)(CX*8), Z15, Z3   // e += lo
	VADDPD          Z3, Z2, Z4            // h
	VSUBPD          Z2, Z4, Z5
	VPANDQ          Z13, Z4, Z6           // VANDPD would need AVX512DQ
	VCMPPD          NOTLESS, Z14, Z6, K1
	VFMSUB231PD     Z3, Z15, Z5           // e − (h − s)

	VMOVUPD         64(DI)(CX*8), Z7
	VMULPD          64(DX)(CX*8), Z16, Z8
	TWOSUM(Z7, Z8, Z9, Z3, Z10)
	VFMADD213PD     64(SI)(CX*8), Z15, Z3
	VADDPD          Z3, Z9, Z10
	VSUBPD          Z9, Z10, Z11
	VPANDQ          Z13, Z10, Z6
	VCMPPD          NOTLESS, Z14, Z6, K2
	VFMSUB231PD     Z3, Z15, Z11

	KORTESTW        K1, K2
	JNZ             odd

store:
	VMOVUPD         Z4, (DI)(CX*8)
	VMOVUPD         Z5, (SI)(CX*8)
	VMOVUPD         Z10, 64(DI)(CX*8)
	VMOVUPD         Z11, 64(SI)(CX*8)
	ADDQ            $16, CX
	JNZ             loop

done:
	ADDQ            x_len+56(FP), CX
	MOVQ            CX, n+80(FP)
	VZEROUPPER
	RET

odd: // where hi or x is not finite either, s is the sum; elsewhere the loop ends
	VPANDQ          Z13, Z0, Z0
	VPANDQ          Z13, Z1, Z1
	VCMPPD          LESS, Z14, Z0, K1, K3
	VCMPPD          LESS, Z14, Z1, K3, K3
	VPANDQ          Z13, Z7, Z7
	VPANDQ          Z13, Z8, Z8
	VCMPPD          LESS, Z14, Z7, K2, K4
	VCMPPD          LESS, Z14, Z8, K4, K4
	KORTESTW        K3, K4
	JNZ             done
	VMOVAPD         Z2, K1, Z4
	VPXORQ          Z5, Z5, K1, Z5
	VMOVAPD         Z9, K2, Z10
	VPXORQ          Z11, Z11, K2, Z11
	JMP             store

// func addVectorsAVX2(hi, lo, x []float64, scale float64) (n int)
TEXT ·addVectorsAVX2(SB), NOSPLIT, $0-88
	MOVQ         hi_base+0(FP), DI
	MOVQ         lo_base+24(FP), SI
	MOVQ         x_base+48(FP), DX
	MOVQ         x_len+56(FP), CX
	VBROADCASTSD scale+72(FP), Y15
	LEAQ         (DI)(CX*8), DI
	LEAQ         (SI)(CX*8), SI
	LEAQ         (DX)(CX*8), DX
	MOVQ         ABS, AX
	VMOVQ        AX, X13
	VPBROADCASTQ X13, Y13
	MOVQ         INF, AX
	VMOVQ        AX, X14
	VPBROADCASTQ X14, Y14
	NEGQ         CX
	JZ           done

loop:
	VMOVUPD   (DI)(CX*8), Y0
	VMULPD    (DX)(CX*8), Y15, Y1
	TWOSUM(Y0, Y1, Y2, Y3, Y4)
	VADDPD    (SI)(CX*8), Y3, Y3    // e += lo
	VADDPD    Y3, Y2, Y4            // h
	VSUBPD    Y2, Y4, Y5
	VSUBPD    Y5, Y3, Y5            // e − (h − s)
	VANDPD    Y13, Y4, Y6
	VCMPPD    NOTLESS, Y14, Y6, Y6

	VMOVUPD   32(DI)(CX*8), Y7
	VMULPD    32(DX)(CX*8), Y15, Y8
	TWOSUM(Y7, Y8, Y9, Y3, Y10)
	VADDPD    32(SI)(CX*8), Y3, Y3
	VADDPD    Y3, Y9, Y10
	VSUBPD    Y9, Y10, Y11
	VSUBPD    Y11, Y3, Y11
	VANDPD    Y13, Y10, Y12
	VCMPPD    NOTLESS, Y14, Y12, Y12

	VORPD     Y6, Y12, Y3
	VPTEST    Y3, Y3
	JNZ       odd

store:
	VMOVUPD   Y4, (DI)(CX*8)
	VMOVUPD   Y5, (SI)(CX*8)
	VMOVUPD   Y10, 32(DI)(CX*8)
	VMOVUPD   Y11, 32(SI)(CX*8)
	ADDQ      $8, CX
	JNZ       loop

done:
	ADDQ      x_len+56(FP), CX
	MOVQ      CX, n+80(FP)
	VZEROUPPER
	RET

odd: // where hi or x is not finite either, s is the sum; elsewhere the loop ends
	VANDPD    Y13, Y0, Y0
	VANDPD    Y13, Y1, Y1
	VCMPPD    LESS, Y14, Y0, Y0
	VCMPPD    LESS, Y14, Y1, Y1
	VANDPD    Y0, Y1, Y1
	VANDPD    Y6, Y1, Y1
	VANDPD    Y13, Y7, Y7
	VANDPD    Y13, Y8, Y8
	VCMPPD    LESS, Y14, Y7, Y7
	VCMPPD    LESS, Y14, Y8, Y8
	VANDPD    Y7, Y8, Y8
	VANDPD    Y12, Y8, Y8
	VORPD     Y1, Y8, Y8
	VPTEST    Y8, Y8
	JNZ       done
	VBLENDVPD Y6, Y2, Y4, Y4
	VANDNPD   Y5, Y6, Y5
	VBLENDVPD Y12, Y9, Y10, Y10
	VANDNPD   Y11, Y12, Y11
	JMP       store

// hi + lo += x². Clobbers x, p, s, e, t. Overflow is for lanes.finish to see.
// lo is loaded and stored where it does not fit into a register.
#define SQUARE(x, hi, lo, p, s, e, t) \
	VMULPD x, x, p; \
	VFMSUB213PD p, x, x; \
	TWOSUM(hi, p, s, e, t); \
	VADDPD lo, e, e; \
	VADDPD x, e, e; \
	VADDPD e, s, hi; \
	VSUBPD s, hi, t; \
	VSUBPD t, e, e; \
	VMOVUPD e, lo

// func squareVectorsAVX512(l *lanes, x []float64)
TEXT ·squareVectorsAVX512(SB), NOSPLIT, $0-32
	MOVQ    l+0(FP), DI
	MOVQ    x_base+8(FP), SI
	MOVQ    x_len+16(FP), CX
	LEAQ    (SI)(CX*8), SI
	VPXORQ  Z8, Z8, Z8
	VMOVAPD Z8, Z9
	VMOVAPD Z8, Z10
	VMOVAPD Z8, Z11
	VMOVAPD Z8, Z12
	VMOVAPD Z8, Z13
	VMOVAPD Z8, Z14
	VMOVAPD Z8, Z15
	NEGQ    CX
	JZ      done

loop:
	VMOVUPD (SI)(CX*8), Z0
	SQUARE(Z0, Z8, Z12, Z1, Z2, Z3, Z4)
	VMOVUPD 64(SI)(CX*8), Z0
	SQUARE(Z0, Z9, Z13, Z1, Z2, Z3, Z4)
	VMOVUPD 128(SI)(CX*8), Z0
	SQUARE(Z0, Z10, Z14, Z1, Z2, Z3, Z4)
	VMOVUPD 192(SI)(CX*8), Z0
	SQUARE(Z0, Z11, Z15, Z1, Z2, Z3, Z4)
	ADDQ    $32, CX
	JNZ     loop

done:
	VMOVUPD Z8, (DI)
	VMOVUPD Z9, 64(DI)
	VMOVUPD Z10, 128(DI)
	VMOVUPD Z11, 192(DI)
	VMOVUPD Z12, 256(DI)
	VMOVUPD Z13, 320(DI)
	VMOVUPD Z14, 384(DI)
	VMOVUPD Z15, 448(DI)
	VZEROUPPER
	RET

// func squareVectorsAVX2(l *lanes, x []float64)
//
// Of the 32 lanes hi stays in Y8 to Y15; lo, needed late in a step, stays in memory.
TEXT ·squareVectorsAVX2(SB), NOSPLIT, $0-32
	MOVQ    l+0(FP), DI
	MOVQ    x_base+8(FP), SI
	MOVQ    x_len+16(FP), CX
	LEAQ    (SI)(CX*8), SI
	VXORPD  Y8, Y8, Y8
	VMOVAPD Y8, Y9
	VMOVAPD Y8, Y10
	VMOVAPD Y8, Y11
	VMOVAPD Y8, Y12
	VMOVAPD Y8, Y13
	VMOVAPD Y8, Y14
	VMOVAPD Y8, Y15
	NEGQ    CX
	JZ      done

loop:
	VMOVUPD (SI)(CX*8), Y0
	SQUARE(Y0, Y8, 256(DI), Y1, Y2, Y3, Y4)
	VMOVUPD 32(SI)(CX*8), Y0
	SQUARE(Y0, Y9, 288(DI), Y1, Y2, Y3, Y4)
	VMOVUPD 64(SI)(CX*8), Y0
	SQUARE(Y0, Y10, 320(DI), Y1, Y2, Y3, Y4)
	VMOVUPD 96(SI)(CX*8), Y0
	SQUARE(Y0, Y11, 352(DI), Y1, Y2, Y3, Y4)
	VMOVUPD 128(SI)(CX*8), Y0
	SQUARE(Y0, Y12, 384(DI), Y1, Y2, Y3, Y4)
	VMOVUPD 160(SI)(CX*8), Y0
	SQUARE(Y0, Y13, 416(DI), Y1, Y2, Y3, Y4)
	VMOVUPD 192(SI)(CX*8), Y0
	SQUARE(Y0, Y14, 448(DI), Y1, Y2, Y3, Y4)
	VMOVUPD 224(SI)(CX*8), Y0
	SQUARE(Y0, Y15, 480(DI), Y1, Y2, Y3, Y4)
	ADDQ    $32, CX
	JNZ     loop

done:
	VMOVUPD Y8, (DI)
	VMOVUPD Y9, 32(DI)
	VMOVUPD Y10, 64(DI)
	VMOVUPD Y11, 96(DI)
	VMOVUPD Y12, 128(DI)
	VMOVUPD Y13, 160(DI)
	VMOVUPD Y14, 192(DI)
	VMOVUPD Y15, 224(DI)
	VZEROUPPER
	RET
