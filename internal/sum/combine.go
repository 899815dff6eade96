package sum

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"iter"
	"sync/atomic"

	"matpool/internal/arrayfile"
	"matpool/internal/base/each"
	"matpool/internal/base/file"
	"matpool/internal/base/pages"
	"matpool/internal/base/text"
	"matpool/internal/progress"
	"matpool/internal/sum/ddsum"
	"matpool/npyio"
)

// CombineOptions say what [Combine] adds up.
type CombineOptions struct {
	Names   []string // files of arrays, and of partial sums; or FILE.npz:NAME
	Output  string   // the file for the sum, which is flushed to the disk; or none
	Threads int
	Open    int // how many files stay open; 0 means what the system allows
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
	in, err := openTerms(o.Names, cmp.Or(o.Open, file.MayOpen()/2))
	if err != nil {
		return norm, err
	}
	defer in.Close()
	if err := in.CheckOutput(o.Output); err != nil {
		return norm, err
	}
	var out *arrayfile.Output
	if o.Output != "" {
		if out, err = arrayfile.Create(o.Output, in.Header); err != nil {
			return norm, err
		}
		defer out.Close()
	}
	if err := in.Verify(ctx, o.Threads); err != nil {
		return norm, err
	}
	threads := o.Threads
	if in.deflated {
		threads = 1
	}
	count, _ := in.Header.Len()
	count *= int64(in.parts())
	blocks := int((count + ddsum.Block - 1) / ddsum.Block)
	squares, sums := make([]ddsum.Squares, blocks), make([]npyio.Checksum, blocks)
	var done atomic.Int64
	err = each.Try(ctx, threads, blocks, func(ctx context.Context, _ int, mine iter.Seq[int]) error {
		memory, err := pages.Alloc(5 * ddsum.Block)
		if err != nil {
			return err
		}
		part := func(i int) []float64 { return memory[i*ddsum.Block:][:ddsum.Block] }
		addend := addend{x: part(2), lo: part(3), raw: part(4)}
		for block := range mine {
			first := int64(block) * ddsum.Block
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
			if out == nil {
				continue
			}
			if sums[block], err = out.WriteAt(pages.Bytes(sum.Hi), 8*first); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = in.CheckUnchanged()
	}
	if err != nil {
		return norm, err
	}
	if out != nil {
		out.Sum(sums)
		if err := out.Commit(true); err != nil {
			return norm, err
		}
	}
	return ddsum.NormOf(squares), nil
}

// PrintNorm prints the norm of something, such as "the sum of 3 files", as Python prints
// it: at the end of a sentence, or alone if quiet is set. If the norm is void, a warning of
// the program goes to stderr.
func PrintNorm(stdout, stderr io.Writer, program string, norm ddsum.Norm, what string, quiet bool) error {
	line := text.PythonFloat(norm.Value)
	if !quiet {
		line = fmt.Sprintf("norm of %s: %s", what, line)
	}
	if _, err := fmt.Fprintln(stdout, line); err != nil {
		return err
	}
	if norm.Void {
		why := "the sum is not zero, but its squares are too small for a float64"
		if norm.Value > 0 {
			why = "the sum is finite, but its squares are too large for a float64"
		}
		fmt.Fprintf(stderr, "%s: warning: this norm proves nothing: %s, as in numpy\n", program, why)
	}
	return nil
}
