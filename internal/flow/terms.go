package flow

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"unsafe"

	"golang.org/x/sync/errgroup"

	"matpool/elem"
	"matpool/internal/status"
	"matpool/internal/sum/ddsum"
	"matpool/npyio"
)

// terms are the files to be summed: sound, and of one shape and order.
type terms struct {
	header   npyio.Header // of the sum, float64 or complex128
	terms    []term
	deflated bool // one of them is
}

// openTerms checks all the files, and returns them or all that is wrong with them. It
// keeps some of them open; the others are opened again for each block.
func openTerms(names []string, keep int) (*terms, error) {
	t := &terms{}
	var errs []error
	seen := make(map[string]bool, len(names))
	first := ""
	for _, name := range names {
		term, err := findTerm(name)
		if err != nil {
			errs = append(errs, NotFound(name, err))
			continue
		}
		if seen[term.key()] {
			errs = append(errs, status.UsageError(fmt.Errorf("%s: is named twice", name), "each file is added once; remove one of the names"))
			continue
		}
		seen[term.key()] = true
		arrays, err := term.open()
		if err != nil {
			errs = append(errs, NotFound(name, err))
			continue
		}
		info, err := arrays[0].Stat()
		h := arrays[0].Header
		switch {
		case err != nil:
			errs = append(errs, err)
		case first == "":
			first, t.header = name, npyio.Header{DType: npyio.Float64, Shape: h.Shape, Fortran: h.FortranOrder()}
		case !slices.Equal(h.Shape, t.header.Shape):
			errs = append(errs, shapeError(name, h, first, t.header))
		case h.FortranOrder() != t.header.Fortran:
			errs = append(errs, status.DataError(fmt.Errorf("%s: is not in the order (C or Fortran) of %s", name, first),
				"in Python: np.save(name, np.ascontiguousarray(np.load(name)))"))
		}
		for _, array := range arrays {
			t.deflated = t.deflated || array.Deflated()
			if typeOf(array).IsComplex() {
				t.header.DType = npyio.DTypeOf(elem.Complex128)
			}
		}
		term.info = info
		if len(t.terms) < keep {
			term.arrays = arrays
		} else {
			arrays[0].Close()
		}
		t.terms = append(t.terms, term)
	}
	if err := errors.Join(errs...); err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

// parts returns how many float64s an element of the sum has: 2 if it is complex.
func (t *terms) parts() int {
	e, _ := t.header.DType.Elem()
	return e.Parts()
}

// addend is the memory that one thread needs to add terms: three blocks.
type addend struct{ x, lo, raw []float64 }

// add adds term i to a block of the sum, from its float64 number first on.
func (t *terms) add(sum *ddsum.Sum, memory addend, i int, first int64) error {
	n := len(sum.Hi)
	return t.with(i, func(array *npyio.File) error {
		e, values, from := typeOf(array), n, first
		if t.parts() == 2 {
			values, from = n/2, first/2
		}
		x := memory.x[:values*e.Parts()]
		// What is narrower is widened in its place.
		raw := asBytes(x)[8*len(x)-values*e.Size():]
		wide := e == elem.Int64 || e == elem.Uint64
		if wide {
			raw = asBytes(memory.raw[:values])
		}
		if err := array.Read(raw, from); err != nil {
			return termError(err)
		}
		swap := array.DType.Swapped()
		var lo []float64
		switch {
		case wide:
			lo = memory.lo[:values]
			elem.SplitInt64(x, lo, raw, e, swap)
		case e.Part() != elem.Float64:
			elem.ToFloat64(x, raw, e, swap)
		case swap:
			elem.SwapBytes(raw, e)
		}
		for _, part := range [][]float64{x, lo} {
			if len(part) < n && part != nil {
				part = asComplex(part[:n])
			}
			sum.Add(0, part)
		}
		return nil
	})
}

// asComplex makes complex numbers of the real ones in the first half of x.
func asComplex(x []float64) []float64 {
	for i := len(x)/2 - 1; i >= 0; i-- {
		x[2*i], x[2*i+1] = x[i], 0
	}
	return x
}

// asBytes returns x's own memory.
func asBytes(x []float64) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), 8*len(x))
}

// verify reads all files that have checksums, and returns all that is wrong.
func (t *terms) verify(ctx context.Context, threads int) error {
	errs := make([]error, len(t.terms))
	var g errgroup.Group
	g.SetLimit(threads)
	for i := range t.terms {
		g.Go(func() error {
			if ctx.Err() == nil {
				errs[i] = t.with(i, func(array *npyio.File) error { return termError(array.Verify()) })
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
	arrays, err := t.terms[i].open()
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
