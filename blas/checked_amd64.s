#include "textflag.h"

// func dotAVX2(sums *[2]float64, x, v, absV *float64, eights, ahead int)
TEXT ·dotAVX2(SB), NOSPLIT, $0-48
	MOVQ sums+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ v+16(FP), BX
	MOVQ absV+24(FP), DX
	MOVQ eights+32(FP), CX
	MOVQ ahead+40(FP), R8
	VPCMPEQD Y15, Y15, Y15
	VPSRLQ   $1, Y15, Y15 // without the sign
	VXORPD   Y0, Y0, Y0
	VXORPD   Y1, Y1, Y1
	VXORPD   Y2, Y2, Y2
	VXORPD   Y3, Y3, Y3

eight:
	PREFETCHT0  (SI)(R8*1)
	VMOVUPD     (SI), Y4
	VMOVUPD     32(SI), Y5
	VFMADD231PD (BX), Y4, Y0
	VFMADD231PD 32(BX), Y5, Y1
	VANDPD      Y15, Y4, Y4
	VANDPD      Y15, Y5, Y5
	VFMADD231PD (DX), Y4, Y2
	VFMADD231PD 32(DX), Y5, Y3
	ADDQ        $64, SI
	ADDQ        $64, BX
	ADDQ        $64, DX
	DECQ        CX
	JNZ         eight

	VADDPD       Y1, Y0, Y0
	VADDPD       Y3, Y2, Y2
	VHADDPD      Y2, Y0, Y0 // of each half: two of sum, two of absSum
	VEXTRACTF128 $1, Y0, X1
	VADDPD       X1, X0, X0
	VMOVUPD      X0, (DI)
	VZEROUPPER
	RET

// func addScaledAVX2(sums, absSums, x *float64, v, absV float64, eights, ahead int)
TEXT ·addScaledAVX2(SB), NOSPLIT, $0-56
	MOVQ         sums+0(FP), DI
	MOVQ         absSums+8(FP), DX
	MOVQ         x+16(FP), SI
	VBROADCASTSD v+24(FP), Y13
	VBROADCASTSD absV+32(FP), Y14
	MOVQ         eights+40(FP), CX
	MOVQ         ahead+48(FP), R8
	VPCMPEQD     Y15, Y15, Y15
	VPSRLQ       $1, Y15, Y15 // without the sign

eight:
	PREFETCHT0  (SI)(R8*1)
	VMOVUPD     (SI), Y4
	VMOVUPD     32(SI), Y6
	VMOVUPD     (DI), Y0
	VMOVUPD     32(DI), Y2
	VMOVUPD     (DX), Y1
	VMOVUPD     32(DX), Y3
	VANDPD      Y15, Y4, Y5
	VANDPD      Y15, Y6, Y7
	VFMADD231PD Y4, Y13, Y0
	VFMADD231PD Y5, Y14, Y1
	VFMADD231PD Y6, Y13, Y2
	VFMADD231PD Y7, Y14, Y3
	VMOVUPD     Y0, (DI)
	VMOVUPD     Y2, 32(DI)
	VMOVUPD     Y1, (DX)
	VMOVUPD     Y3, 32(DX)
	ADDQ        $64, SI
	ADDQ        $64, DI
	ADDQ        $64, DX
	DECQ        CX
	JNZ         eight
	VZEROUPPER
	RET
