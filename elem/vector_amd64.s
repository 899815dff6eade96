#include "textflag.h"

// Each function converts blocks of 16 values, in the order of the values, four at a time:
// DI is where they go, SI where they come from, CX counts blocks.
#define BLOCKS(FOUR, from, to) \
	MOVQ dst+0(FP), DI \
	MOVQ src+8(FP), SI \
	MOVQ blocks+16(FP), CX \
block: \
	FOUR(0(SI), 0(DI)) \
	FOUR((4*from)(SI), (4*to)(DI)) \
	FOUR((8*from)(SI), (8*to)(DI)) \
	FOUR((12*from)(SI), (12*to)(DI)) \
	ADDQ $(16*from), SI \
	ADDQ $(16*to), DI \
	DECQ CX \
	JNZ  block \
	VZEROUPPER \
	RET

#define FLOAT32(from, to) \
	VCVTPS2PD from, Y0 \
	VMOVUPD Y0, to

#define INT32(from, to) \
	VCVTDQ2PD from, Y0 \
	VMOVUPD Y0, to

#define INT16(from, to) \
	VPMOVSXWD from, X0 \
	INT32(X0, to)

#define UINT16(from, to) \
	VPMOVZXWD from, X0 \
	INT32(X0, to)

#define INT8(from, to) \
	VPMOVSXBD from, X0 \
	INT32(X0, to)

#define UINT8(from, to) \
	VPMOVZXBD from, X0 \
	INT32(X0, to)

#define TO_FLOAT32(from, to) \
	VCVTPD2PSY from, X0 \
	VMOVUPS X0, to

// func widenFloat32(dst *float64, src unsafe.Pointer, blocks int)
TEXT ·widenFloat32(SB), NOSPLIT, $0-24
	BLOCKS(FLOAT32, 4, 8)

// func widenInt32(dst *float64, src unsafe.Pointer, blocks int)
TEXT ·widenInt32(SB), NOSPLIT, $0-24
	BLOCKS(INT32, 4, 8)

// func widenInt16(dst *float64, src unsafe.Pointer, blocks int)
TEXT ·widenInt16(SB), NOSPLIT, $0-24
	BLOCKS(INT16, 2, 8)

// func widenUint16(dst *float64, src unsafe.Pointer, blocks int)
TEXT ·widenUint16(SB), NOSPLIT, $0-24
	BLOCKS(UINT16, 2, 8)

// func widenInt8(dst *float64, src unsafe.Pointer, blocks int)
TEXT ·widenInt8(SB), NOSPLIT, $0-24
	BLOCKS(INT8, 1, 8)

// func widenUint8(dst *float64, src unsafe.Pointer, blocks int)
TEXT ·widenUint8(SB), NOSPLIT, $0-24
	BLOCKS(UINT8, 1, 8)

// func roundToFloat32(dst unsafe.Pointer, src *float64, blocks int)
TEXT ·roundToFloat32(SB), NOSPLIT, $0-24
	BLOCKS(TO_FLOAT32, 8, 4)
