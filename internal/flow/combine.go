package flow

import (
	"context"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"matpool/internal/ddsum"
	"matpool/internal/pages"
	"matpool/internal/progress"
	"matpool/npyio"
)

// Combine adds up arrays of one shape, and partial sums of such, and returns the norm
// of the sum. If output is not empty, the sum is written there, and flushed to the
// disk. The norm and the sum are the same whether products are added by themselves or
// as parts of partial sums, within the bound that [ddsum.Add] states.
//
// A block of [ddsum.Block] elements is summed over all files before the next one is
// begun, so that its accumulators stay in a core's cache: memory depends neither on
// the number of files nor on their size. The threads share out the blocks.
func Combine(ctx context.Context, names []string, output string, threads int, show progress.Func) (norm float64, err error) {
	return combine(ctx, names, output, threads, mayOpen()/2, show)
}

// combine is Combine with a number of files that are kept open.
func combine(ctx context.Context, names []string, output string, threads, keep int, show progress.Func) (norm float64, err error) {
	in, err := openTerms(names, keep)
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
	if err := in.verify(ctx, threads); err != nil {
		return 0, err
	}
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
