package sum

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"matpool/blas"
	"matpool/elem"
	"matpool/internal/arrayfile"
	"matpool/internal/base/each"
	"matpool/internal/base/pages"
	"matpool/internal/pair"
	"matpool/internal/product"
	"matpool/internal/progress"
	"matpool/internal/record"
	"matpool/internal/sum/ddsum"
	"matpool/npyio"
)

// SerialOptions say what [Serial] multiplies and adds up.
type SerialOptions struct {
	Pairs      []pair.Pair // C is not used
	Multiplier blas.Multiplier
	Output     string // the file for the sum, which is flushed to the disk; or none
	Recorder   *record.Recorder
	Force      bool // replace a file that is not known to be an output
}

// Serial computes the sum of all pairs' products, Σ AᵢBᵢ, and returns its norm. Sum and
// norm have the bits that [Combine] gets from the products' files.
func Serial(ctx context.Context, o SerialOptions, show progress.Func) (result Result, err error) {
	work, h, err := check(o.Pairs, o.Output)
	if err != nil {
		return result, err
	}
	defer work.Close()
	var out *arrayfile.Output
	if o.Output != "" {
		if !o.Force {
			if err := arrayfile.CheckReplaced(o.Output); err != nil {
				return result, err
			}
		}
		if out, err = arrayfile.Create(o.Output, h); err != nil {
			return result, err
		}
		defer out.Close()
		if o.Recorder != nil {
			work.Hashes = &o.Recorder.Cache
			out.Hashed(h)
		}
	}
	running, err := newRunning(h, o.Pairs)
	if err != nil {
		return result, err
	}
	running.odd = new(oddProduct)
	if err := addTo(ctx, running, work, o.Multiplier, show); err != nil {
		return result, err
	}
	sum := running.sum
	sum.Round()
	var odd oddElements
	squares := make([]ddsum.Squares, (len(sum.Hi)+ddsum.Block-1)/ddsum.Block)
	each.Number(o.Multiplier.Threads(), len(squares), func(block int) {
		i := block * ddsum.Block
		values := sum.Hi[i:min(i+ddsum.Block, len(sum.Hi))]
		squares[block] = ddsum.SquaresOf(values)
		odd.look(squares[block], values, block, true)
	})
	if at, ok := odd.least(); ok {
		result.NotFinite = cmp.Or(running.odd.what, onlySum(h, at))
	}
	if out != nil {
		if _, err := arrayfile.Interruptible(ctx, out).Write(pages.Bytes(sum.Hi)); err != nil {
			return result, err
		}
		arrayfile.Begin(o.Recorder, o.Output)
		if err := out.Commit(true); err != nil {
			return result, err
		}
		if err := o.Recorder.Wrote(ctx, o.Output, out.Hash(), recipeOf(o.Pairs), running.from()); err != nil {
			return result, err
		}
	}
	result.Norm = ddsum.NormOf(squares)
	return result, nil
}

// addTo adds the pairs' products to a sum, which is not rounded yet, except those that it has;
// complex values as re, im. Each product is rounded to its type first, as in its file. They are
// added in order: see package ddsum.
func addTo(ctx context.Context, r *running, w product.Work, m blas.Multiplier, show progress.Func) error {
	const parts = 16 // a product is added to one while the next is added to another
	h, sum := r.header, r.sum
	skipped := r.complete()
	w = w.From(skipped)
	size := (len(sum.Hi) + parts - 1) / parts
	turns := newTurns(parts)
	return w.Multiply(ctx, m, show, func(ctx context.Context, i int, p product.Checked, each product.Each) error {
		t := arrayfile.Type(p.Product)
		s := summand{t: t, spread: arrayfile.Type(h).Parts() / t.Parts()}
		err := each(func(files []record.Input) { r.madeFrom(skipped+i, files) }, func(values []byte, first int) error {
			from := first * arrayfile.Type(h).Parts()
			s.values = values
			if r.odd != nil {
				r.odd.look(skipped+i, p, values, first)
			}
			end := from + s.floats()
			for part := from / size; part*size < end; part++ {
				begin, to := max(from, part*size), min(end, (part+1)*size)
				leaves := to == min((part+1)*size, len(sum.Hi))
				err := turns.take(ctx, part, i, leaves, func() {
					r.add(skipped+i, begin, to, func(begin int) { s.addTo(sum, begin, to, begin-from) })
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err == nil {
			r.saveWhenDue()
		}
		return err
	})
}

// check checks everything that [Serial] or [Partial] will use, and returns the work and the header of
// the sum, or all that is wrong. The sum has float64s, or complex128s if a product is complex.
func check(pairs []pair.Pair, output string) (w product.Work, sum npyio.Header, err error) {
	first := ""
	t := elem.Float64
	w, err = product.Check(pairs, func(p product.Checked, f product.Factors) error {
		if arrayfile.Type(p.Product).IsComplex() {
			t = elem.Complex128
		}
		var errs []error
		if first == "" {
			first, sum = f.Name(), p.Product
		} else if !slices.Equal(p.Product.Shape, sum.Shape) {
			errs = append(errs, arrayfile.ShapeError(f.Name(), p.Product, first, sum))
		}
		if output != "" {
			errs = append(errs, arrayfile.CheckDistinct(output, p.Files()...))
		}
		return errors.Join(errs...)
	})
	sum.DType = npyio.DTypeOf(t)
	return w, sum, err
}
