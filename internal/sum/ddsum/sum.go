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

	mu   sync.Mutex
	wide []DD // the sums that are beyond the range of a double, times 2^-wideScale; nil if there are none
}

// A wide sum is carried at a scale at which 2⁶⁴ terms have room. Terms below 2⁻⁹⁵⁸ lose digits there, which is
// far below the error bound of a sum that passed 2¹⁰²³.
//
// Note: to carry all sums at that scale would be simpler, but small ones would not be exact. To call a sum
// infinite because it passes 1.8e308 on its way is no rule: whether it does depends on the order.
const wideScale = 64

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
		for end := min(i+step, len(x)); i < end; i++ {
			s.addOne(first+i, x[i])
		}
	}
}

// addOne adds one value, where the sum may become infinite, or is.
func (s *Sum) addOne(i int, x float64) {
	d := DD{s.Hi[i], s.Lo[i]}
	sum, _ := d.step(x, 0)
	switch {
	case finite(sum.Hi):
	case math.IsInf(d.Hi, 0) && d.Lo == isWide:
		if finite(x) {
			s.wide[i] = s.wide[i].plus(math.Ldexp(x, -wideScale), 0)
			return
		}
		sum = DD{x, 0}
	case finite(d.Hi) && finite(x):
		s.mu.Lock()
		if s.wide == nil {
			s.wide = make([]DD, len(s.Hi))
		}
		s.mu.Unlock()
		w := DD{math.Ldexp(d.Hi, -wideScale), math.Ldexp(d.Lo, -wideScale)}
		s.wide[i] = w.plus(math.Ldexp(x, -wideScale), 0)
		sum = DD{math.Inf(1), isWide}
	default:
		sum = DD{d.Hi + x, 0}
	}
	s.Hi[i], s.Lo[i] = sum.Hi, sum.Lo
}

// IsWide reports whether a sum of some terms is beyond the range of a double now. Otherwise Hi
// and Lo are the whole sum, to which more can be added.
func (s *Sum) IsWide() bool { return s.wide != nil }

// Round makes Hi what it promises to be. Where the sum is beyond the range of a double, that is ±Inf,
// with Lo = 0, and Round reports true: then the sum cannot be added to another one. Nothing must be added
// afterwards.
func (s *Sum) Round() (beyond bool) {
	if s.wide == nil {
		return false
	}
	for i, w := range s.wide {
		if !math.IsInf(s.Hi[i], 0) || s.Lo[i] != isWide {
			continue
		}
		s.Hi[i], s.Lo[i] = math.Ldexp(w.Hi, wideScale), math.Ldexp(w.Lo, wideScale)
		if !finite(s.Hi[i]) {
			s.Lo[i] = 0
			beyond = true
		}
	}
	s.wide = nil
	return beyond
}
