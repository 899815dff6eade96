package ddsum

import (
	"fmt"
	"math"
	"sync"
)

// A Sum is the sum of some arrays, Hi + Lo element by element, where Hi is that sum rounded to double.
// It begins with both all zero, and they are not to be used before [Sum.Round] is called.
type Sum struct {
	Hi, Lo []float64

	mu             sync.Mutex
	wideHi, wideLo []float64 // the sums that are beyond the range of a double, times wideScale; nil if there are none
}

// A wide sum is carried at a scale at which 2⁶⁴ terms have room. Terms below 2⁻⁹⁵⁸ lose digits there, which is
// far below the error bound of a sum that passed 2¹⁰²³.
//
// Note: to carry all sums at that scale would be simpler, but small ones would not be exact. To call a sum
// infinite because it passes 1.8e308 on its way is no rule: whether it does depends on the order.
const wideScale = 0x1p-64

// isWide is what Lo is where the sum is wide; Hi is infinite there. Other infinite sums have 0 in Lo.
const isWide = 1

// Add adds x to the elements from number first on:
//
//	Hi + Lo ← Hi + Lo + x
//
// One step errs by at most 2⁻¹⁰⁵|Hi + Lo|, so a sum of p terms by about p·2⁻¹⁰⁵·Σ|x|. Two such sums are
// merged by adding one's Hi and then its Lo to the other, which makes it 2p·2⁻¹⁰⁵·Σ|x| at most, however
// the terms are grouped.
//
// A sum of zeros, −0 too, is +0. x must not overlap the sum. Different elements can be
// added to at the same time.
func (s *Sum) Add(first int, x []float64) { s.add(inUse, first, x) }

func (s *Sum) add(k kernel, first int, x []float64) {
	if first < 0 || first+len(x) > len(s.Hi) || len(s.Lo) != len(s.Hi) {
		panic(fmt.Sprintf("ddsum: Add: %d elements from %d on, to %d and %d", len(x), first, len(s.Hi), len(s.Lo)))
	}
	hi, lo := s.Hi[first:first+len(x)], s.Lo[first:first+len(x)]
	const step = 16 // the most that a kernel does not do because of one element
	for i := 0; i < len(x); {
		i += k.add(hi[i:], lo[i:], x[i:])
		if n := s.addWide(k, first+i, x[i:]); n > 0 {
			i += n
			continue
		}
		for end := min(i+step, len(x)); i < end; i++ {
			s.addOne(first+i, x[i])
		}
	}
}

// addWide adds values as long as the sums are wide and stay finite at their scale. It returns how many it has added.
func (s *Sum) addWide(k kernel, first int, x []float64) (done int) {
	hi, lo, inf := s.Hi[first:][:len(x)], s.Lo[first:][:len(x)], math.Inf(1)
	wide := 0
	for wide < len(x) && hi[wide] == inf && lo[wide] == isWide {
		wide++
	}
	if wide == 0 {
		return 0
	}
	scaled := make([]float64, min(wide, 512))
	for full := true; full && done < wide; {
		part := scaled[:min(len(scaled), wide-done)]
		for i, v := range x[done:][:len(part)] {
			part[i] = v * wideScale
		}
		at := first + done
		n := k.add(s.wideHi[at:at+len(part)], s.wideLo[at:at+len(part)], part)
		done, full = done+n, n == len(part)
	}
	return done
}

func (s *Sum) isWide(i int) bool { return s.Hi[i] == math.Inf(1) && s.Lo[i] == isWide }

// addOne adds one value, where the sum may become infinite, or is.
func (s *Sum) addOne(i int, x float64) {
	d := DD{s.Hi[i], s.Lo[i]}
	sum, _ := d.step(x, 0)
	switch {
	case finite(sum.Hi):
	case s.isWide(i):
		if finite(x) {
			s.setWide(i, DD{s.wideHi[i], s.wideLo[i]}, x)
			return
		}
		sum = DD{x, 0}
	case finite(d.Hi) && finite(x):
		s.mu.Lock()
		if s.wideHi == nil {
			s.wideHi, s.wideLo = make([]float64, len(s.Hi)), make([]float64, len(s.Hi))
		}
		s.mu.Unlock()
		s.setWide(i, DD{float64(d.Hi * wideScale), float64(d.Lo * wideScale)}, x)
		sum = DD{math.Inf(1), isWide}
	default:
		sum = DD{d.Hi + x, 0}
	}
	s.Hi[i], s.Lo[i] = sum.Hi, sum.Lo
}

// setWide sets a wide sum to another one and x.
func (s *Sum) setWide(i int, wide DD, x float64) {
	wide = wide.plus(float64(x*wideScale), 0) // the conversion forbids to fuse the product into a sum
	s.wideHi[i], s.wideLo[i] = wide.Hi, wide.Lo
}

// IsWide reports whether a sum of some terms is beyond the range of a double now. Otherwise Hi
// and Lo are the whole sum, to which more can be added.
func (s *Sum) IsWide() bool { return s.wideHi != nil }

// HasOddTerm reports whether a term may have been infinite or NaN. If it is false, sums that [Sum.Round] makes infinite are
// those of finite terms.
func (s *Sum) HasOddTerm() bool {
	if !s.IsWide() {
		return true
	}
	for i, hi := range s.Hi {
		if !finite(hi) && !s.isWide(i) {
			return true
		}
	}
	return false
}

// Round makes Hi what it promises to be. Where the sum is beyond the range of a double, that is ±Inf,
// with Lo = 0, and Round reports true: then the sum cannot be added to another one. Nothing must be added
// afterwards.
func (s *Sum) Round() (beyond bool) {
	if s.wideHi == nil {
		return false
	}
	for i := range s.wideHi {
		if !s.isWide(i) {
			continue
		}
		s.Hi[i], s.Lo[i] = s.wideHi[i]/wideScale, s.wideLo[i]/wideScale
		if !finite(s.Hi[i]) {
			s.Lo[i] = 0
			beyond = true
		}
	}
	s.wideHi, s.wideLo = nil, nil
	return beyond
}
