package sum

import (
	"unsafe"

	"matpool/elem"
	"matpool/internal/sum/ddsum"
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

// addTo adds values to the elements from, from+1, … to−1 of a sum: the float64s from the one
// numbered first on. Integers of 64 bits are added exactly, in two parts.
func (s *summand) addTo(sum *ddsum.Sum, from, to, first int) {
	if s.t.Part() == elem.Float64 && s.spread == 1 {
		all := unsafe.Slice((*float64)(unsafe.Pointer(unsafe.SliceData(s.values))), len(s.values)/8)
		sum.Add(from, all[first:][:to-from])
		return
	}
	if s.memory == nil {
		s.memory = make([]float64, 3*summandBlock)
	}
	for ; from < to; from, first = from+summandBlock, first+summandBlock {
		s.addBlock(sum, from, min(summandBlock, to-from), first)
	}
}

func (s *summand) addBlock(sum *ddsum.Sum, from, n, first int) {
	x, low := s.memory[:n], s.memory[summandBlock:][:n]
	isSplit := false
	if s.spread == 1 {
		isSplit = s.convert(x, low, first)
	} else {
		// Every other float64 is a value, the first or the second one.
		skip := first % 2
		dense := s.memory[2*summandBlock:][:(n+1-skip)/2]
		denseLow := s.memory[2*summandBlock+summandBlock/2:][:len(dense)]
		isSplit = s.convert(dense, denseLow, first/2+skip)
		widen(x, dense, skip)
		widen(low, denseLow, skip)
	}
	sum.Add(from, x)
	if isSplit {
		sum.Add(from, low)
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
