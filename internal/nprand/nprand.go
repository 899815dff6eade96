// Package nprand draws numpy's random numbers: the stream of np.random.seed and np.random.rand, bit for bit.
package nprand

// A Source is numpy's legacy RandomState: the Mersenne Twister MT19937 of M. Matsumoto and
// T. Nishimura, "Mersenne twister: a 623-dimensionally equidistributed uniform pseudo-random number
// generator", ACM Transactions on Modeling and Computer Simulation 8(1), 1998. numpy has frozen it
// (NEP 19): a seed gives the same stream in every version. A Source is not for concurrent use.
type Source struct {
	words [624]uint32
	used  int // words drawn since the last refill; even, since a double takes two
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
		if s.used == len(s.words) {
			s.refill()
		}
		words := s.words[s.used:]
		n := min(len(dst), len(words)/2)
		convert(dst[:n], words[:2*n])
		s.used += 2 * n
		dst = dst[n:]
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
		if len(words) < 2 { // never true; it removes the bounds checks
			return
		}
		a, b := int32(temper(words[0])>>5), int32(temper(words[1])>>6)
		dst[i] = (float64(a)*(1<<26) + float64(b)) / (1 << 53) // 53 bits: no step rounds
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
