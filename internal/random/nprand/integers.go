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

	left   []uint32    // drawn pieces of words of 32 bits: a piece is the upper bits of each, the others are 0
	pieces [512]uint32 // left is the end of them
	wide   [256]uint64 // words of 64 bits
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
		case len(x.left) == 0 && x.width == 1 && len(dst) >= 32: // each bit is a number
			words := x.pieces[:min(len(dst)/32, len(x.pieces))]
			x.from.uint32s(words)
			for _, word := range words {
				for k := range dst[:32] {
					dst[k] = T(word & 1)
					word >>= 1
				}
				dst = dst[32:]
			}
		case len(x.left) == 0:
			x.draw(len(dst))
		default:
			pieces := x.left[:min(len(dst), len(x.left))]
			x.left = x.left[len(pieces):]
			dst = dst[x.accept(dst, pieces):]
		}
	}
}

// draw draws the words of at most n pieces, and of those behind them in the last word.
func (x *Integers[T]) draw(n int) {
	each := 32 / x.width
	words := x.pieces[:min((n+each-1)/each, len(x.pieces)/each)]
	x.from.uint32s(words)
	x.left = x.pieces[:len(words)*each]
	const upper16, upper8 = 0xffff << 16, 0xff << 24
	switch i := len(words) - 1; each { // from the last word on, in their own memory
	case 2:
		for ; i >= 0; i-- {
			word, pieces := words[i], (*[2]uint32)(x.left[2*i:])
			pieces[0], pieces[1] = word<<16, word&upper16
		}
	case 4:
		for ; i >= 0; i-- {
			word, pieces := words[i], (*[4]uint32)(x.left[4*i:])
			pieces[0], pieces[1], pieces[2], pieces[3] = word<<24, word<<16&upper8, word<<8&upper8, word&upper8
		}
	case 32:
		for ; i >= 0; i-- {
			word, pieces := words[i], (*[32]uint32)(x.left[32*i:])
			for k := range pieces {
				pieces[k] = word << 31
				word >>= 1
			}
		}
	}
}

// accept makes numbers of the pieces, for which dst has room, and returns how many.
//
// A Source takes a piece's bits under the mask, if that is within the span. A Generator takes the upper half of
// piece·(span+1), if the lower half is not among the first 2ʷ mod (span+1): D. Lemire, "Fast Random Integer
// Generation in an Interval", ACM Transactions on Modeling and Computer Simulation 29(1), 2019. Which of them are within
// cannot be foreseen, so there is no branch.
func (x *Integers[T]) accept(dst []T, pieces []uint32) (n int) {
	first, count, below := x.first, x.span+1, uint(32-x.width)&31
	if full := uint64(1)<<x.width - 1; x.span != full && !x.from.masks() {
		threshold := (full - x.span) % count << below
		for _, piece := range pieces {
			m := uint64(piece) * count
			dst[n] = T(first + m>>32)
			_, rejected := bits.Sub64(m&math.MaxUint32, threshold, 0)
			n += 1 - int(rejected)
		}
		return n
	}
	mask := x.mask
	for _, piece := range pieces {
		v := uint64(piece>>below) & mask
		dst[n] = T(first + v)
		_, accepted := bits.Sub64(v, count, 0)
		n += int(accepted)
	}
	return n
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
