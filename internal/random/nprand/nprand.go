// Package nprand draws numpy's random numbers, bit for bit: the streams of np.random.seed and of
// np.random.default_rng.
package nprand

import "math"

// A Stream is a Source or a Generator. Both draw the same distributions, each by its own rules.
type Stream interface {
	// Float64s fills dst with numbers uniform on [0, 1).
	Float64s(dst []float64)
	// Normals fills dst with standard normal numbers.
	Normals(dst []float64)

	uint64s(dst []uint64)
	uint32s(dst []uint32)
	masks() bool // whether integers are bounded by a mask, instead of Lemire's method
}

// A Source is numpy's legacy RandomState: the Mersenne Twister MT19937 of M. Matsumoto and
// T. Nishimura, "Mersenne twister: a 623-dimensionally equidistributed uniform pseudo-random number
// generator", ACM Transactions on Modeling and Computer Simulation 8(1), 1998. numpy has frozen it
// (NEP 19): a seed gives the same stream in every version. A Source is not for concurrent use.
type Source struct {
	words [624]uint32
	used  int // words drawn since the last refill

	gauss   float64 // the second of a pair of normal numbers
	gaussed bool
}

// New returns the Source in the state that np.random.seed(seed) leaves:
//
//	words[0] = seed
//	words[i] = 1812433253 * (words[i-1] ^ words[i-1]>>30) + i  mod 2³²
//
// This is the 2002 initialisation by Matsumoto and Nishimura, init_genrand, which numpy takes for an
// integer (_legacy_seeding); a list of integers would be init_by_array, another stream.
func New(seed uint32) *Source {
	s := new(Source)
	s.words[0] = seed
	for i := uint32(1); i < uint32(len(s.words)); i++ {
		prev := s.words[i-1]
		s.words[i] = 1812433253*(prev^prev>>30) + i
	}
	s.used = len(s.words)
	return s
}

// Float64s fills dst with the stream's next doubles, uniform on [0, 1): np.random.rand(len(dst)).
// Each takes the next two words u, v of the generator (numpy's random_sample, genrand_res53 of 2002):
//
//	a, b = u>>5, v>>6
//	x = (a*67108864 + b) / 9007199254740992
//
// The split into calls does not matter: two calls for n and m doubles give the n+m of one call.
func (s *Source) Float64s(dst []float64) {
	for len(dst) > 0 {
		words := s.words[s.used:]
		if len(words) < 2 {
			dst[0] = s.float64()
			dst = dst[1:]
			continue
		}
		n := min(len(dst), len(words)/2)
		convert(dst[:n], words[:2*n])
		s.used += 2 * n
		dst = dst[n:]
	}
}

// float64 returns the next double. Its words may lie in two states, after an odd number of integers.
func (s *Source) float64() float64 {
	a := int32(temper(s.next()) >> 5)
	b := int32(temper(s.next()) >> 6)
	return res53(a, b)
}

// res53 makes a double of 27 and 26 bits. No step rounds.
func res53(a, b int32) float64 { return float64(int64(a)<<26+int64(b)) * 0x1p-53 }

// next returns the next word, before it is tempered.
func (s *Source) next() uint32 {
	if s.used == len(s.words) {
		s.refill()
	}
	s.used++
	return s.words[s.used-1]
}

func (s *Source) uint32s(dst []uint32) {
	for len(dst) > 0 {
		if s.used == len(s.words) {
			s.refill()
		}
		words := s.words[s.used:][:min(len(dst), len(s.words)-s.used)]
		for i, word := range words {
			dst[i] = temper(word)
		}
		s.used += len(words)
		dst = dst[len(words):]
	}
}

// uint64s draws two words for each number, the upper one first (mt19937_next64).
func (s *Source) uint64s(dst []uint64) {
	for i := range dst {
		upper := temper(s.next())
		dst[i] = uint64(upper)<<32 | uint64(temper(s.next()))
	}
}

func (s *Source) masks() bool { return true }

// Normals fills dst with the stream's next standard normal numbers: np.random.randn(len(dst)). They come in
// pairs, by the polar method of G. Marsaglia and T. A. Bray, "A Convenient Method for Generating Normal
// Variables", SIAM Review 6(3), 1964; numpy (legacy_gauss) returns the one of the second coordinate first, and
// the other at the next call, whatever is drawn in between.
func (s *Source) Normals(dst []float64) {
	for i := range dst {
		if s.gaussed {
			dst[i], s.gaussed = s.gauss, false
			continue
		}
		var x, y, square float64
		for square >= 1 || square == 0 {
			x = float64(2*s.float64()) - 1
			y = float64(2*s.float64()) - 1
			square = float64(x*x) + float64(y*y)
		}
		f := math.Sqrt(-2 * log(square) / square)
		s.gauss, s.gaussed = f*x, true
		dst[i] = f * y
	}
}

// refill replaces the 624 words by their successors:
//
//	words[i] = words[i+397] ^ (upper bit of words[i], lower 31 bits of words[i+1]) A,  indices mod 624
//
// The index i+397 wraps around at 227 and i+1 at 623, hence three pieces.
func (s *Source) refill() {
	w := &s.words
	twist(w[:228], w[397:])
	twist(w[227:], w[:396])
	w[623] = twistWord(w[623], w[0], w[396])
	s.used = 0
}

// twistGo replaces w[i], for each i but the last, by twistWord(w[i], w[i+1], m[i]).
func twistGo(w, m []uint32) {
	m = m[:len(w)-1]
	for i, far := range m {
		w[i] = twistWord(w[i], w[i+1], far)
	}
}

// twistWord is the recurrence. Its matrix A is a shift to the right, and where the bit shifted out
// is 1, the last row 0x9908b0df on top.
func twistWord(word, next, far uint32) uint32 {
	y := word&0x80000000 | next&0x7fffffff
	return far ^ y>>1 ^ -(y&1)&0x9908b0df
}

// convertGo makes a double of each pair of words, len(words) = 2 len(dst).
func convertGo(dst []float64, words []uint32) {
	for i := range dst {
		if len(words) < 2 { // never; it spares the bounds checks
			return
		}
		a, b := int32(temper(words[0])>>5), int32(temper(words[1])>>6)
		dst[i] = res53(a, b)
		words = words[2:]
	}
}

// temper makes a number of the stream from a word of the state.
func temper(y uint32) uint32 {
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	return y ^ y>>18
}
