package main

import (
	"cmp"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"matpool/condor"
	"matpool/condor/jobfile"
	"matpool/internal/base/file"
	"matpool/internal/base/text"
	"matpool/internal/cli"
	"matpool/internal/pair"
	"matpool/internal/random"
	"matpool/internal/request"
	"matpool/internal/verify"
)

// factors are the flags that say what is multiplied, besides names.
type factors struct {
	*cli.Flags
	gram     *bool
	generate *bool
	size     *int
	numbers  random.Numbers
	fixed    pair.Fixed
}

// flagOf returns the flag that says a trait of the product.
func flagOf(t jobfile.Trait) string {
	switch t {
	case jobfile.TraitRandom:
		return "-generate"
	case jobfile.TraitDist:
		return "-dist"
	}
	return "-" + string(t)
}

func defineFactors(flags *cli.Flags) *factors {
	f := &factors{Flags: flags}
	f.gram = flags.Bool("gram", "make the Gram matrix XᵀX of one file instead of a product of two")
	flags.Func("transpose", "multiply AᵀB; `F` must be a, the only factor that can be transposed", func(s string) error {
		if s != "a" {
			return errors.New("it must be a")
		}
		return nil
	})
	f.generate = flags.Bool("generate", "make the factors, random matrices, instead of reading them")
	f.size = flags.Whole("size", 1000, 1, random.MaxSize, "with -generate: of `N`×N matrices")
	flags.Func("seed", "with -generate: numpy's seed `S`, a whole number; with -verify: that of the sample (random)", f.numbers.SetSeed)
	flags.Func("dist", "with -generate: distribution `D`: uniform, normal or integers:LO:HI (uniform)", f.numbers.SetDist)
	flags.Func("dtype", "with -generate: type `T` by numpy's name (float64; of integers int64)", f.numbers.SetDType)
	flags.Func("fixed", "factor `F`, a or b, is the same in all products: its name has no index", f.setFixed)
	return f
}

// sampleSeed returns the seed of a random sample: a new one unless one is given.
func (f *factors) sampleSeed() string {
	if f.has(jobfile.TraitSeed) {
		return f.numbers.Seed()
	}
	return verify.NewSeed()
}

func (f *factors) setFixed(s string) error {
	switch s {
	case "a":
		f.fixed = pair.FixedA
	case "b":
		f.fixed = pair.FixedB
	default:
		return errors.New("it must be a, the first factor, or b, the second")
	}
	return nil
}

// has reports whether the flags say something of the product.
func (f *factors) has(t jobfile.Trait) bool {
	switch t {
	case jobfile.TraitGram:
		return *f.gram
	case jobfile.TraitRandom:
		return *f.generate
	}
	return f.Given(flagOf(t)[1:])
}

// pair returns the pair that the names stand for: those of the factors, and that of the product
// unless only their sum is wanted. With many, they are without an index.
func (f *factors) pair(names []string, summed, many bool) (p pair.Pair, err error) {
	for _, c := range jobfile.Conflicts(f.has) {
		return p, f.Misused("%s %s", flagOf(c.Trait), c.Message(flagOf))
	}
	for _, t := range []jobfile.Trait{jobfile.TraitRandom, jobfile.TraitFixed} {
		if f.has(t) && !many {
			return p, f.Misused("%s requires -first, -count or -serial", flagOf(t))
		}
	}
	p.Fixed = f.fixed
	if *f.gram {
		p.Form = pair.Gram
	} else if f.has(jobfile.TraitTransposed) {
		p.Form = pair.Transposed
	}
	if *f.generate {
		f.numbers.SetPCG64()
		p.Random = &pair.Random{Numbers: &f.numbers, Size: *f.size}
		if err := f.numbers.Check(); err != nil {
			return p, err
		}
	}
	return p, f.setNames(&p, names, summed, many)
}

// setNames sets the names of a pair's files.
func (f *factors) setNames(p *pair.Pair, names []string, summed, many bool) error {
	count, mayShare := jobfile.FactorFiles(f.has)
	if len(names) == 0 {
		names = [][]string{{}, {file.InputX}, {file.InputA, file.InputB}}[count]
		if !summed {
			names = append(names, file.Product)
		}
	}
	inputs, product := names, ""
	if !summed {
		inputs, product = names[:len(names)-1], " C"
		p.C = names[len(names)-1]
	}
	switch {
	case len(inputs) == count && count > 0:
		p.A = inputs[0]
		if count == 2 {
			p.B = inputs[1]
		}
	case len(inputs) == count:
	case mayShare && len(inputs) == 1 && file.IsNpz(inputs[0]):
		p.A = inputs[0]
	default:
		expected := []string{"", "X", "A B"}[count] + product
		if mayShare {
			expected += " or PAIR.npz" + product
		}
		hint := "see matprod -help"
		switch {
		case slices.ContainsFunc(names, func(name string) bool { return strings.Contains(name, ",") }):
			hint = "put blanks, not commas, between the names: matprod " + strings.Join(strings.Split(strings.Join(names, " "), ","), " ")
		case count == 2 && !summed && !many:
			hint = "two factors and their product, as in matprod inputA7.npy inputB7.npy output7.npy"
		}
		return f.MisusedSo(hint, "expected %s, not %s", cmp.Or(strings.TrimSpace(expected), "no names"), text.Count(len(names), "name"))
	}
	return nil
}

// requested returns the pair of a simplified submission file, and what else that says. The
// file says all that flags could say.
func (f *factors) requested(name string, overrides []condor.Setting) (p pair.Pair, q *jobfile.Request, err error) {
	for _, t := range []jobfile.Trait{jobfile.TraitGram, jobfile.TraitTransposed, jobfile.TraitRandom, jobfile.TraitSize,
		jobfile.TraitSeed, jobfile.TraitDist, jobfile.TraitDType, jobfile.TraitFixed} {
		if f.has(t) {
			return p, nil, f.Misused("%s can't be combined with %s, which says what the factors are", flagOf(t), name)
		}
	}
	return request.Factors(name, overrides...)
}

// isArray reports whether a name is that of an array, and not of a simplified submission file.
func isArray(name string) bool {
	return file.IsNpz(name) || strings.EqualFold(filepath.Ext(name), ".npy")
}
