package flow

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"matpool/internal/ddsum"
	"matpool/internal/pages"
	"matpool/internal/progress"
	"matpool/internal/status"
	"matpool/npyio"
)

// maxOpen is how many files are kept open. The others are opened again for each block.
const maxOpen = 512

// Combine adds up arrays of one shape and returns the norm of the sum. If output is
// not empty, the sum is written there, and flushed to the disk.
//
// A block of [ddsum.Block] elements is summed over all files before the next one is
// begun, so that its accumulators stay in a core's cache: memory depends neither on
// the number of files nor on their size. The threads share out the blocks.
func Combine(ctx context.Context, names []string, output string, threads int, show progress.Func) (norm float64, err error) {
	in, err := openTerms(names)
	if err != nil {
		return 0, err
	}
	defer in.close()
	if err := checkDistinct(output, names...); err != nil {
		return 0, err
	}
	out, err := createIfNamed(output, in.header)
	if err != nil {
		return 0, err
	}
	defer out.Close()
	values := int64(len(in.header.Append(nil))) // where they begin in the output

	count, _ := in.header.Len()
	squares := make([]ddsum.DD, (count+ddsum.Block-1)/ddsum.Block)
	var next, done atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	for range min(threads, len(squares)) {
		g.Go(func() error {
			memory, err := pages.Alloc(3 * ddsum.Block)
			if err != nil {
				return err
			}
			for {
				block := next.Add(1) - 1
				first := block * ddsum.Block
				if first >= count {
					return nil
				}
				n := min(ddsum.Block, count-first)
				hi, lo, x := memory[:n], memory[ddsum.Block:][:n], memory[2*ddsum.Block:][:n]
				clear(hi)
				clear(lo)
				for i := range in.terms {
					if err := ctx.Err(); err != nil {
						return err
					}
					if err := in.read(i, x, first); err != nil {
						return err
					}
					ddsum.Add(hi, lo, x)
					show(done.Add(n), count*int64(len(names)))
				}
				squares[block] = ddsum.Squares(hi)
				if out != nil {
					if err := npyio.WriteFloat64s(out.At(values+8*first), hi); err != nil {
						return err
					}
				}
			}
		})
	}
	if err := g.Wait(); err != nil {
		return 0, err
	}
	if err := in.checkUnchanged(); err != nil {
		return 0, err
	}
	if out != nil {
		if err := out.Commit(true); err != nil {
			return 0, err
		}
	}
	return ddsum.Norm(squares), nil
}

// terms are the files to be summed: sound, and of one shape and order.
type terms struct {
	header npyio.Header
	terms  []term
}

type term struct {
	name string
	file *npyio.File // if it is kept open
	info os.FileInfo // as it was at the beginning
}

// openTerms looks at all the files, and returns them or all that is wrong with them.
func openTerms(names []string) (*terms, error) {
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
		f, err := openFloat64(name)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		info, err := f.Stat()
		switch {
		case err != nil:
			errs = append(errs, err)
		case first == "":
			first, t.header = name, f.Header
			t.header.DType = npyio.Float64
		case !slices.Equal(f.Shape, t.header.Shape):
			errs = append(errs, shapeError(name, f.Header, first, t.header))
		case f.Fortran != t.header.Fortran:
			errs = append(errs, status.DataError(fmt.Errorf("%s: is not in the order (C or Fortran) of %s", name, first),
				"in Python: np.save(name, np.ascontiguousarray(np.load(name)))"))
		}
		kept := term{name: name, info: info}
		if len(t.terms) < maxOpen {
			kept.file = f
		} else {
			f.Close()
		}
		t.terms = append(t.terms, kept)
	}
	if err := errors.Join(errs...); err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

// read reads values of file i, from the one numbered first on.
func (t *terms) read(i int, dst []float64, first int64) error {
	f := t.terms[i].file
	if f == nil {
		var err error
		if f, err = t.reopen(i); err != nil {
			return err
		}
		defer f.Close()
	}
	return inputError(f.ReadFloat64s(dst, first))
}

func (t *terms) reopen(i int) (*npyio.File, error) {
	f, err := npyio.Open(t.terms[i].name)
	if err != nil {
		return nil, inputError(err)
	}
	if err := t.terms[i].checkUnchanged(f); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// checkUnchanged makes sure that the blocks that were read belong together.
func (t *terms) checkUnchanged() error {
	var errs []error
	for _, term := range t.terms {
		if term.file != nil {
			errs = append(errs, term.checkUnchanged(term.file))
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
		if term.file != nil {
			term.file.Close()
		}
	}
}
