#include "textflag.h"

// The first two functions fetch what the next calls will read. The processor does not foresee it,
// since it lies on other lines of the matrix, and would wait for each line anew.

// func transposeFour(dst, src *float64, line, blocks, step int)
//
// Blocks of 4×4 values: SI is where they come from, DX, R9 and R11 lead to the next line of
// memory, the third next, and the next four. DI is where they go, R8 and R10 lead to the next
// step and the third next.
TEXT ·transposeFour(SB), NOSPLIT, $0-40
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ line+16(FP), DX
	MOVQ blocks+24(FP), CX
	MOVQ step+32(FP), R8
	LEAQ (DX)(DX*2), R9
	LEAQ (R8)(R8*2), R10
	LEAQ (SI)(DX*4), R11

block:
	PREFETCHT0 (R11)
	PREFETCHT0 (R11)(DX*1)
	PREFETCHT0 (R11)(DX*2)
	PREFETCHT0 (R11)(R9*1)
	VMOVUPD    (SI), Y0
	VMOVUPD    (SI)(DX*1), Y1
	VMOVUPD    (SI)(DX*2), Y2
	VMOVUPD    (SI)(R9*1), Y3
	VUNPCKLPD  Y1, Y0, Y4
	VUNPCKHPD  Y1, Y0, Y5
	VUNPCKLPD  Y3, Y2, Y6
	VUNPCKHPD  Y3, Y2, Y7
	VPERM2F128 $0x20, Y6, Y4, Y0
	VPERM2F128 $0x20, Y7, Y5, Y1
	VPERM2F128 $0x31, Y6, Y4, Y2
	VPERM2F128 $0x31, Y7, Y5, Y3
	VMOVUPD    Y0, (DI)
	VMOVUPD    Y1, (DI)(R8*1)
	VMOVUPD    Y2, (DI)(R8*2)
	VMOVUPD    Y3, (DI)(R10*1)
	ADDQ       $32, SI
	ADDQ       $32, R11
	LEAQ       (DI)(R8*4), DI
	DECQ       CX
	JNZ        block
	VZEROUPPER
	RET

// func copyDozens(dst, src *float64, strips, dozens, step, ahead int)
//
// SI is where the row comes from. DI is where its part goes in the first of the AX strips
// that are left, BX where the next of its CX dozens goes, and R8 leads to the next strip.
TEXT ·copyDozens(SB), NOSPLIT, $0-48
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ strips+16(FP), AX
	MOVQ dozens+24(FP), DX
	MOVQ step+32(FP), R8
	MOVQ ahead+40(FP), R9

strip:
	MOVQ DI, BX
	MOVQ DX, CX

dozen:
	PREFETCHT0 (SI)(R9*1)
	PREFETCHT0 64(SI)(R9*1)
	VMOVUPD    (SI), Y0
	VMOVUPD    32(SI), Y1
	VMOVUPD    64(SI), Y2
	VMOVUPD    Y0, (BX)
	VMOVUPD    Y1, 32(BX)
	VMOVUPD    Y2, 64(BX)
	ADDQ       $96, SI
	ADDQ       $96, BX
	DECQ       CX
	JNZ        dozen
	ADDQ       R8, DI
	DECQ       AX
	JNZ        strip
	VZEROUPPER
	RET

// func copyQuads(dst, src *float64, strips, quads, step int)
//
// SI is where the row comes from. DI is where its part goes in the first of the AX strips
// that are left, BX where the next of its CX quads goes, and R8 leads to the next strip.
TEXT ·copyQuads(SB), NOSPLIT, $0-40
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ strips+16(FP), AX
	MOVQ quads+24(FP), DX
	MOVQ step+32(FP), R8

strip:
	MOVQ DI, BX
	MOVQ DX, CX

quad:
	VMOVUPD (SI), Y0
	VMOVUPD Y0, (BX)
	ADDQ    $32, SI
	ADDQ    $32, BX
	DECQ    CX
	JNZ     quad
	ADDQ    R8, DI
	DECQ    AX
	JNZ     strip
	VZEROUPPER
	RET

// func copyMasked(dst, src *float64, rows, quads, line int, masks *[24]int64)
//
// SI is where the first of the AX rows that are left comes from, and R8 leads to the next. BX is where the next of its
// CX quads comes from, R9 has their masks, and DI is where they go.
TEXT ·copyMasked(SB), NOSPLIT, $0-48
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ rows+16(FP), AX
	MOVQ quads+24(FP), DX
	MOVQ line+32(FP), R8

row:
	MOVQ SI, BX
	MOVQ masks+40(FP), R9
	MOVQ DX, CX

quad:
	VMOVUPD    (R9), Y1
	VMASKMOVPD (BX), Y1, Y0
	VMOVUPD    Y0, (DI)
	ADDQ       $32, R9
	ADDQ       $32, BX
	ADDQ       $32, DI
	DECQ       CX
	JNZ        quad
	ADDQ       R8, SI
	DECQ       AX
	JNZ        row
	VZEROUPPER
	RET
