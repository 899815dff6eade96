package flow

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"golang.org/x/sync/errgroup"

	"matpool/internal/ddsum"
	"matpool/internal/status"
	"matpool/npyio"
)

// terms are the files to be summed: sound, and of one shape and order.
type terms struct {
	header   npyio.Header
	terms    []term
	deflated bool // one of them is
}

type term struct {
	name   string
	arrays []*npyio.File // a product, or a partial sum's two, if they are kept open
	info   os.FileInfo   // as it was at the beginning
}

// openTerms checks all the files, and returns them or all that is wrong with them. It
// keeps some of them open; the others are opened again for each block.
func openTerms(names []string, keep int) (*terms, error) {
	t := &terms{}
	var errs []error
	seen := make(map[string]bool, len(names))
	first := ""
	for _, name := range names {
		if path := key(name); seen[path] {
			errs = append(errs, status.UsageError(fmt.Errorf("%s: is named twice", name), "each file is added once; remove one of the names"))
			continue
		} else {
			seen[path] = true
		}
		arrays, err := openTerm(name)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		info, err := arrays[0].Stat()
		h := arrays[0].Header
		switch {
		case err != nil:
			errs = append(errs, err)
		case first == "":
			first, t.header = name, h
			t.header.DType = npyio.Float64
		case !slices.Equal(h.Shape, t.header.Shape):
			errs = append(errs, shapeError(name, h, first, t.header))
		case h.Fortran != t.header.Fortran:
			errs = append(errs, status.DataError(fmt.Errorf("%s: is not in the order (C or Fortran) of %s", name, first),
				"in Python: np.save(name, np.ascontiguousarray(np.load(name)))"))
		}
		for _, array := range arrays {
			t.deflated = t.deflated || array.Deflated()
		}
		kept := term{name: name, info: info}
		if len(t.terms) < keep {
			kept.arrays = arrays
		} else {
			arrays[0].Close()
		}
		t.terms = append(t.terms, kept)
	}
	if err := errors.Join(errs...); err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

// openTerm opens a product, or the two arrays of a partial sum, which one file holds.
func openTerm(name string) ([]*npyio.File, error) {
	if npyio.IsNpz(name) {
		return openPartial(name)
	}
	f, err := openFloat64(name)
	return []*npyio.File{f}, err
}

// TermShape returns the shape of a file that [Combine] adds, a product or a partial sum.
// Nothing but headers is read.
func TermShape(name string) ([]int, error) {
	arrays, err := openTerm(name)
	if err != nil {
		return nil, err
	}
	defer arrays[0].Close()
	return arrays[0].Shape, nil
}

// add adds values of file i, from the one numbered first on, to hi + lo. It uses the
// memory x.
func (t *terms) add(hi, lo, x []float64, i int, first int64) error {
	return t.with(i, func(array *npyio.File) error {
		if err := array.ReadFloat64s(x, first); err != nil {
			return inputError(err)
		}
		ddsum.Add(hi, lo, x)
		return nil
	})
}

// verify reads all files that have checksums, and returns all that is wrong.
func (t *terms) verify(ctx context.Context, threads int) error {
	errs := make([]error, len(t.terms))
	var g errgroup.Group
	g.SetLimit(threads)
	for i := range t.terms {
		g.Go(func() error {
			if ctx.Err() == nil {
				errs[i] = t.with(i, func(array *npyio.File) error { return inputError(array.Verify()) })
			}
			return nil
		})
	}
	_ = g.Wait() // errs has them
	return errors.Join(append(errs, ctx.Err())...)
}

// with calls a function with each array of file i.
func (t *terms) with(i int, do func(*npyio.File) error) error {
	arrays := t.terms[i].arrays
	if arrays == nil {
		var err error
		if arrays, err = t.reopen(i); err != nil {
			return err
		}
		defer arrays[0].Close()
	}
	for _, array := range arrays {
		if err := do(array); err != nil {
			return err
		}
	}
	return nil
}

func (t *terms) reopen(i int) ([]*npyio.File, error) {
	arrays, err := openTerm(t.terms[i].name)
	if err != nil {
		return nil, err
	}
	if err := t.terms[i].checkUnchanged(arrays[0]); err != nil {
		arrays[0].Close()
		return nil, err
	}
	return arrays, nil
}

// checkUnchanged makes sure that the blocks that were read belong together.
func (t *terms) checkUnchanged() error {
	var errs []error
	for _, term := range t.terms {
		if term.arrays != nil {
			errs = append(errs, term.checkUnchanged(term.arrays[0]))
		}
	}
	return errors.Join(errs...)
}

func (t term) checkUnchanged(f *npyio.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !os.SameFile(info, t.info) || info.Size() != t.info.Size() || !info.ModTime().Equal(t.info.ModTime()) {
		return fmt.Errorf("%s: was changed while it was being read", t.name)
	}
	return nil
}

func (t *terms) close() {
	for _, term := range t.terms {
		if term.arrays != nil {
			term.arrays[0].Close()
		}
	}
}
