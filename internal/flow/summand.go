package flow

import (
	"unsafe"

	"matpool/internal/elem"
)

// A summand is the values of a product, to be added to a sum.
type summand struct {
	values []byte
	t      elem.Type
	spread int // 2 if they are real and the sum is complex, or 1
	memory []float64
}

// summandBlock is how many float64s are made of a product's values at a time.
const summandBlock = 4096

// floats returns how many float64s the values are in the sum.
func (s *summand) floats() int { return len(s.values) / s.t.Size() * s.t.Parts() * s.spread }

// add adds n float64s of the values to the elements of a sum from the one numbered to on,
// beginning with the float64 numbered first. Integers of 64 bits are added exactly, in two
// parts.
func (s *summand) add(sum adder, to, n, first int) {
	if s.t.Part() == elem.Float64 && s.spread == 1 {
		all := unsafe.Slice((*float64)(unsafe.Pointer(unsafe.SliceData(s.values))), len(s.values)/8)
		sum(to, all[first:][:n])
		return
	}
	if s.memory == nil {
		s.memory = make([]float64, 3*summandBlock)
	}
	for i := 0; i < n; i += summandBlock {
		s.addBlock(sum, to+i, min(summandBlock, n-i), first+i)
	}
}

// An adder adds x to the elements of a sum from the one numbered to on.
type adder func(to int, x []float64)

func (s *summand) addBlock(sum adder, to, n, first int) {
	x, low := s.memory[:n], s.memory[summandBlock:][:n]
	if s.spread == 1 {
		isSplit := s.convert(x, low, first)
		sum(to, x)
		if isSplit {
			sum(to, low)
		}
		return
	}
	// Every other float64 is a value, the first or the second one.
	skip := first % 2
	low = low[:(n+1-skip)/2]
	values := s.memory[2*summandBlock:][:len(low)]
	isSplit := s.convert(values, low, first/2+skip)
	widen(x, values, skip)
	sum(to, x)
	if isSplit {
		widen(x, low, skip)
		sum(to, x)
	}
}

// widen sets every other float64 of dst to one of src, from the one numbered skip on, and
// the others to 0.
func widen(dst, src []float64, skip int) {
	clear(dst)
	for i, v := range src {
		dst[skip+2*i] = v
	}
}

// convert makes values into float64s, from the one numbered first on. It reports whether
// there are second parts of them, in low.
func (s *summand) convert(dst, low []float64, first int) bool {
	part := s.t.Part()
	src := s.values[first*part.Size():][:len(dst)*part.Size()]
	if part == elem.Int64 || part == elem.Uint64 {
		elem.SplitInt64(dst, low, src, part, false)
		return true
	}
	elem.ToFloat64(dst, src, part, false)
	return false
}
