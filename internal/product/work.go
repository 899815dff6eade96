// Package product multiplies pairs of matrices.
//
// Reading, arithmetic and writing overlap: while one product is computed, the next pair is read and
// the last product written. A pair goes one way: [Check] opens its files and reads their headers, so
// that everything that can be known to be wrong is found before the work begins, and all of it is
// reported; [Work.Multiply] reads the values from the same files and hands over the products.
package product

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"matpool/internal/arrayfile"
	"matpool/internal/base/file"
	"matpool/internal/pair"
	"matpool/internal/record"
	"matpool/npyio"
)

// A Work is pairs that can be multiplied.
type Work struct {
	Pairs []Checked
	// Hashes, if not nil, has the files of the factors hashed as they are read.
	Hashes    *record.Cache
	HashFirst bool    // also those of stacks before their products are used
	fixed     *Factor // the factor that all have in common, open; or nil
}

// A Checked is a pair whose headers have been read.
type Checked struct {
	pair.Pair
	Product         npyio.Header
	multiplications int64    // of real numbers
	memory          int64    // bytes that the factors and their product take, but for a fixed factor
	factors         *Factors // with open files; nil if they must be opened again
}

// maxOpen is how many files may stay open from the check to the product. More would save little: each
// file of a later pair is opened twice.
const maxOpen = 4096

// Check opens the files of all pairs, and returns the work, or all that is wrong with the factors
// and what also finds wrong, which is called for each sound pair. The caller must close the work.
func Check(pairs []pair.Pair, also func(Checked, Factors) error) (w Work, err error) {
	if len(pairs) == 0 {
		return w, nil
	}
	if w.fixed, err = openFixed(pairs[0]); err != nil {
		return w, errors.Join(append([]error{err}, checkOthers(pairs)...)...)
	}
	var errs []error
	left := min(file.MayOpen()/2, maxOpen) // files that may be opened
	for _, p := range pairs {
		f, err := Open(p, w.fixed)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		factors, product, _ := f.memory()
		c := Checked{Pair: p, Product: f.Product(), multiplications: f.multiplications(), memory: factors + product}
		if also != nil {
			errs = append(errs, also(c, f))
		}
		if n := len(f.opened); n > 0 && n <= left {
			c.factors, left = &f, left-n
		} else {
			f.Close()
		}
		w.Pairs = append(w.Pairs, c)
	}
	if err := errors.Join(errs...); err != nil {
		w.Close()
		return Work{}, err
	}
	return w, nil
}

// checkOthers returns what is wrong with the factors besides the fixed one.
func checkOthers(pairs []pair.Pair) (errs []error) {
	for _, p := range pairs {
		_, name := p.FixedAndOther()
		if f, err := arrayfile.Open(name); err != nil {
			errs = append(errs, arrayfile.NotFound(name, err))
		} else {
			f.Close()
		}
	}
	return errs
}

// Close closes the files that are open.
func (w Work) Close() {
	for _, p := range w.Pairs {
		p.close()
	}
	if w.fixed != nil {
		w.fixed.File.Close()
	}
}

func (p Checked) close() {
	if p.factors != nil {
		p.factors.Close()
	}
}

// open returns the factors, opened again if their files were closed.
func (p Checked) open(fixed *Factor) (Factors, error) {
	if p.factors == nil {
		f, err := Open(p.Pair, fixed)
		if err == nil && !arrayfile.SameHeader(f.Product(), p.Product) {
			f.Close()
			err = fmt.Errorf("%s: was changed while the others were read", strings.Join(p.Files(), " or "))
		}
		return f, err
	}
	f := *p.factors
	for _, x := range []*Factor{&f.A, &f.B} {
		if x.fixed {
			*x = *fixed
		}
	}
	return f, nil
}

// From returns the work without the first n pairs.
func (w Work) From(n int) Work {
	for _, p := range w.Pairs[:n] {
		p.close()
	}
	w.Pairs = slices.Clone(w.Pairs[n:])
	return w
}

// multiplications returns their number for all pairs.
func (w Work) multiplications() (n int64) {
	for _, p := range w.Pairs {
		n += p.multiplications
	}
	return n
}

// largest returns the bytes that the largest pair takes in memory with its product.
func (w Work) largest() (bytes int64) {
	for _, p := range w.Pairs {
		bytes = max(bytes, p.memory)
	}
	return bytes
}
