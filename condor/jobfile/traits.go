package jobfile

// A Trait is something that is said of a product: which factors are multiplied, and how. A simplified
// submission file and the flags of matprod and matinit spell it differently, as inputs = random and
// -generate, but the same rules hold: see [Conflicts] and [FactorFiles].
type Trait string

// The traits have the names of attributes.
const (
	TraitGram       Trait = "gram"
	TraitTransposed Trait = "transpose"
	TraitFixed      Trait = "fixed"
	TraitGrid       Trait = "grid"
	TraitPanels     Trait = "panels"
	TraitRandom     Trait = "inputs" // inputs = random

	// Of random factors.
	TraitSize  Trait = "size"
	TraitSeed  Trait = "seed"
	TraitRNG   Trait = "rng"
	TraitDist  Trait = "distribution"
	TraitDType Trait = "dtype"
)

// A Conflict is a trait that another one excludes, or that requires another one.
type Conflict struct {
	Trait, Other Trait
	required     bool
	why          string
}

// Message says what is wrong with the trait, in the words of a file or of flags.
func (c Conflict) Message(spell func(Trait) string) string {
	text := "can't be combined with "
	if c.required {
		text = "requires "
	}
	if text += spell(c.Other); c.why != "" {
		text += ": " + c.why
	}
	return text
}

// Conflicts returns what is wrong with a product's traits.
func Conflicts(has func(Trait) bool) (found []Conflict) {
	for _, c := range [...]Conflict{
		{TraitTransposed, TraitGram, false, "a Gram matrix transposes its file anyway"},
		{TraitGram, TraitRandom, false, "a Gram matrix is made of a file"},
		{TraitGram, TraitFixed, false, "a Gram matrix has only one factor"},
		{TraitGrid, TraitGram, false, "a Gram matrix is cut into panels only"},
		{TraitPanels, TraitRandom, false, "panels are cut from files"},
		{TraitFixed, TraitRandom, false, "both factors are random"},
		{TraitRandom, TraitSeed, true, "without it no two runs would have the same factors"},
		{TraitSize, TraitRandom, true, ""},
		{TraitSeed, TraitRandom, true, ""},
		{TraitRNG, TraitRandom, true, ""},
		{TraitDist, TraitRandom, true, ""},
		{TraitDType, TraitRandom, true, ""},
	} {
		if has(c.Trait) && has(c.Other) != c.required {
			found = append(found, c)
		}
	}
	return found
}

// FactorFiles returns how many names of files the factors have. If both are in numbered files, these
// may also be one .npz file: then mayShare is set.
func FactorFiles(has func(Trait) bool) (names int, mayShare bool) {
	switch {
	case has(TraitRandom):
		return 0, false
	case has(TraitGram):
		return 1, false
	}
	return 2, !has(TraitFixed)
}
