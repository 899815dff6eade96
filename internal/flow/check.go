package flow

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"matpool/elem"
	"matpool/internal/base/file"
	"matpool/internal/status"
	"matpool/npyio"
)

// Hints.
const (
	ownName    = "give each output a name of its own"
	makeFolder = "make the folder first"
)

// work is what there is to do: pairs whose headers have been read.
type work struct {
	pairs           []Pair
	multiplications int64
	largest         int64 // the bytes in memory of the largest pair with its product, without a fixed factor
}

func (w *work) add(f factors) {
	w.multiplications += f.multiplications()
	factors, product, _ := f.memory()
	w.largest = max(w.largest, factors+product)
}

// from returns the work without the first pairs.
func (w work) from(first int) (work, error) {
	if first == 0 {
		return w, nil
	}
	left := work{pairs: w.pairs[first:]}
	fixed, err := checkFixed(left.pairs)
	if err != nil {
		return work{}, err
	}
	for _, p := range left.pairs {
		f, err := openFactors(p, fixed)
		if err != nil {
			return work{}, err
		}
		left.add(f)
		f.close()
	}
	return left, nil
}

// checkProducts checks everything that [Products] will use, and returns the work, or all
// that is wrong.
func checkProducts(pairs []Pair) (w work, err error) {
	w.pairs = pairs
	errs := []error{checkOutputs(pairs)}
	fixed, err := checkFixed(pairs)
	if err != nil {
		return w, errors.Join(append(errs, err)...)
	}
	for _, p := range pairs {
		f, err := openFactors(p, fixed)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		w.add(f)
		f.close()
	}
	return w, errors.Join(errs...)
}

// checkTerms checks everything that [Serial] or [Partial] will use, and returns the work
// and the header of the sum, or all that is wrong. A sum is of float64s, or of complex128s if
// one of the products is complex.
func checkTerms(pairs []Pair, output string) (w work, sum npyio.Header, err error) {
	w.pairs = pairs
	fixed, err := checkFixed(pairs)
	if err != nil {
		return w, sum, err
	}
	var errs []error
	first, complex := "", false
	for _, p := range pairs {
		f, err := openFactors(p, fixed)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		w.add(f)
		product, name := f.product(), f.form.name(f.a.name, f.b.name)
		f.close()
		if product.DType.Kind == 'c' {
			complex = true
		}
		if first == "" {
			first, sum = name, product
		} else if product.ShapeString() != sum.ShapeString() {
			errs = append(errs, shapeError(name, product, first, sum))
		}
		if output != "" {
			errs = append(errs, checkDistinct(output, p.files()...))
		}
	}
	sum.DType = npyio.Float64
	if complex {
		sum.DType = npyio.DTypeOf(elem.Complex128)
	}
	return w, sum, errors.Join(errs...)
}

// A Product is what is known of a pair's product from the headers of its factors.
type Product struct {
	A, B, C         npyio.Header
	Multiplications int64 // of real numbers
	Factors, Result int64 // bytes in memory, of a stack one product at a time
	Fixed           int64 // bytes in memory of a fixed factor, which Factors does not count
	Sum             int64 // bytes of a sum of such products, hi and lo
}

// Headers returns what is known of a pair's product, or all that is wrong with the
// factors. Nothing but headers is read; that of a fixed factor (see [ReadFixed]) is given, or nil.
func Headers(p Pair, fixed *Factor) (Product, error) {
	f, err := openFactors(p, fixed)
	if err != nil {
		return Product{}, err
	}
	defer f.close()
	m := Product{A: f.a.Header, B: f.b.Header, C: f.product(), Multiplications: f.multiplications()}
	m.Factors, m.Result, m.Fixed = f.memory()
	count, _ := m.C.Len()
	m.Sum = 2 * 8 * count * int64(elemOf(m.C).Parts())
	return m, nil
}

func shapeError(name string, h npyio.Header, firstName string, first npyio.Header) error {
	return status.DataError(fmt.Errorf("%s: is %s, but %s is %s", name, h.ShapeString(), firstName, first.ShapeString()), "")
}

// checkOutputs makes sure that each output can be written, as far as that can be known,
// and that none is another output or an input of any pair: by its name, as indexed names
// may be (input.npy with index 10 and input1.npy with index 0), or through a link.
func checkOutputs(pairs []Pair) error {
	isInput, isOutput := make(map[string]bool, 2*len(pairs)), make(map[string]bool, len(pairs))
	for _, p := range pairs {
		for _, name := range p.files() {
			isInput[resolved(name)] = true
		}
	}
	for _, p := range pairs {
		c := resolved(p.C)
		switch {
		case isInput[c]:
			return status.UsageError(fmt.Errorf("%s: the output is an input", p.C), ownName)
		case isOutput[c]:
			return status.UsageError(fmt.Errorf("%s: two products would be written there", p.C), ownName)
		}
		isOutput[c] = true
		if err := checkNotMember(p.C); err != nil {
			return err
		}
		if err := checkDistinct(p.C, p.files()...); err != nil {
			return err
		}
		if err := file.Check(p.C); err != nil {
			return outputError(err)
		}
		if _, err := os.Stat(filepath.Dir(p.C)); errors.Is(err, fs.ErrNotExist) {
			return outputError(fmt.Errorf("%s: cannot be written: %w", p.C, errors.Unwrap(err)))
		}
	}
	return nil
}

// resolved returns a path without symbolic links, or as it is if nothing is there.
func resolved(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	return key(path)
}

// checkDistinct returns an error if the output is one of the inputs by another name,
// through a link.
func checkDistinct(output string, inputs ...string) error {
	out, err := os.Stat(output)
	if err != nil {
		return nil // it does not exist yet; whatever else is wrong shows when it is made
	}
	for _, input := range inputs {
		if in, err := os.Stat(input); err == nil && os.SameFile(in, out) {
			return status.UsageError(fmt.Errorf("%s: the output is the input %s", output, input), ownName)
		}
	}
	return nil
}
