package nprand

import (
	"encoding/binary"
	"math"
	"math/bits"
	"unsafe"
)

// An Integer is a type of numpy's whole numbers.
type Integer interface {
	int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64
}

// An Integers draws one array of whole numbers, uniform on [first, last]. For a Source it is
// np.random.randint(first, last+1, size, dtype), for a Generator .integers(first, last+1, size, dtype).
//
// Arrays of 8 and 16 bits take their numbers from pieces of 32-bit words, and drop the rest of the last
// word. So each array has its own Integers, which fills it in as many calls as one likes.
//
// The rules are those of _rand_int64 and the like (numpy/random/_bounded_integers.pyx.in) and of
// random_bounded_uint64_fill and the like (numpy/random/src/distributions/distributions.c).
type Integers[T Integer] struct {
	from  Stream
	first uint64 // wraps
	span  uint64 // last - first
	width int    // bits of the words that numbers are drawn from: 1, 8, 16, 32 or 64
	mask  uint64 // the smallest 2ᵏ-1 that is not below span

	left  uint32 // what is left of a word, in its lowest bits
	bits  int    // how many of them
	words [256]uint32
	wide  [256]uint64
}

// NewIntegers returns the Integers for an array of type T. It panics if last is below first.
func NewIntegers[T Integer](from Stream, first, last T) *Integers[T] {
	if last < first {
		panic("nprand: the last integer is below the first")
	}
	x := &Integers[T]{from: from, first: uint64(first), span: uint64(last) - uint64(first)}
	x.width = int(8 * unsafe.Sizeof(first))
	if x.width == 64 && x.span <= math.MaxUint32 {
		x.width = 32
	}
	x.mask = 1<<bits.Len64(x.span) - 1
	return x
}

// NewBools is NewIntegers for dtype=bool, with 0 for False and 1 for True. Its words have one bit.
func NewBools(from Stream, first, last uint8) *Integers[uint8] {
	x := NewIntegers(from, first, last)
	if last > 1 {
		panic("nprand: no boolean is above 1")
	}
	x.width = 1
	return x
}

// Fill fills dst with the array's next numbers. Of the stream it takes no word that they do not need.
func (x *Integers[T]) Fill(dst []T) {
	for len(dst) > 0 {
		switch {
		case x.span == 0:
			for i := range dst {
				dst[i] = T(x.first)
			}
			return
		case x.width == 64:
			words := x.wide[:min(len(dst), len(x.wide))]
			x.from.uint64s(words)
			dst = dst[x.acceptWide(dst, words):]
		case x.bits > 0:
			dst = dst[x.accept(dst, []uint32{x.left << (32 - x.width)}, 1):]
			x.left >>= x.width
			x.bits -= x.width
		case len(dst)*x.width < 32:
			x.from.uint32s(x.words[:1])
			x.left, x.bits = x.words[0], 32
		default: // whole words
			words := x.words[:min(len(dst)*x.width/32, len(x.words))]
			x.from.uint32s(words)
			if x.width == 1 {
				dst = dst[copyBits(dst, words):]
			} else {
				dst = dst[x.accept(dst, words, 32/x.width):]
			}
		}
	}
}

// copyBits sets a number, of type uint8, to each bit, from the lowest of the first word on, and returns how many.
func copyBits[T Integer](dst []T, words []uint32) (n int) {
	bytes := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(dst))), len(dst))
	for _, word := range words {
		for i := range 4 {
			const ones = 0x0101010101010101 // one in each byte
			each := uint64(byte(word>>(8*i))) * ones & 0x8040201008040201
			binary.LittleEndian.PutUint64(bytes[n+8*i:], (each+0x7f*ones)>>7&ones)
		}
		n += 32
	}
	return n
}

// accept makes numbers of pieces of words, and returns how many; dst has room for one from each piece. A word has two or
// four pieces, or one in its upper bits.
//
// A Source takes a piece's bits under the mask, if that is within the span. A Generator takes the upper half of
// piece·(span+1), if the lower half is not among the first 2ʷ mod (span+1): D. Lemire, "Fast Random Integer
// Generation in an Interval", ACM Transactions on Modeling and Computer Simulation 29(1), 2019. Which of them are within
// cannot be foreseen, so there is no branch.
func (x *Integers[T]) accept(dst []T, words []uint32, pieces int) (n int) {
	first, count, above := x.first, x.span+1, uint(32-x.width)&31
	if full := uint64(1)<<x.width - 1; x.span != full && !x.from.masks() {
		threshold := (full - x.span) % count << above
		const upper16, upper8 = 0xffff << 16, 0xff << 24
		switch pieces {
		case 1:
			for _, word := range words {
				n = scaled(dst, n, first, word, count, threshold)
			}
		case 2:
			for _, word := range words {
				n = scaled(dst, n, first, word<<16, count, threshold)
				n = scaled(dst, n, first, word&upper16, count, threshold)
			}
		case 4:
			for _, word := range words {
				n = scaled(dst, n, first, word<<24, count, threshold)
				n = scaled(dst, n, first, word<<16&upper8, count, threshold)
				n = scaled(dst, n, first, word<<8&upper8, count, threshold)
				n = scaled(dst, n, first, word&upper8, count, threshold)
			}
		}
		return n
	}
	mask := uint32(x.mask)
	switch pieces {
	case 1:
		for _, word := range words {
			n = masked(dst, n, first, word>>above&mask, count)
		}
	case 2:
		for _, word := range words {
			n = masked(dst, n, first, word&mask, count)
			n = masked(dst, n, first, word>>16&mask, count)
		}
	case 4:
		for _, word := range words {
			n = masked(dst, n, first, word&mask, count)
			n = masked(dst, n, first, word>>8&mask, count)
			n = masked(dst, n, first, word>>16&mask, count)
			n = masked(dst, n, first, word>>24&mask, count)
		}
	}
	return n
}

// scaled puts first + piece·count/2³² into dst[n], and returns n+1 if that is accepted, otherwise n.
func scaled[T Integer](dst []T, n int, first uint64, piece uint32, count, threshold uint64) int {
	m := uint64(piece) * count
	dst[n] = T(first + m>>32)
	_, rejected := bits.Sub64(m&math.MaxUint32, threshold, 0)
	return n + 1 - int(rejected)
}

// masked is scaled for first + piece.
func masked[T Integer](dst []T, n int, first uint64, piece uint32, count uint64) int {
	dst[n] = T(first + uint64(piece))
	_, accepted := bits.Sub64(uint64(piece), count, 0)
	return n + int(accepted)
}

// acceptWide is accept for words of 64 bits, which are pieces by themselves.
func (x *Integers[T]) acceptWide(dst []T, words []uint64) (n int) {
	first, mask, span := x.first, x.mask, x.span
	if span == math.MaxUint64 || x.from.masks() {
		for _, word := range words {
			if word &= mask; word <= span {
				dst[n] = T(first + word)
				n++
			}
		}
		return n
	}
	count := span + 1
	threshold := -count % count
	for _, word := range words {
		if upper, lower := bits.Mul64(word, count); lower >= threshold {
			dst[n] = T(first + upper)
			n++
		}
	}
	return n
}
