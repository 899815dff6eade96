#include "textflag.h"

// Four values of both lines, o bytes from the next ones.
#define FOUR(o) \
	VMOVUPD     o(BX), Y8         \
	VMOVUPD     o(DX), Y9         \
	VMOVUPD     o(SI), Y10        \
	VMOVUPD     o(R8), Y11        \
	VMOVUPD     o(DI), Y12        \
	VMOVUPD     o(R9), Y13        \
	VFMADD231PD Y8, Y10, Y0       \
	VFMADD231PD Y8, Y11, Y2       \
	VFMADD231PD Y10, Y4, Y12      \
	VFMADD231PD Y11, Y6, Y12      \
	VANDPD      Y15, Y10, Y10     \
	VANDPD      Y15, Y11, Y11     \
	VFMADD231PD Y9, Y10, Y1       \
	VFMADD231PD Y9, Y11, Y3       \
	VFMADD231PD Y10, Y5, Y13      \
	VFMADD231PD Y11, Y7, Y13      \
	VMOVUPD     Y12, o(DI)        \
	VMOVUPD     Y13, o(R9)

// func twoLinesAVX2(sums *[4]float64, across, absAcross, x, next, v, absV *float64, with *[4]float64, eights, ahead int)
TEXT ·twoLinesAVX2(SB), NOSPLIT, $0-80
	MOVQ         across+8(FP), DI
	MOVQ         absAcross+16(FP), R9
	MOVQ         x+24(FP), SI
	MOVQ         next+32(FP), R8
	MOVQ         v+40(FP), BX
	MOVQ         absV+48(FP), DX
	MOVQ         with+56(FP), AX
	MOVQ         eights+64(FP), CX
	MOVQ         ahead+72(FP), R11
	VBROADCASTSD (AX), Y4
	VBROADCASTSD 8(AX), Y5
	VBROADCASTSD 16(AX), Y6
	VBROADCASTSD 24(AX), Y7
	VXORPD       Y0, Y0, Y0
	VXORPD       Y1, Y1, Y1
	VXORPD       Y2, Y2, Y2
	VXORPD       Y3, Y3, Y3
	VPCMPEQD     Y15, Y15, Y15
	VPSRLQ       $1, Y15, Y15 // without the sign

eight:
	PREFETCHT0 (SI)(R11*1)
	PREFETCHT0 (R8)(R11*1)
	FOUR(0)
	FOUR(32)
	ADDQ       $64, SI
	ADDQ       $64, R8
	ADDQ       $64, DI
	ADDQ       $64, R9
	ADDQ       $64, BX
	ADDQ       $64, DX
	DECQ       CX
	JNZ        eight

	MOVQ         sums+0(FP), AX
	VHADDPD      Y1, Y0, Y0 // of each half: two of x·v, two of |x|·absV
	VHADDPD      Y3, Y2, Y2
	VEXTRACTF128 $1, Y0, X1
	VEXTRACTF128 $1, Y2, X3
	VADDPD       X1, X0, X0
	VADDPD       X3, X2, X2
	VMOVUPD      X0, (AX)
	VMOVUPD      X2, 16(AX)
	VZEROUPPER
	RET
