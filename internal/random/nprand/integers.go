package nprand

import (
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

	rest   uint32 // of a word of 32 bits, whose lowest bits are the next piece
	pieces int    // in rest
	raw    [128]uint64
	words  [256]uint64
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

// Fill fills dst with the array's next numbers.
func (x *Integers[T]) Fill(dst []T) {
	if x.span == 0 {
		for i := range dst {
			dst[i] = T(x.first)
		}
		return
	}
	for len(dst) > 0 {
		words := x.words[:min(len(x.words), len(dst))]
		x.draw(words)
		dst = dst[x.accept(dst, words):]
	}
}

// draw fills words with the stream's next words of x.width bits.
func (x *Integers[T]) draw(words []uint64) {
	switch x.width {
	case 64:
		x.from.uint64s(words)
	case 32:
		x.from.uint32s(words)
	default:
		each := 32 / x.width
		raw := x.raw[:max(0, len(words)-x.pieces+each-1)/each]
		x.from.uint32s(raw)
		mask := uint32(1)<<x.width - 1
		for i := range words {
			if x.pieces == 0 {
				x.rest, x.pieces = uint32(raw[0]), each
				raw = raw[1:]
			}
			words[i] = uint64(x.rest & mask)
			x.rest >>= x.width
			x.pieces--
		}
	}
}

// accept makes numbers of the words, and returns how many.
//
// A Source takes a word's bits under the mask, if that is within the span. A Generator takes the upper word of
// word·(span+1), if the lower word is not among the first 2ʷ mod (span+1): D. Lemire, "Fast Random Integer
// Generation in an Interval", ACM Transactions on Modeling and Computer Simulation 29(1), 2019.
func (x *Integers[T]) accept(dst []T, words []uint64) int {
	full := uint64(1)<<x.width - 1 // for a width of 64, too
	n := 0
	switch {
	case x.span == full:
		for i, word := range words {
			dst[i] = T(x.first + word)
		}
		return len(words)
	case x.from.masks():
		for _, word := range words {
			if word &= x.mask; word <= x.span {
				dst[n] = T(x.first + word)
				n++
			}
		}
	case x.width == 64:
		count := x.span + 1
		threshold := -count % count
		for _, word := range words {
			if upper, lower := bits.Mul64(word, count); lower >= threshold {
				dst[n] = T(x.first + upper)
				n++
			}
		}
	default:
		count := x.span + 1
		threshold := (full - x.span) % count
		for _, word := range words {
			if m := word * count; m&full >= threshold {
				dst[n] = T(x.first + m>>x.width)
				n++
			}
		}
	}
	return n
}
