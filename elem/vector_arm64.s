#include "textflag.h"

// Go's assembler lacks most of these instructions (Arm Architecture Reference Manual, section C7.2). Macros have the
// numbers of vector registers as arguments.

// V[d] and V[d+1] ← the lower and the upper half of V[n], each value twice as long: an instruction, and its twin with
// Q set, which takes the upper half.
#define LONG(instruction, n, d) \
	WORD $((instruction) | (n)<<5 | (d)) \
	WORD $((instruction) | 1<<30 | (n)<<5 | (d+1))

#define SXTL8 0x0F08A400  // SXTL and SXTL2, from bytes
#define SXTL16 0x0F10A400 // from 16 bits
#define SXTL32 0x0F20A400 // from 32 bits
#define UXTL8 0x2F08A400  // UXTL and UXTL2, from bytes
#define UXTL16 0x2F10A400 // from 16 bits
#define FCVTL 0x0E617800  // FCVTL and FCVTL2, from float32

// V[d] ← V[d], 64-bit integers as float64s: SCVTF (vector, integer).
#define SCVTF(d) \
	WORD $(0x4E61D800 | (d)<<5 | (d))

// V[d] ← V[n] and V[n+1], float64s rounded to float32s: FCVTN and FCVTN2.
#define ROUND(n, d) \
	WORD $(0x0E616800 | (n)<<5 | (d)) \
	WORD $(0x4E616800 | (n+1)<<5 | (d))

// Each function converts blocks of 16 values, in the order of the values: R0 is where they go, R1 where they come
// from, R2 counts blocks. A block is read as a whole before it is written.
#define BEGIN \
	MOVD dst+0(FP), R0 \
	MOVD src+8(FP), R1 \
	MOVD blocks+16(FP), R2

#define NEXT \
	SUBS $1, R2 \
	BNE  block \
	RET

// A block of integers of 8, 16 or 32 bits.
#define LOAD8 \
	FMOVQ.P 16(R1), F22

#define LOAD16 \
	FLDPQ.P 32(R1), (F20, F21)

#define LOAD32 \
	FLDPQ.P 32(R1), (F16, F17) \
	FLDPQ.P 32(R1), (F18, F19)

#define FROM8(instruction) \
	LONG(instruction, 22, 20)

#define FROM16(instruction) \
	LONG(instruction, 20, 16) \
	LONG(instruction, 21, 18)

#define FROM32(instruction) \
	LONG(instruction, 16, 0) \
	LONG(instruction, 17, 2) \
	LONG(instruction, 18, 4) \
	LONG(instruction, 19, 6)

#define TO_FLOAT64 \
	SCVTF(0) \
	SCVTF(1) \
	SCVTF(2) \
	SCVTF(3) \
	SCVTF(4) \
	SCVTF(5) \
	SCVTF(6) \
	SCVTF(7)

#define STORE \
	FSTPQ.P (F0, F1), 32(R0) \
	FSTPQ.P (F2, F3), 32(R0) \
	FSTPQ.P (F4, F5), 32(R0) \
	FSTPQ.P (F6, F7), 32(R0)

// func widenFloat32(dst *float64, src unsafe.Pointer, blocks int)
TEXT ·widenFloat32(SB), NOSPLIT, $0-24
	BEGIN

block:
	LOAD32
	FROM32(FCVTL)
	STORE
	NEXT

// func widenInt32(dst *float64, src unsafe.Pointer, blocks int)
TEXT ·widenInt32(SB), NOSPLIT, $0-24
	BEGIN

block:
	LOAD32
	FROM32(SXTL32)
	TO_FLOAT64
	STORE
	NEXT

// func widenInt16(dst *float64, src unsafe.Pointer, blocks int)
TEXT ·widenInt16(SB), NOSPLIT, $0-24
	BEGIN

block:
	LOAD16
	FROM16(SXTL16)
	FROM32(SXTL32)
	TO_FLOAT64
	STORE
	NEXT

// func widenUint16(dst *float64, src unsafe.Pointer, blocks int)
TEXT ·widenUint16(SB), NOSPLIT, $0-24
	BEGIN

block:
	LOAD16
	FROM16(UXTL16)
	FROM32(SXTL32)
	TO_FLOAT64
	STORE
	NEXT

// func widenInt8(dst *float64, src unsafe.Pointer, blocks int)
TEXT ·widenInt8(SB), NOSPLIT, $0-24
	BEGIN

block:
	LOAD8
	FROM8(SXTL8)
	FROM16(SXTL16)
	FROM32(SXTL32)
	TO_FLOAT64
	STORE
	NEXT

// func widenUint8(dst *float64, src unsafe.Pointer, blocks int)
TEXT ·widenUint8(SB), NOSPLIT, $0-24
	BEGIN

block:
	LOAD8
	FROM8(UXTL8)
	FROM16(UXTL16)
	FROM32(SXTL32)
	TO_FLOAT64
	STORE
	NEXT

// func roundToFloat32(dst unsafe.Pointer, src *float64, blocks int)
TEXT ·roundToFloat32(SB), NOSPLIT, $0-24
	BEGIN

block:
	FLDPQ.P 32(R1), (F0, F1)
	FLDPQ.P 32(R1), (F2, F3)
	FLDPQ.P 32(R1), (F4, F5)
	FLDPQ.P 32(R1), (F6, F7)
	ROUND(0, 16)
	ROUND(2, 17)
	ROUND(4, 18)
	ROUND(6, 19)
	FSTPQ.P (F16, F17), 32(R0)
	FSTPQ.P (F18, F19), 32(R0)
	NEXT
