package flow

import (
	"cmp"
	"context"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"matpool/internal/ddsum"
	"matpool/internal/pages"
	"matpool/internal/progress"
	"matpool/npyio"
)

// CombineOptions say what [Combine] adds up.
type CombineOptions struct {
	Names   []string // files of arrays, and of partial sums
	Output  string   // the file for the sum, which is flushed to the disk; or none
	Threads int

	keep int // how many files stay open; 0 means what the system allows
}

// Combine adds up arrays of one shape, and partial sums of such, and returns the norm
// of the sum. The norm and the sum are the same whether products are added by themselves
// or as parts of partial sums, within the bound that [ddsum.Add] states.
//
// A block of [ddsum.Block] elements is summed over all files before the next one is
// begun, so that its accumulators stay in a core's cache: memory depends neither on
// the number of files nor on their size. The threads share out the blocks.
func Combine(ctx context.Context, o CombineOptions, show progress.Func) (norm float64, err error) {
	in, err := openTerms(o.Names, cmp.Or(o.keep, mayOpen()/2))
	if err != nil {
		return 0, err
	}
	defer in.close()
	if err := checkDistinct(o.Output, o.Names...); err != nil {
		return 0, err
	}
	out, err := createIfNamed(o.Output, in.header)
	if err != nil {
		return 0, err
	}
	defer out.Close()
	values := int64(len(in.header.Append(nil))) // where they begin in the output

	count, _ := in.header.Len()
	if err := in.verify(ctx, o.Threads); err != nil {
		return 0, err
	}
	threads := o.Threads
	if in.deflated {
		threads = 1
	}
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
					if err := in.add(hi, lo, x, i, first); err != nil {
						return err
					}
					show(done.Add(n), count*int64(len(o.Names)))
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
