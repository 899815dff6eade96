//go:build amd64 || arm64

package elem

import "unsafe"

// block is how many values the functions in assembly convert at a time.
const block = 16

// widenBlocks converts the first values, as many as make whole blocks, to float64s, and
// returns their number: 0 if there is nothing for the type or the processor.
func widenBlocks(dst []float64, src []byte, t Type) int {
	blocks := len(src) / t.Size() / block
	if blocks == 0 || !hasVectors() {
		return 0
	}
	to, from := &dst[:blocks*block][0], unsafe.Pointer(&src[0])
	switch t {
	case Int8:
		widenInt8(to, from, blocks)
	case Uint8:
		widenUint8(to, from, blocks)
	case Int16:
		widenInt16(to, from, blocks)
	case Uint16:
		widenUint16(to, from, blocks)
	case Int32:
		widenInt32(to, from, blocks)
	case Float32:
		widenFloat32(to, from, blocks)
	default:
		return 0
	}
	return blocks * block
}

// roundBlocks converts the first float64s, as many as make whole blocks, to float32s, and
// returns their number.
func roundBlocks(dst []byte, src []float64) int {
	blocks := len(src) / block
	if blocks == 0 || !hasVectors() {
		return 0
	}
	roundToFloat32(unsafe.Pointer(&dst[:4*blocks*block][0]), &src[0], blocks)
	return blocks * block
}

//go:noescape
func widenFloat32(dst *float64, src unsafe.Pointer, blocks int)

//go:noescape
func widenInt32(dst *float64, src unsafe.Pointer, blocks int)

//go:noescape
func widenInt16(dst *float64, src unsafe.Pointer, blocks int)

//go:noescape
func widenUint16(dst *float64, src unsafe.Pointer, blocks int)

//go:noescape
func widenInt8(dst *float64, src unsafe.Pointer, blocks int)

//go:noescape
func widenUint8(dst *float64, src unsafe.Pointer, blocks int)

//go:noescape
func roundToFloat32(dst unsafe.Pointer, src *float64, blocks int)
