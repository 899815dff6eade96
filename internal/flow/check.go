package flow

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"matpool/internal/file"
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
	largest         int64 // the size in bytes of the largest pair with its product
}

func (w *work) add(f factors) {
	w.multiplications += f.multiplications()
	a, _ := f.a.Len()
	b, _ := f.b.Len()
	c, _ := f.product().Len()
	w.largest = max(w.largest, 8*(a+b+c))
}

// checkProducts checks everything that [Products] will use, and returns the work, or all
// that is wrong.
func checkProducts(pairs []Pair) (w work, err error) {
	w.pairs = pairs
	errs := []error{checkOutputs(pairs)}
	for _, p := range pairs {
		f, err := openFactors(p)
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
// and the header of the sum, or all that is wrong.
func checkTerms(pairs []Pair, output string) (w work, sum npyio.Header, err error) {
	w.pairs = pairs
	var errs []error
	first := ""
	for _, p := range pairs {
		f, err := openFactors(p)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		w.add(f)
		product, name := f.product(), p.A+" times "+p.B
		f.close()
		if first == "" {
			first, sum = name, product
		} else if product.ShapeString() != sum.ShapeString() {
			errs = append(errs, shapeError(name, product, first, sum))
		}
		if output != "" {
			errs = append(errs, checkDistinct(output, p.A, p.B))
		}
	}
	return w, sum, errors.Join(errs...)
}

// Headers returns the headers of a pair's factors and of their product, or all that is
// wrong with the factors. Nothing but headers is read.
func Headers(p Pair) (a, b, c npyio.Header, err error) {
	f, err := openFactors(p)
	if err != nil {
		return a, b, c, err
	}
	defer f.close()
	return f.a.Header, f.b.Header, f.product(), nil
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
		isInput[resolved(p.A)], isInput[resolved(p.B)] = true, true
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
		if err := checkDistinct(p.C, p.A, p.B); err != nil {
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
