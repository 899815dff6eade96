package elem

import (
	"iter"
	"math"
	"math/bits"
	"unsafe"
)

// ToFloat64 makes values in the bytes src into float64s: dst has [Type.Parts] of
// them for each value. With swap, the bytes of each value (of a complex one, of each of its
// parts) are in the order that is not the machine's.
//
// All values are exact, but 64-bit integers beyond 2⁵³, which are rounded to the nearest, ties to even, as
// numpy.ndarray.astype does. A boolean is 1 for every byte but 0.
//
// src may be the end of dst's own memory, so that values can be read into the memory
// where they are wanted and widened there. ToFloat64 panics unless
// len(src)·t.Parts() = len(dst)·t.Size().
func ToFloat64(dst []float64, src []byte, t Type, swap bool) {
	t = t.Part()
	checkLength(len(dst), len(src), t)
	for first, block := range nativeBlocks(src, t, swap) {
		toFloat64(dst[first:], block, t)
	}
}

// FromFloat64 makes float64s into values of type t, in the machine's byte order: one for
// each [Type.Parts] of src.
//
// Floats are rounded once, to the nearest, ties to even: subnormal numbers too, and to
// infinity from half a unit beyond the type's largest number on. A NaN stays a NaN. For
// integers each src must be integral and below 2⁵³ in magnitude; the value is that modulo 2ⁿ. A boolean
// is true unless src is 0.
//
// dst may be the beginning of src's own memory. FromFloat64 panics unless
// len(dst)·t.Parts() = len(src)·t.Size().
func FromFloat64(dst []byte, src []float64, t Type) {
	t = t.Part()
	checkLength(len(src), len(dst), t)
	for first, block := range alignedBlocks(dst, t) {
		fromFloat64(block, src[first:first+len(block)/t.Size()], t)
	}
}

// ToInt64 makes integers and booleans into int64s, as [ToFloat64] does. A uint64 becomes
// the int64 with the same bits. It panics for other types.
func ToInt64(dst []int64, src []byte, t Type, swap bool) {
	checkLength(len(dst), len(src), t)
	for first, block := range nativeBlocks(src, t, swap) {
		toInt64(dst[first:], block, t)
	}
}

// FromInt64 makes int64s into integers of type t, as [FromFloat64] does: the value is
// src modulo 2ⁿ, a boolean is true unless src is 0. It panics for other types.
func FromInt64(dst []byte, src []int64, t Type) {
	checkLength(len(src), len(dst), t)
	for first, block := range alignedBlocks(dst, t) {
		fromInt64(block, src[first:first+len(block)/t.Size()], t)
	}
}

// SplitInt64 makes 64-bit integers into pairs of float64s whose sum each is exactly:
// hi is the nearest to it, and lo the rest. It panics for other types than Int64 and Uint64.
func SplitInt64(hi, lo []float64, src []byte, t Type, swap bool) {
	checkLength(len(hi), len(src), t)
	lo = lo[:len(hi)]
	for first, block := range nativeBlocks(src, t, swap) {
		switch t {
		case Int64:
			split(hi[first:], lo[first:], view[int64](block))
		case Uint64:
			split(hi[first:], lo[first:], view[uint64](block))
		default:
			panic("elem: SplitInt64 of " + t.String())
		}
	}
}

// MaxAbs returns the largest magnitude among integers or booleans, and 0 if there are
// none. It panics for other types.
func MaxAbs(src []byte, t Type, swap bool) (largest uint64) {
	for _, block := range nativeBlocks(src, t, swap) {
		largest = max(largest, maxAbs(block, t))
	}
	return largest
}

// SwapBytes reverses the order of bytes of each value of type t; of complex ones, of each part.
func SwapBytes(b []byte, t Type) {
	t = t.Part()
	if isAligned(b, t) {
		swapAligned(b, t.Size())
		return
	}
	for first, block := range nativeBlocks(b, t, true) {
		copy(b[first*t.Size():], block)
	}
}

func checkLength(values, bytes int, t Type) {
	if bytes != values*t.Size() {
		panic("elem: as many bytes are needed as the values have")
	}
}

// view returns memory as values of another type. It must be aligned.
func view[T any](b []byte) []T {
	var value T
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/int(unsafe.Sizeof(value)))
}

func isAligned(b []byte, t Type) bool {
	return uintptr(unsafe.Pointer(unsafe.SliceData(b)))%uintptr(t.Size()) == 0
}

// A buffer holds a block of values that are not aligned, or not in the machine's byte
// order. It is a fraction of the innermost cache.
type buffer [512]uint64

func (b *buffer) bytes() []byte { return unsafe.Slice((*byte)(unsafe.Pointer(b)), unsafe.Sizeof(*b)) }

// nativeBlocks returns src in blocks that are aligned and in the machine's byte order,
// with the number of each block's first value. That is src itself if it can be.
func nativeBlocks(src []byte, t Type, swap bool) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		size := t.Size()
		swap := swap && size > 1
		if !swap && isAligned(src, t) {
			yield(0, src)
			return
		}
		var memory buffer
		for first := 0; first < len(src); {
			block := memory.bytes()[:min(int(unsafe.Sizeof(memory)), len(src)-first)]
			if copy(block, src[first:]); swap {
				swapAligned(block, size)
			}
			if !yield(first/size, block) {
				return
			}
			first += len(block)
		}
	}
}

// alignedBlocks returns dst in blocks that are aligned, to be filled, with the number
// of each block's first value.
func alignedBlocks(dst []byte, t Type) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		if isAligned(dst, t) {
			yield(0, dst)
			return
		}
		var memory buffer
		for first := 0; first < len(dst); {
			block := memory.bytes()[:min(int(unsafe.Sizeof(memory)), len(dst)-first)]
			if !yield(first/t.Size(), block) {
				return
			}
			first += copy(dst[first:], block)
		}
	}
}

// swapAligned reverses the bytes of each value of aligned memory.
func swapAligned(b []byte, size int) {
	switch size {
	case 2:
		values := view[uint16](b)
		for i, v := range values {
			values[i] = bits.ReverseBytes16(v)
		}
	case 4:
		values := view[uint32](b)
		for i, v := range values {
			values[i] = bits.ReverseBytes32(v)
		}
	case 8:
		values := view[uint64](b)
		for i, v := range values {
			values[i] = bits.ReverseBytes64(v)
		}
	}
}

func toFloat64(dst []float64, src []byte, t Type) {
	done := widenBlocks(dst, src, t)
	dst, src = dst[done:], src[done*t.Size():]
	switch t {
	case Float16:
		halves := view[uint16](src)
		dst = dst[:len(halves)]
		for i, v := range halves {
			dst[i] = fromHalf(v)
		}
	case Float32:
		widen(dst, view[float32](src))
	case Float64:
		copy(dst, view[float64](src))
	default:
		widenIntegers(dst, src, t)
	}
}

func toInt64(dst []int64, src []byte, t Type) {
	switch {
	case t == Int64, t == Uint64:
		copy(dst, view[int64](src))
	case t.IsInteger(), t == Bool:
		widenIntegers(dst, src, t)
	default:
		panic("elem: ToInt64 of " + t.String())
	}
}

// widenIntegers converts integers and booleans.
func widenIntegers[D float64 | int64](dst []D, src []byte, t Type) {
	switch t {
	case Bool:
		dst = dst[:len(src)]
		for i, v := range src {
			dst[i] = D(truth(v))
		}
	case Int8:
		widen(dst, view[int8](src))
	case Uint8:
		widen(dst, src)
	case Int16:
		widen(dst, view[int16](src))
	case Uint16:
		widen(dst, view[uint16](src))
	case Int32:
		widen(dst, view[int32](src))
	case Uint32:
		widen(dst, view[uint32](src))
	case Int64:
		widen(dst, view[int64](src))
	case Uint64:
		widen(dst, view[uint64](src))
	}
}

func fromFloat64(dst []byte, src []float64, t Type) {
	switch t {
	case Float16:
		halves := view[uint16](dst)[:len(src)]
		for i, v := range src {
			halves[i] = toHalf(v)
		}
	case Float32:
		done := roundBlocks(dst, src)
		src = src[done:]
		floats := view[float32](dst)[done:][:len(src)]
		for i, v := range src {
			floats[i] = float32(v)
		}
	case Float64:
		copy(view[float64](dst), src)
	default:
		wrapIntegers(dst, src, t)
	}
}

func fromInt64(dst []byte, src []int64, t Type) {
	switch {
	case t == Int64, t == Uint64:
		copy(view[int64](dst), src)
	case t.IsInteger(), t == Bool:
		wrapIntegers(dst, src, t)
	default:
		panic("elem: FromInt64 to " + t.String())
	}
}

// wrapIntegers converts to integers, modulo 2ⁿ, and to booleans.
func wrapIntegers[S float64 | int64](dst []byte, src []S, t Type) {
	switch t {
	case Bool:
		dst = dst[:len(src)]
		for i, v := range src {
			dst[i] = 0
			if v != 0 {
				dst[i] = 1
			}
		}
	case Int8, Uint8:
		wrap(dst, src)
	case Int16, Uint16:
		wrap(view[uint16](dst), src)
	case Int32, Uint32:
		wrap(view[uint32](dst), src)
	case Int64, Uint64:
		wrap(view[uint64](dst), src)
	}
}

func maxAbs(src []byte, t Type) uint64 {
	switch t {
	case Bool:
		for _, v := range src {
			if v != 0 {
				return 1
			}
		}
		return 0
	case Int8:
		return largestSigned(view[int8](src))
	case Uint8:
		return largest(src)
	case Int16:
		return largestSigned(view[int16](src))
	case Uint16:
		return largest(view[uint16](src))
	case Int32:
		return largestSigned(view[int32](src))
	case Uint32:
		return largest(view[uint32](src))
	case Int64:
		return largestSigned(view[int64](src))
	case Uint64:
		return largest(view[uint64](src))
	}
	panic("elem: MaxAbs of " + t.String())
}

type (
	signed   interface{ int8 | int16 | int32 | int64 }
	unsigned interface {
		uint8 | uint16 | uint32 | uint64
	}
)

// widen converts in the order of the values, and so do all loops here: what overlaps
// as the exported functions say relies on it.
func widen[D int64 | float64, S signed | unsigned | float32](dst []D, src []S) {
	dst = dst[:len(src)]
	for i, v := range src {
		dst[i] = D(v)
	}
}

// wrap takes values modulo 2ⁿ. Signed integers have the same bits.
func wrap[D unsigned, S int64 | float64](dst []D, src []S) {
	dst = dst[:len(src)]
	for i, v := range src {
		dst[i] = D(int64(v))
	}
}

func split[S int64 | uint64](hi, lo []float64, src []S) {
	hi, lo = hi[:len(src)], lo[:len(src)]
	for i, v := range src {
		// Both halves are exact, and the first is 0 or the larger: Dekker's sum is exact, too.
		a, b := float64(float64(v>>32)*0x1p32), float64(uint32(v))
		sum := a + b
		hi[i], lo[i] = sum, b-(sum-a)
	}
}

func largest[S unsigned](src []S) uint64 {
	most := S(0)
	for _, v := range src {
		most = max(most, v)
	}
	return uint64(most)
}

func largestSigned[S signed](src []S) uint64 {
	least, most := S(0), S(0)
	for _, v := range src {
		least, most = min(least, v), max(most, v)
	}
	return max(-uint64(int64(least)), uint64(most)) // -2⁶³ too
}

func truth(b byte) byte {
	if b != 0 {
		return 1
	}
	return 0
}

// fromHalf returns what IEEE 754's binary16 means: a sign, 5 bits of exponent and 10 of
// significand.
func fromHalf(h uint16) float64 {
	sign, rest := uint64(h>>15)<<63, uint64(h&0x7fff)
	switch {
	case rest < 1<<10: // zero and subnormal numbers
		rest = math.Float64bits(float64(rest) * 0x1p-24)
	case rest < 31<<10:
		rest = rest<<42 + (1023-15)<<52
	default: // infinity and NaN
		rest = rest<<42 | 0x7ff<<52
	}
	return math.Float64frombits(sign | rest)
}

// toHalf rounds to binary16 once.
func toHalf(x float64) uint16 {
	b := math.Float64bits(x)
	sign, rest := uint16(b>>48)&0x8000, b&^(1<<63)
	switch {
	case rest > 0x7ff<<52: // a NaN stays one, with what there is room for of its payload
		return sign | 0x7e00 | uint16(rest>>42)&0x1ff
	case rest >= 0x40effe0000000000: // 65520, half a unit above the largest number, 65504
		return sign | 31<<10
	case rest >= (1023-14)<<52:
		rest += 1<<41 - 1 + rest>>42&1
		return sign | uint16(rest>>42-(1023-15)<<10)
	}
	// Subnormal: a unit in the last place of 2²⁸ is one of a subnormal number, 2⁻²⁴.
	return sign | uint16(math.Float64bits(math.Float64frombits(rest)+0x1p28))
}
