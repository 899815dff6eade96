package main

import (
	"errors"
	"path/filepath"
	"strings"

	"matpool/internal/cli"
	"matpool/internal/pair"
	"matpool/internal/random"
	"matpool/internal/request"
)

// factors are the flags that say what is multiplied, besides names.
type factors struct {
	*cli.Flags
	gram     *bool
	form     pair.Form
	generate *bool
	size     *int
	random   random.Numbers
	fixed    pair.Fixed
}

func defineFactors(flags *cli.Flags) *factors {
	f := &factors{Flags: flags}
	f.gram = flags.Bool("gram", "make the Gram matrix XᵀX of one file instead of a product of two")
	flags.Func("transpose", "multiply AᵀB: `F` is a, the only factor that can be transposed", f.setTransposed)
	f.generate = flags.Bool("generate", "make the factors, random matrices, instead of reading them")
	f.size = flags.Whole("size", 1000, 1, random.MaxSize, "with -generate: of `N`×N matrices")
	flags.Func("seed", "with -generate: numpy's seed `S`, a whole number", f.random.SetSeed)
	flags.Func("dist", "with -generate: distribution `D`: uniform, normal or integers:LO:HI (uniform)", f.random.SetDist)
	flags.Func("dtype", "with -generate: type `T` by numpy's name (float64; of integers int64)", f.random.SetDType)
	flags.Func("fixed", "factor `F`, a or b, is the same in all products: its name has no index", f.setFixed)
	return f
}

func (f *factors) setTransposed(s string) error {
	if f.form = pair.Transposed; s != "a" {
		return errors.New("it must be a")
	}
	return nil
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

// pair returns the pair that the names stand for: those of the factors, and that of the product
// unless only their sum is wanted. With many, they are without an index.
func (f *factors) pair(names []string, summed, many bool) (p pair.Pair, err error) {
	switch {
	case *f.gram && f.form == pair.Transposed:
		return p, f.Misused("-gram transposes its file already: it does not go with -transpose")
	case *f.gram && (*f.generate || f.fixed != pair.NotFixed):
		return p, f.Misused("-gram has one factor, a file: it goes neither with -generate nor with -fixed")
	}
	if f.fixed != pair.NotFixed && !many {
		return p, f.Misused("-fixed is for several products: it goes with -first, -count or -serial")
	}
	if *f.generate {
		return f.randomPair(names, summed, many)
	}
	for _, name := range []string{"size", "seed", "dist", "dtype"} {
		if f.Given(name) {
			return p, f.Misused("flag -%s goes with -generate only", name)
		}
	}
	if *f.gram {
		return f.gramPair(names, summed)
	}
	return f.filePair(names, summed)
}

// isArray reports whether a name is that of an array, and not of a simplified submission file.
func isArray(name string) bool {
	extension := strings.ToLower(filepath.Ext(name))
	return extension == ".npz" || extension == ".npy"
}

// requested returns the pair of a simplified submission file, its first index and their number. The
// file says all that flags could say.
func (f *factors) requested(name string) (p pair.Pair, first, count int, err error) {
	for _, flag := range []string{"gram", "transpose", "generate", "size", "seed", "dist", "dtype", "fixed"} {
		if f.Given(flag) {
			return p, 0, 0, f.Misused("flag -%s does not go with %s, which says what the factors are", flag, name)
		}
	}
	return request.Factors(name)
}

// randomPair is pair for -generate: only the product has a name.
func (f *factors) randomPair(names []string, summed, many bool) (p pair.Pair, err error) {
	p.C = "output.npy"
	switch {
	case !f.Given("seed"):
		return p, f.Misused("-generate needs -seed: without it no two calls would make the same pairs")
	case !many:
		return p, f.Misused("-generate makes pairs by their indices: it goes with -first, -count or -serial")
	case f.fixed != pair.NotFixed:
		return p, f.Misused("-generate makes both factors: it does not go with -fixed")
	case summed && len(names) > 0:
		return p, f.Misused("with -generate and -serial or -sum no files are named, not %d", len(names))
	case len(names) > 1:
		return p, f.Misused("with -generate one file is named, C, or none; not %d", len(names))
	case len(names) == 1:
		p.C = names[0]
	}
	f.random.SetPCG64()
	p.Form = f.form
	p.Random = &pair.Random{Numbers: &f.random, Size: *f.size}
	return p, f.random.Check()
}

// gramPair is pair for -gram: there is one factor.
func (f *factors) gramPair(names []string, summed bool) (p pair.Pair, err error) {
	p = pair.Pair{A: "inputX.npy", C: "output.npy", Form: pair.Gram}
	switch {
	case len(names) == 0:
	case summed && len(names) == 1:
		p.A = names[0]
	case !summed && len(names) == 2:
		p.A, p.C = names[0], names[1]
	case summed:
		return p, f.Misused("one file is named with -gram and -serial or -sum, or none; not %d", len(names))
	default:
		return p, f.Misused("two files are named with -gram, X C, or none; not %d", len(names))
	}
	return p, nil
}

// filePair is pair for two factors in files.
func (f *factors) filePair(names []string, summed bool) (p pair.Pair, err error) {
	p = pair.Pair{A: "inputA.npy", B: "inputB.npy", C: "output.npy", Form: f.form, Fixed: f.fixed}
	isPair := len(names) > 0 && strings.EqualFold(filepath.Ext(names[0]), ".npz") // both factors
	switch {
	case len(names) == 0:
	case f.fixed != pair.NotFixed && (len(names) == 1 || !summed && len(names) == 2):
		return p, f.Misused("with -fixed each factor has a name of its own, not one .npz file for both")
	case summed && len(names) == 1 && isPair:
		p.A, p.B = names[0], ""
	case !summed && len(names) == 2 && isPair:
		p.A, p.B, p.C = names[0], "", names[1]
	case summed && len(names) == 2:
		p.A, p.B = names[0], names[1]
	case !summed && len(names) == 3:
		p.A, p.B, p.C = names[0], names[1], names[2]
	case summed:
		return p, f.Misused("the two factors are named with -serial or -sum, or one .npz file with both, or none; not %d", len(names))
	default:
		return p, f.Misused("three files are named, A B C, or two, PAIR.npz C, or none; not %d", len(names))
	}
	return p, nil
}
