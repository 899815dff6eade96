package flow

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"matpool/blas"
	"matpool/internal/progress"
	"matpool/internal/sum/ddsum"
	"matpool/npyio"
)

// SerialOptions say what [Serial] multiplies and adds up.
type SerialOptions struct {
	Pairs      []Pair // C is not used
	Multiplier blas.Multiplier
	Output     string // the file for the sum, which is flushed to the disk; or none
}

// Serial computes the sum of all pairs' products, Σ AᵢBᵢ, and returns its norm. Sum and
// norm have the bits that [Combine] gets from the products' files.
func Serial(ctx context.Context, o SerialOptions, show progress.Func) (norm ddsum.Norm, err error) {
	work, h, err := checkTerms(o.Pairs, o.Output)
	if err != nil {
		return norm, err
	}
	var out *arrayFile
	if o.Output != "" {
		if out, err = createArray(o.Output, h); err != nil {
			return norm, err
		}
		defer out.close()
	}
	running, err := newRunning(h, len(work.pairs))
	if err != nil {
		return norm, err
	}
	if err := work.addTo(ctx, running, o.Multiplier, show); err != nil {
		return norm, err
	}
	sum := running.sum
	sum.Round()
	squares := make([]ddsum.Squares, (len(sum.Hi)+ddsum.Block-1)/ddsum.Block)
	forBlocks(o.Multiplier.Threads(), len(sum.Hi), func(block, i, end int) { squares[block] = ddsum.SquaresOf(sum.Hi[i:end]) })
	if out != nil {
		if _, err := (interruptible{ctx, out}).Write(asBytes(sum.Hi)); err != nil {
			return norm, err
		}
		if err := out.commit(true); err != nil {
			return norm, err
		}
	}
	return ddsum.NormOf(squares), nil
}

// addTo adds the pairs' products to a sum, which is not rounded yet, except those that it has;
// complex values as re, im. Each product is rounded to its type first, as in its file. They are
// added in order: see package ddsum.
func (w work) addTo(ctx context.Context, r *running, m blas.Multiplier, show progress.Func) error {
	const parts = 16 // a product is added to one while the next is added to another
	h, sum := r.header, r.sum
	skipped := r.complete()
	w, err := w.from(skipped)
	if err != nil {
		return err
	}
	size := (len(sum.Hi) + parts - 1) / parts
	turns := newTurns(parts)
	return w.multiply(ctx, m, show, func(ctx context.Context, i int, c npyio.Header, each func(func([]byte, int) error) error) error {
		if !slices.Equal(c.Shape, h.Shape) || elemOf(c).Parts() > elemOf(h).Parts() {
			return fmt.Errorf("%s: was changed while the others were read", strings.Join(w.pairs[i].files(), " or "))
		}
		s := summand{t: elemOf(c), spread: elemOf(h).Parts() / elemOf(c).Parts()}
		err := each(func(values []byte, first int) error {
			from := first * elemOf(h).Parts()
			s.values = values
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

// forBlocks calls work on a number of threads, for each block of n elements: from i to end.
func forBlocks(threads, n int, work func(block, i, end int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range threads {
		wg.Go(func() {
			for {
				block := int(next.Add(1) - 1)
				if block*ddsum.Block >= n {
					return
				}
				work(block, block*ddsum.Block, min((block+1)*ddsum.Block, n))
			}
		})
	}
	wg.Wait()
}
