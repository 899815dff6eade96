package flow

import (
	"unsafe"

	"matpool/internal/ddsum"
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

// add adds values to hi + lo, from the float64 numbered first on. Integers of 64 bits are
// added exactly, in two parts.
func (s *summand) add(hi, lo []float64, first int) {
	if s.t.Part() == elem.Float64 && s.spread == 1 {
		all := unsafe.Slice((*float64)(unsafe.Pointer(unsafe.SliceData(s.values))), len(s.values)/8)
		ddsum.Add(hi, lo, all[first:][:len(hi)])
		return
	}
	if s.memory == nil {
		s.memory = make([]float64, 3*summandBlock)
	}
	for i := 0; i < len(hi); i += summandBlock {
		n := min(summandBlock, len(hi)-i)
		s.addBlock(hi[i:i+n], lo[i:i+n], first+i)
	}
}

func (s *summand) addBlock(hi, lo []float64, first int) {
	x, low := s.memory[:len(hi)], s.memory[summandBlock:][:len(hi)]
	if s.spread == 2 {
		// Every other float64 is a value, the first or the second one.
		skip := first % 2
		n := (len(hi) + 1 - skip) / 2
		dense, denseLow := s.memory[2*summandBlock:][:n], low[:n]
		isSplit := s.convert(dense, denseLow, first/2+skip)
		widen(x, dense, skip)
		ddsum.Add(hi, lo, x)
		if isSplit {
			widen(x, denseLow, skip)
			ddsum.Add(hi, lo, x)
		}
		return
	}
	isSplit := s.convert(x, low, first)
	ddsum.Add(hi, lo, x)
	if isSplit {
		ddsum.Add(hi, lo, low)
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
