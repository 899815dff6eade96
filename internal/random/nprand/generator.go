package nprand

import (
	"math/big"
	"math/bits"
)

// A Generator is numpy's Generator on its default bit generator, PCG64: a linear congruential
// generator of 128 bits whose output is XSL-RR, by M. E. O'Neill, "PCG: A Family of Simple Fast
// Space-Efficient Statistically Good Algorithms for Random Number Generation", Harvey Mudd College,
// HMC-CS-2014-0905. numpy may change the streams of its distributions in a new version (NEP 19); those
// here are numpy 1.24's, and those of 2.5 by its source. A Generator is not for concurrent use.
type Generator struct {
	hi, lo       uint64 // the state
	incHi, incLo uint64 // the increment, odd

	half   uint32 // the upper half of a word whose lower half has been drawn
	halved bool
}

// NewGenerator returns the Generator that np.random.default_rng(seed) returns, or for several numbers
// np.random.default_rng([seed, …]). It fails if there is no number, or a negative one.
//
// The seeding is that of pcg64_srandom_r: with v the four words of seedState, the increment is
// 2(v₂2⁶⁴+v₃)+1, and the state is a step away from the increment + (v₀2⁶⁴+v₁).
func NewGenerator(seed ...*big.Int) (*Generator, error) {
	entropy, err := entropyWords(seed)
	if err != nil {
		return nil, err
	}
	v := seedState(entropy)
	g := &Generator{incHi: v[2]<<1 | v[3]>>63, incLo: v[3]<<1 | 1}
	var carry uint64
	g.lo, carry = bits.Add64(g.incLo, v[1], 0)
	g.hi, _ = bits.Add64(g.incHi, v[0], carry)
	g.next()
	return g, nil
}

// step is the congruential generator: state·2549297995355413924·2⁶⁴+4865540595714422341, plus the
// increment, mod 2¹²⁸.
func step(hi, lo, incHi, incLo uint64) (uint64, uint64) {
	const multHi, multLo = 2549297995355413924, 4865540595714422341
	h, l := bits.Mul64(lo, multLo)
	l, carry := bits.Add64(l, incLo, 0)
	h, _ = bits.Add64(h, lo*multHi+incHi, carry)
	return hi*multLo + h, l // hi last: its product is what the next step waits for
}

// output is XSL-RR: the state's halves xored, rotated to the right by its upper six bits.
func output(hi, lo uint64) uint64 { return bits.RotateLeft64(hi^lo, -int(hi>>58)) }

// next is pcg64_next64: it steps first.
func (g *Generator) next() uint64 {
	g.hi, g.lo = step(g.hi, g.lo, g.incHi, g.incLo)
	return output(g.hi, g.lo)
}

// next32 is pcg64_next32: the lower half of a word, and at the next call its upper half. Draws of 64
// bits in between leave the half where it is.
func (g *Generator) next32() uint32 {
	if g.halved {
		g.halved = false
		return g.half
	}
	word := g.next()
	g.half, g.halved = uint32(word>>32), true
	return uint32(word)
}

func (g *Generator) uint64s(dst []uint64) {
	hi, lo, incHi, incLo := g.hi, g.lo, g.incHi, g.incLo
	for i := range dst {
		hi, lo = step(hi, lo, incHi, incLo)
		dst[i] = output(hi, lo)
	}
	g.hi, g.lo = hi, lo
}

func (g *Generator) uint32s(dst []uint32) {
	if g.halved && len(dst) > 0 {
		dst[0] = g.next32()
		dst = dst[1:]
	}
	hi, lo, incHi, incLo := g.hi, g.lo, g.incHi, g.incLo
	for ; len(dst) >= 2; dst = dst[2:] {
		hi, lo = step(hi, lo, incHi, incLo)
		word := output(hi, lo)
		dst[0], dst[1] = uint32(word), uint32(word>>32)
	}
	g.hi, g.lo = hi, lo
	if len(dst) > 0 {
		dst[0] = g.next32()
	}
}

func (g *Generator) masks() bool { return false }

// Float64s fills dst with the stream's next doubles, uniform on [0, 1): default_rng().random(len(dst)).
// Each is the upper 53 bits of a word, times 2⁻⁵³.
//
// The split into calls does not matter, here and in the other methods.
func (g *Generator) Float64s(dst []float64) {
	hi, lo, incHi, incLo := g.hi, g.lo, g.incHi, g.incLo
	for i := range dst {
		hi, lo = step(hi, lo, incHi, incLo)
		dst[i] = float64(int64(output(hi, lo)>>11)) * 0x1p-53
	}
	g.hi, g.lo = hi, lo
}

// Float32s is Float64s for random(len(dst), dtype=np.float32): the upper 24 bits of half a word, times 2⁻²⁴.
func (g *Generator) Float32s(dst []float32) {
	if g.halved && len(dst) > 0 {
		dst[0] = g.float32()
		dst = dst[1:]
	}
	hi, lo, incHi, incLo := g.hi, g.lo, g.incHi, g.incLo
	for ; len(dst) >= 2; dst = dst[2:] {
		hi, lo = step(hi, lo, incHi, incLo)
		word := output(hi, lo)
		dst[0], dst[1] = float32Of(uint32(word)), float32Of(uint32(word>>32))
	}
	g.hi, g.lo = hi, lo
	if len(dst) > 0 {
		dst[0] = g.float32()
	}
}

func (g *Generator) float64() float64 { return float64(int64(g.next()>>11)) * 0x1p-53 }

func (g *Generator) float32() float32 { return float32Of(g.next32()) }

func float32Of(word uint32) float32 { return float32(int32(word>>8)) * 0x1p-24 }
