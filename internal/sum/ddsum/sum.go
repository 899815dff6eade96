package ddsum

import (
	"fmt"
	"math"
	"sync"
	"sync/atomic"
)

// A Sum is the sum of some arrays, Hi + Lo element by element, where Hi is that sum rounded to double.
// It begins with both all zero, and they are not to be used before [Sum.Round] is called.
type Sum struct {
	Hi, Lo []float64

	mu   sync.Mutex
	wide atomic.Pointer[wideSums] // nil if no sum is wide
}

// wideSums are the sums that were beyond the range of a double, times wideScale. They stay wide, and Sum.Hi is NaN there. Where
// a sum is not wide, hi is NaN; so each term can be added to all of both. If all sums are wide, it is added to these only.
//
// A wide sum is carried at a scale at which 2⁶⁴ terms have room. Terms below 2⁻⁹⁵⁸ lose digits there, which is
// far below the error bound of a sum that passed 2¹⁰²³.
//
// Note: to carry all sums at that scale would be simpler, but small ones would not be exact. To call a sum
// infinite because it passes 1.8e308 on its way is no rule: whether it does depends on the order.
type wideSums struct {
	is     []bool
	hi, lo []float64
	count  atomic.Int64 // how many are
}

const wideScale = 0x1p-64

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
	last := first + len(x)
	hi, lo := s.Hi[first:last], s.Lo[first:last]
	const step = 16 // the most that a kernel does not do because of one element
	w := s.wide.Load()
	for i := 0; i < len(x) && (w == nil || w.count.Load() < int64(len(w.is))); {
		i += k.add(hi[i:], lo[i:], x[i:], 1)
		end := min(i+step, len(x))
		s.addEach(first+i, x[i:end])
		i = end
	}
	if w = s.wide.Load(); w != nil {
		for i := 0; i < len(x); i++ {
			if i += k.add(w.hi[first+i:last], w.lo[first+i:last], x[i:], wideScale); i < len(x) { // never: 2⁶⁴ terms have room
				w.hi[first+i] = math.Inf(1)
			}
		}
	}
}

// addEach adds values where a sum may be the first to pass the largest double. If it is, its value is yet to be
// added to the wide sum.
func (s *Sum) addEach(first int, x []float64) {
	passed := 0
	for k, v := range x {
		i := first + k
		d := DD{s.Hi[i], s.Lo[i]}
		sum, approximation := d.step(v, 0)
		switch {
		case finite(sum.Hi):
		case finite(d.Hi) && finite(v):
			w := s.widen()
			w.is[i], w.hi[i], w.lo[i] = true, d.Hi*wideScale, d.Lo*wideScale
			sum = DD{math.NaN(), 0}
			passed++
		default:
			sum = DD{approximation, 0}
		}
		s.Hi[i], s.Lo[i] = sum.Hi, sum.Lo
	}
	if passed > 0 {
		s.wide.Load().count.Add(int64(passed))
	}
}

// widen returns the wide sums, which the first call makes.
func (s *Sum) widen() *wideSums {
	if w := s.wide.Load(); w != nil {
		return w
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.wide.Load()
	if w == nil {
		n := len(s.Hi)
		w = &wideSums{is: make([]bool, n), hi: make([]float64, n), lo: make([]float64, n)}
		for i := range w.hi {
			w.hi[i] = math.NaN()
		}
		s.wide.Store(w)
	}
	return w
}

// IsWide reports whether a sum has ever passed the range of a double. If not, Hi and Lo are the whole
// sum, to which more can be added.
func (s *Sum) IsWide() bool { return s.wide.Load() != nil }

// HasOddTerm reports whether a term may have been infinite or NaN. If it is false, sums that [Sum.Round] makes infinite are
// those of finite terms.
func (s *Sum) HasOddTerm() bool {
	w := s.wide.Load()
	if w == nil {
		return true
	}
	for i, is := range w.is {
		if !is && !finite(s.Hi[i]) || is && !finite(w.hi[i]) {
			return true
		}
	}
	return false
}

// Round makes Hi what it promises to be. Where the sum is beyond the range of a double, that is ±Inf,
// with Lo = 0, and Round reports true: then the sum cannot be added to another one. Nothing must be added
// afterwards.
func (s *Sum) Round() (beyond bool) {
	w := s.wide.Swap(nil)
	if w == nil {
		return false
	}
	for i, is := range w.is {
		if !is {
			continue
		}
		s.Hi[i], s.Lo[i] = w.hi[i]/wideScale, w.lo[i]/wideScale
		if !finite(s.Hi[i]) {
			s.Lo[i] = 0
			beyond = beyond || finite(w.hi[i])
		}
	}
	return beyond
}
