package nprand

import (
	"math"
	"sync"
)

// The ziggurat method for standard normal numbers, by G. Marsaglia and W. W. Tsang, "The Ziggurat Method for
// Generating Random Variables", Journal of Statistical Software 5(8), 2000, in numpy's form
// (random_standard_normal in numpy/random/src/distributions/distributions.c). The area under exp(-x²/2)
// for x ≥ 0 is covered by 256 strips of equal area, strip 255 on top to the left of x₁ and strip 0 at the bottom with the
// tail to the right of tail. A point is drawn in a random strip, and again if it is not under the curve.

// tail is where strip 0 begins to be the curve's tail, x₂₅₅.
const tail = 3.6541528853610087963519472518

// inverseTail is numpy's ziggurat_nor_inv_r, 1/tail.
const inverseTail = 0.27366123732975827203338247596

// strips32 are the tables for 23 bits: those for 52 bits, rounded to nearest.
type strips32 struct {
	inside         [256]uint32
	scale, density [256]float32
}

var normal32 = sync.OnceValue(func() *strips32 {
	t := new(strips32)
	for i := range t.inside {
		t.inside[i] = uint32(math.RoundToEven(float64(normalInside[i]) * 0x1p-29))
		t.scale[i] = float32(normalScale[i] * 0x1p29)
		t.density[i] = float32(normalDensity[i])
	}
	return t
})

// Normals fills dst with the stream's next standard normal numbers: default_rng().standard_normal(len(dst)).
// Each takes one word in 99 cases of 100: 8 bits for the strip, a sign, 52 bits for the abscissa.
func (g *Generator) Normals(dst []float64) {
	hi, lo, incHi, incLo := g.hi, g.lo, g.incHi, g.incLo
	for i := range dst {
		hi, lo = step(hi, lo, incHi, incLo)
		word := output(hi, lo)
		x, inside := normalPoint(word)
		if !inside {
			g.hi, g.lo = hi, lo
			x = g.normal(word)
			hi, lo = g.hi, g.lo
		}
		dst[i] = x
	}
	g.hi, g.lo = hi, lo
}

func normalPoint(word uint64) (x float64, inside bool) {
	strip, abscissa := word&0xff, word>>9&(1<<52-1)
	x = float64(int64(abscissa)) * normalScale[strip]
	return math.Float64frombits(math.Float64bits(x) ^ word>>8<<63), abscissa < normalInside[strip]
}

// normal returns the number for a word whose point is not inside its strip's part under the curve, or for
// the next words.
func (g *Generator) normal(word uint64) float64 {
	for {
		x, inside := normalPoint(word)
		if inside {
			return x
		}
		strip := word & 0xff
		if strip == 0 {
			return g.normalTail(word>>17&1 != 0)
		}
		y := float64((normalDensity[strip-1]-normalDensity[strip])*g.float64()) + normalDensity[strip]
		if y < math.Exp(-0.5*x*x) { // the last bit of Exp matters once in 10¹⁵ numbers
			return x
		}
		word = g.next()
	}
}

// normalTail returns a number from the tail, by Marsaglia's method. Its sign comes from a bit of the
// abscissa, as numpy has it.
func (g *Generator) normalTail(negative bool) float64 {
	for {
		x := float64(-inverseTail * log1p(-g.float64()))
		y := -log1p(-g.float64())
		if y+y > float64(x*x) {
			if negative {
				return -(tail + x)
			}
			return tail + x
		}
	}
}

// Normal32s is Normals for standard_normal(len(dst), dtype=np.float32), each from half a word.
func (g *Generator) Normal32s(dst []float32) {
	t := normal32()
	for i := range dst {
		dst[i] = g.normal32(t)
	}
}

func (g *Generator) normal32(t *strips32) float32 {
	for {
		word := g.next32()
		strip, abscissa := word&0xff, word>>9
		x := float32(int32(abscissa)) * t.scale[strip]
		if word>>8&1 != 0 {
			x = -x
		}
		if abscissa < t.inside[strip] {
			return x
		}
		if strip == 0 {
			return g.normalTail32(word>>17&1 != 0)
		}
		y := float32((t.density[strip-1]-t.density[strip])*g.float32()) + t.density[strip]
		if float64(y) < math.Exp(-0.5*float64(x)*float64(x)) {
			return x
		}
	}
}

func (g *Generator) normalTail32(negative bool) float32 {
	for {
		x := float32(-inverseTail * log1p32(-g.float32()))
		y := -log1p32(-g.float32())
		if y+y > float32(x*x) {
			if negative {
				return -(tail + x)
			}
			return tail + x
		}
	}
}
