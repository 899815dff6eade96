package sum

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"golang.org/x/sync/errgroup"

	"matpool/elem"
	"matpool/internal/arrayfile"
	"matpool/internal/base/pages"
	"matpool/internal/status"
	"matpool/internal/sum/ddsum"
	"matpool/npyio"
)

// Terms are files whose values are added, or joined: sound ones, which fit each other.
type Terms struct {
	Header npyio.Header // of the result
	terms  []Term
	known  *known
	also   AlsoWrong
	sums   [][2]npyio.Checksum // of each term's parts, as far as they have been seen
}

// Append adds a term to the list, and closes its file unless fewer than keep are open.
func (t *Terms) Append(term Term, keep int) {
	if len(t.terms) >= keep {
		term.Close()
		term.arrays = nil
	}
	t.terms = append(t.terms, term)
}

// CheckOutput makes sure that an output is none of the terms.
func (t *Terms) CheckOutput(output string) error {
	var paths []string
	for _, term := range t.terms {
		paths = append(paths, term.path)
	}
	return arrayfile.CheckDistinct(output, paths...)
}

// openTerms opens files of one shape and order, and returns them or all that is wrong with them. It
// keeps some of them open; the others are opened again for each block.
func openTerms(names []string, keep int) (*Terms, error) {
	t := &Terms{terms: make([]Term, 0, len(names))}
	var errs []error
	seen := make(map[string]bool, len(names))
	first := ""
	for _, name := range names {
		term, err := findTerm(name)
		if err != nil {
			errs = append(errs, arrayfile.NotFound(name, err))
			continue
		}
		if seen[term.key()] {
			errs = append(errs, status.UsageError(fmt.Errorf("%s: is named twice", name), "each file is added once; remove one of the names"))
			continue
		}
		seen[term.key()] = true
		arrays, err := term.open()
		if err != nil {
			errs = append(errs, arrayfile.NotFound(name, err))
			continue
		}
		info, err := arrays[0].Stat()
		h := arrays[0].Header
		switch {
		case err != nil:
			errs = append(errs, err)
		case first == "":
			first, t.Header = name, npyio.Header{DType: npyio.Float64, Shape: h.Shape, Fortran: h.FortranOrder()}
		case !slices.Equal(h.Shape, t.Header.Shape):
			errs = append(errs, arrayfile.ShapeError(name, h, first, t.Header))
		case h.FortranOrder() != t.Header.Fortran:
			errs = append(errs, status.DataError(fmt.Errorf("%s: is not in the order (C or Fortran) of %s", name, first),
				"in Python: np.save(name, np.ascontiguousarray(np.load(name)))"))
		}
		for _, array := range arrays {
			if arrayfile.Type(array.Header).IsComplex() {
				t.Header.DType = npyio.DTypeOf(elem.Complex128)
			}
		}
		term.info, term.arrays = info, arrays
		t.Append(term, keep)
	}
	if err := errors.Join(errs...); err != nil {
		t.Close()
		return nil, err
	}
	return t, nil
}

// parts returns how many float64s an element of the sum has: 2 if it is complex.
func (t *Terms) parts() int {
	return arrayfile.Type(t.Header).Parts()
}

// floats returns how many float64s the sum has.
func (t *Terms) floats() int64 {
	count, _ := t.Header.Len()
	return count * int64(t.parts())
}

// add adds term i to a block of the sum, from its float64 number first on. Read reads the values of a part of it.
func (t *Terms) add(sum *ddsum.Sum, memory addMemory, i int, first int64, read func(part int, array *npyio.File, values []byte, from int64) error) error {
	n := len(sum.Hi)
	return t.With(i, func(part int, array *npyio.File) error {
		e, values, from := arrayfile.Type(array.Header), n, first
		if t.parts() == 2 {
			values, from = n/2, first/2
		}
		x := memory.x[:values*e.Parts()]
		// What is narrower is widened in its place.
		raw := pages.Bytes(x)[8*len(x)-values*e.Size():]
		wide := e == elem.Int64 || e == elem.Uint64
		if wide {
			raw = pages.Bytes(memory.raw[:values])
		}
		if err := read(part, array, raw, from); err != nil {
			return err
		}
		swap := array.DType.Swapped()
		var lo []float64
		switch {
		case wide:
			lo = memory.low[:values]
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

// verify reads all files that are to be compared with checksums, and returns all that is wrong.
func (t *Terms) verify(ctx context.Context, threads int) error {
	errs := make([]error, len(t.terms))
	var g errgroup.Group
	g.SetLimit(threads)
	for i := range t.terms {
		g.Go(func() error {
			if ctx.Err() == nil && t.checks(i) {
				errs[i] = t.With(i, func(_ int, array *npyio.File) error { return arrayfile.InputError(array.Verify()) })
			}
			return nil
		})
	}
	_ = g.Wait() // errs has them
	return errors.Join(append(errs, ctx.Err())...)
}

// checks reports whether file i is compared with its checksums: an archive, unless its record has shown that it is sound.
func (t *Terms) checks(i int) bool { return t.terms[i].isArchive() && !t.known.isSound(i) }

// sees reports whether file i must be seen as it is read.
func (t *Terms) sees(i int) bool { return t.known.sees(i) || t.checks(i) }

// See takes values of a part of file i as they were read, all of them in their order: for its hash, or a checksum.
func (t *Terms) See(i, part int, array *npyio.File, values []byte) error {
	if t.checks(i) {
		t.sums[i][part] = t.sums[i][part].Then(npyio.ChecksumOf(values))
	}
	return t.known.see(i, array, values)
}

// verifySeen compares the files that have been seen with their checksums, and returns all that is wrong.
func (t *Terms) verifySeen() error {
	var errs []error
	for i := range t.terms {
		if t.checks(i) {
			errs = append(errs, t.With(i, func(part int, array *npyio.File) error {
				return arrayfile.InputError(array.VerifyValues(t.sums[i][part]))
			}))
		}
	}
	return errors.Join(errs...)
}

// With calls a function with each array of file i, and its number among them.
func (t *Terms) With(i int, do func(part int, array *npyio.File) error) error {
	arrays := t.terms[i].arrays
	if arrays == nil {
		var err error
		if arrays, err = t.reopen(i); err != nil {
			return err
		}
		defer arrays[0].Close()
	}
	for part, array := range arrays {
		if err := do(part, array); err != nil {
			return err
		}
	}
	return nil
}

func (t *Terms) reopen(i int) ([]*npyio.File, error) {
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
func (t *Terms) checkUnchanged() error {
	var errs []error
	for _, term := range t.terms {
		if term.arrays != nil {
			errs = append(errs, term.checkUnchanged(term.arrays[0]))
		}
	}
	return errors.Join(errs...)
}

func (t Term) checkUnchanged(f *npyio.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !os.SameFile(info, t.info) || info.Size() != t.info.Size() || !info.ModTime().Equal(t.info.ModTime()) {
		return changed(t.name)
	}
	return nil
}

func changed(name string) error { return fmt.Errorf("%s: was changed while it was being read", name) }

// Close closes the files that are open.
func (t *Terms) Close() {
	for _, term := range t.terms {
		term.Close()
	}
}
