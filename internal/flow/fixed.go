package flow

import (
	"context"
	"errors"

	"matpool/internal/base/pages"
)

// Fixed says which factor all pairs of a range have in common, if any. Its name has no index.
type Fixed int

const (
	NotFixed Fixed = iota
	FixedA         // C = A·Bᵢ
	FixedB         // C = Aᵢ·B
)

// FixedAndOther returns the name of the factor that is fixed, and that of the other one.
func (p Pair) FixedAndOther() (fixed, other string) {
	if p.Fixed == FixedB {
		return p.B, p.A
	}
	return p.A, p.B
}

// ReadFixed returns the factor that a pair has in common with others, without its values, or nil if
// there is none.
func ReadFixed(p Pair) (*Factor, error) {
	if p.Fixed == NotFixed {
		return nil, nil
	}
	name, _ := p.FixedAndOther()
	file, err := openFactor(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return &Factor{name: name, Header: file.Header, fixed: true}, nil
}

// checkFixed is ReadFixed for a list of pairs. If the factor is bad, the error also joins what is
// wrong with the others.
func checkFixed(pairs []Pair) (*Factor, error) {
	if len(pairs) == 0 {
		return nil, nil
	}
	fixed, err := ReadFixed(pairs[0])
	if err == nil {
		return fixed, nil
	}
	errs := []error{err}
	for _, p := range pairs {
		_, name := p.FixedAndOther()
		if file, err := openFactor(name); err != nil {
			errs = append(errs, NotFound(name, err))
		} else {
			file.Close()
		}
	}
	return nil, errors.Join(errs...)
}

// loadFixed reads the factor that all pairs have in common, with its values, or returns nil if there
// is none.
//
// Note: it is not kept packed for the kernels. Packing takes little time beside a product that is
// worth a file, and OpenBLAS packs by itself in each call.
func (w work) loadFixed(ctx context.Context) (*Factor, error) {
	if len(w.pairs) == 0 || w.pairs[0].Fixed == NotFixed {
		return nil, nil
	}
	f, err := openFactors(w.pairs[0], nil)
	if err != nil {
		return nil, err
	}
	defer f.close()
	x, r := f.a, f.readerA()
	if f.b.fixed {
		x, r = f.b, f.readerB()
	}
	r.buffer = new(pages.Buffer)
	if err := r.load(ctx, 0); err != nil {
		return nil, err
	}
	x.file, x.values = nil, r.values
	return &x, nil
}
