package jobfile

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"matpool/internal/base/file"
	"matpool/internal/base/text"
)

// A Fixed is the factor that all products of matprod have in common, if any.
type Fixed struct {
	Factor string // fixed: a, b, or "" for none
	Name   string // the factor's file, in input_files, or FILE.npz:NAME
}

// A Random is what random inputs are drawn from. Nothing is known here of what numpy can draw.
type Random struct {
	Size                      int
	Seed, Distribution, DType string // DType is "" for the distribution's own
}

// ofRandom are the attributes that say what random inputs are.
var ofRandom = [...]string{"size", "seed", "rng", "distribution", "dtype"}

// checkWord returns an error for a text that is none of the words that an attribute may have.
func checkWord(name, value string) error {
	switch {
	case name == "fixed" && value != "a" && value != "b":
		return fmt.Errorf("%q is neither a, the first factor, nor b, the second", text.Clip(value))
	case name == "inputs" && value != "files" && value != "random":
		return fmt.Errorf("%q is neither files nor random", text.Clip(value))
	case name == "rng" && value == "mt19937":
		return errors.New("each pair has a stream of its own, and the seeding of mt19937 is not made for several streams: write pcg64")
	case name == "rng" && value != "pcg64":
		return fmt.Errorf("%q is not pcg64", text.Clip(value))
	case name == "seed" && (value == "" || strings.Trim(value, "0123456789") != ""):
		return fmt.Errorf("%q is not a whole number, from 0 on", text.Clip(value))
	}
	return nil
}

// random returns what random inputs are drawn from, or nil if the inputs are files.
func (r *resolver) random() *Random {
	if inputs, _ := r.text("inputs"); inputs != "random" {
		return nil
	}
	random := &Random{Size: r.integer("size")}
	seed, _ := r.text("seed")
	random.Seed = cmp.Or(strings.TrimLeft(seed, "0"), "0") // the log tells seeds apart by their text
	random.Distribution, _ = r.text("distribution")
	random.DType, _ = r.text("dtype")
	return random
}

// setFixed sets the fixed factor. Of an array of an archive, the jobs get the archive.
func (r *resolver) setFixed(q *Request) {
	factor, ok := r.text("fixed")
	if !ok || !q.Matprod || len(q.Inputs) != 1 {
		return
	}
	q.Fixed = Fixed{Factor: factor, Name: q.Inputs[0]}
	path, _, _ := file.SplitMember(q.Fixed.Name)
	q.Inputs = []string{path}
}

// checkFactors checks what says which factors matprod multiplies.
func (r *resolver) checkFactors(q *Request) {
	if q.Random == nil {
		for _, name := range ofRandom {
			if r.given(name) {
				r.fail(name, "it is for inputs = random only")
			}
		}
	}
	fixed := r.given("fixed")
	n := len(q.IndexedInputs)
	isPair := n == 1 && IsArchive(q.IndexedInputs[0])
	switch {
	case !q.Matprod && q.Random != nil:
		r.fail("inputs", "only matprod makes random inputs")
	case !q.Matprod && fixed:
		r.fail("fixed", "it is for matprod only; each job of another program gets all of input_files")
	case !q.Matprod:
	case q.Gram && (q.Random != nil || fixed):
		r.fail("gram", "it is for files that are numbered: it goes neither with inputs = random nor with fixed")
	case q.Gram:
	case q.Random != nil && fixed:
		r.fail("fixed", "with inputs = random both factors are made in the job")
	case q.Random != nil && n > 0:
		r.fail("indexed_input_files", "with inputs = random the jobs get no inputs: leave this out")
	case q.Random != nil && !r.given("seed"):
		r.fail("inputs", "random inputs need a seed, as in seed = 42")
	case q.Random != nil:
	case fixed && (n != 1 || q.Fixed.Factor == ""):
		r.fail("fixed", "one factor is the file in input_files, and the other is in indexed_input_files, as inputB.npy: here are %d and %d", len(q.Inputs), n)
	case n == 1 && !isPair && len(q.Inputs) == 1 && !fixed:
		r.fail("indexed_input_files", "if %s is a factor of all products, write fixed = a, for %[1]s·%s, or fixed = b, for %[2]s·%[1]s", q.Inputs[0], q.IndexedInputs[0])
	case n != 2 && !isPair && !fixed:
		r.fail("indexed_input_files", "matprod has two inputs, the factors, or one .npz file of both, not %d", n)
	}
}
