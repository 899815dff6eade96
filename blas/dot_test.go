package blas

import (
	"math/rand/v2"
	"testing"

	"matpool/elem"
)

// A row times a column, or two, of all types, of lengths around those of a panel and of a block of them: the definition's bits.
func TestDots(t *testing.T) {
	rng := rand.New(rand.NewPCG(41, 42))
	var cases, twoColumns []typesCase
	for _, ta := range elem.Types() {
		for _, tb := range elem.Types() {
			for _, k := range []int{511 + rng.IntN(4), 1022 + rng.IntN(4), 1279 + rng.IntN(3), 4000 + rng.IntN(1000)} {
				cases = append(cases, newTypesCase(rng, ta, tb, [3]int{1, k, 1}))
				if !ta.IsComplex() && !tb.IsComplex() {
					oa, ob := order{swap: rng.IntN(2) == 0}, order{trans: true, swap: rng.IntN(2) == 0} // so that each is a line
					twoColumns = append(twoColumns, newOrderedCase(rng, ta, tb, oa, ob, [3]int{1, k, 2}))
				}
			}
		}
	}
	forEach(t, func(t *testing.T, m Multiplier) {
		for i, c := range cases {
			c.check(t, m, i%4 == 3)
		}
		for _, c := range twoColumns {
			c.check(t, m, false)
		}
	})
}

// Values with which a shortcut would show, in one panel of several, and chains that end in −0.
func TestDotsOfSpecialValues(t *testing.T) {
	forEach(t, func(t *testing.T, m Multiplier) {
		rng := rand.New(rand.NewPCG(43, 44))
		for range 50 {
			at, n := rng.IntN(3000), rng.IntN(4)
			special := specials()[rng.IntN(len(specials()))]
			fill := func() float64 {
				if at--; at < 0 && at > -n {
					return special
				}
				return -0x1p-540
			}
			checkAgainstDefinition(t, m, forms()[rng.IntN(8)], 1, 1024+rng.IntN(1024), 1, 0, fill)
		}
	})
}
