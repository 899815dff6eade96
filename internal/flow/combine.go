package flow

import (
	"cmp"
	"context"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"matpool/internal/base/pages"
	"matpool/internal/progress"
	"matpool/internal/sum/ddsum"
	"matpool/npyio"
)

// CombineOptions say what [Combine] adds up.
type CombineOptions struct {
	Names   []string // files of arrays, and of partial sums; or FILE.npz:NAME
	Output  string   // the file for the sum, which is flushed to the disk; or none
	Threads int

	keep int // how many files stay open; 0 means what the system allows
}

// Combine adds up arrays of one shape, and partial sums of such, and returns the norm
// of the sum. The norm and the sum are the same whether products are added by themselves
// or as parts of partial sums, within the bound that [ddsum.Sum.Add] states.
//
// Arrays of all of numpy's numeric types are added, each value exactly: the sum is of
// complex128 if one of the arrays is complex, and otherwise of float64. If the name of the
// output ends in .npz, it is the array arr_0 of such a file.
//
// A block of [ddsum.Block] float64s is summed over all files before the next one is
// begun, so that its accumulators stay in a core's cache: memory depends neither on
// the number of files nor on their size. The threads share out the blocks.
//
// Note: the files are not mapped. A block of one is looked at once, and the page faults take longer
// than to read it into memory that is in the cache.
func Combine(ctx context.Context, o CombineOptions, show progress.Func) (norm ddsum.Norm, err error) {
	in, err := openTerms(o.Names, cmp.Or(o.keep, mayOpen()/2))
	if err != nil {
		return norm, err
	}
	defer in.close()
	var paths []string
	for _, t := range in.terms {
		paths = append(paths, t.path)
	}
	if err := checkDistinct(o.Output, paths...); err != nil {
		return norm, err
	}
	out, err := createSum(o.Output, in.header)
	if err != nil {
		return norm, err
	}
	defer out.close()

	if err := in.verify(ctx, o.Threads); err != nil {
		return norm, err
	}
	threads := o.Threads
	if in.deflated {
		threads = 1
	}
	count, _ := in.header.Len()
	count *= int64(in.parts())
	squares := make([]ddsum.Squares, (count+ddsum.Block-1)/ddsum.Block)
	var next, done atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	for range min(threads, len(squares)) {
		g.Go(func() error {
			memory, err := pages.Alloc(5 * ddsum.Block)
			if err != nil {
				return err
			}
			part := func(i int) []float64 { return memory[i*ddsum.Block:][:ddsum.Block] }
			addend := addend{x: part(2), lo: part(3), raw: part(4)}
			for {
				block := next.Add(1) - 1
				first := block * ddsum.Block
				if first >= count {
					return nil
				}
				n := min(ddsum.Block, count-first)
				sum := ddsum.Sum{Hi: part(0)[:n], Lo: part(1)[:n]}
				clear(sum.Hi)
				clear(sum.Lo)
				for i := range in.terms {
					if err := ctx.Err(); err != nil {
						return err
					}
					if err := in.add(&sum, addend, i, first); err != nil {
						return err
					}
					show(done.Add(n), count*int64(len(o.Names)))
				}
				sum.Round()
				squares[block] = ddsum.SquaresOf(sum.Hi)
				if err := out.write(block, sum.Hi); err != nil {
					return err
				}
			}
		})
	}
	if err := g.Wait(); err != nil {
		return norm, err
	}
	if err := in.checkUnchanged(); err != nil {
		return norm, err
	}
	return ddsum.NormOf(squares), out.commit()
}

// A sumFile is the file for the sum, or nil, whose blocks are written in any order.
type sumFile struct {
	*arrayFile
	blocks []npyio.Checksum // of a .npz file
}

// createSum makes the file for a sum, unless it has no name.
func createSum(name string, h npyio.Header) (*sumFile, error) {
	if name == "" {
		return nil, nil
	}
	out, err := createArray(name, h)
	if err != nil {
		return nil, err
	}
	count, _ := h.Len()
	return &sumFile{out, make([]npyio.Checksum, (count*int64(h.DType.Size)+8*ddsum.Block-1)/(8*ddsum.Block))}, nil
}

// write writes a block.
func (f *sumFile) write(block int64, x []float64) error {
	if f == nil {
		return nil
	}
	if f.layout != nil {
		f.blocks[block] = npyio.ChecksumOf(asBytes(x))
	}
	return npyio.WriteFloat64s(f.out.At(f.values+8*ddsum.Block*block), x)
}

func (f *sumFile) commit() error {
	if f == nil {
		return nil
	}
	for _, block := range f.blocks {
		f.sum = f.sum.Then(block)
	}
	return f.arrayFile.commit(true)
}

func (f *sumFile) close() {
	if f != nil {
		f.arrayFile.close()
	}
}
