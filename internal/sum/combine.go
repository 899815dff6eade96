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
	"matpool/internal/record"
	"matpool/internal/sum/ddsum"
	"matpool/npyio"
)

// CombineOptions say what [Combine] adds up.
type CombineOptions struct {
	Names   []string // files of arrays, and of partial sums; or FILE.npz:NAME
	Output  string   // the file for the sum, which is flushed to the disk; or none
	Threads int
	Open    int // how many files stay open; 0 means what the system allows

	Judgment *Judgment // or nil: all files are added, whatever they are, and the output gets no record
}

// A Result is the norm of a sum.
type Result struct {
	ddsum.Norm
	NotFinite string // where an element is inf or nan, as the rest of a sentence; "" if all are finite
}

// Combine adds up arrays of one shape, and partial sums of such, and returns the norm
// of the sum. The norm and the sum are the same whether products are added by themselves
// or as parts of partial sums, within the bound that [ddsum.Sum.Add] states.
//
// Arrays of all of numpy's numeric types are added, each value exactly. The sum is
// complex128 if one of the arrays is complex, and otherwise float64. If the name of the
// output ends in .npz, it is the array arr_0 of such a file.
//
// A block of [ddsum.Block] float64s is summed over all files before the next one is
// begun, so that its accumulators stay in a core's cache: memory does not depend on the files' size, and on their
// number by the 1.3 KB that a hash takes. The threads share out the blocks.
//
// A file is hashed, or compared with an archive's checksum, as its blocks are read, while they are in the cache: a thread
// waits until the block before has been seen, but only once, since then it is a file behind the other. So it is with the
// blocks of a compressed array, which can only be read in their order.
//
// Note: the files are not mapped. A block of one is looked at once, and the page faults take longer
// than to read it into memory that is in the cache.
func Combine(ctx context.Context, o CombineOptions, show progress.Func) (result Result, err error) {
	in, err := openTerms(o.Names, cmp.Or(o.Open, file.MayOpen()/2))
	if err != nil {
		return result, err
	}
	defer in.Close()
	err = in.Make(ctx, o, nil, sumRecipe, func(out *arrayfile.Output) (err error) {
		result, err = in.sum(ctx, o, out, show)
		return err
	})
	return result, err
}

// sum adds the terms, block by block, and writes the sum if there is an output.
func (t *Terms) sum(ctx context.Context, o CombineOptions, out *arrayfile.Output, show progress.Func) (result Result, err error) {
	count := t.floats()
	blocks := int((count + ddsum.Block - 1) / ddsum.Block)
	squares, sums := make([]ddsum.Squares, blocks), make([]npyio.Checksum, blocks)
	var odd oddElements
	order := newTurns(len(t.terms)) // in which the blocks of a file are seen
	var done atomic.Int64
	err = each.Try(ctx, o.Threads, blocks, func(ctx context.Context, _ int, mine iter.Seq[int]) error {
		memory, err := newAddMemory()
		if err != nil {
			return err
		}
		for block := range mine {
			first := int64(block) * ddsum.Block
			sum := memory.zero(min(ddsum.Block, count-first))
			for i := range t.terms {
				if err := ctx.Err(); err != nil {
					return err
				}
				read := func(part int, array *npyio.File, values []byte, from int64) error {
					return t.readInTurn(ctx, order, i, part, block, array, values, from)
				}
				if err := t.add(sum, memory, i, first, read); err != nil {
					return err
				}
				show(done.Add(int64(len(sum.Hi))), count*int64(len(o.Names)))
			}
			ofTerm := sum.HasOddTerm()
			sum.Round()
			squares[block] = ddsum.SquaresOf(sum.Hi)
			odd.look(squares[block], sum.Hi, block, ofTerm)
			if out == nil {
				continue
			}
			if sums[block], err = out.WriteAt(pages.Bytes(sum.Hi), 8*first); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return result, err
	}
	if out != nil {
		out.Sum(sums)
	}
	result.Norm = ddsum.NormOf(squares)
	result.NotFinite, err = odd.find(ctx, t)
	return result, err
}

// readInTurn reads a block of a part of file i: in the blocks' order if it is decompressed. It has it seen in this order.
func (t *Terms) readInTurn(ctx context.Context, order *turns, i, part, block int, array *npyio.File, values []byte, from int64) (err error) {
	read := func() { err = arrayfile.InputError(array.Read(values, from)) }
	if !array.Deflated() {
		if read(); err != nil || !t.sees(i) {
			return err
		}
		read = func() {}
	}
	stopped := order.take(ctx, i, block, part == t.terms[i].lastPart(), func() {
		if read(); err == nil {
			err = t.See(i, part, array, values)
		}
	})
	return cmp.Or(err, stopped)
}

// sumRecipe returns the recipe of a sum of files, whose products may be unknown.
func sumRecipe(family record.Recipe, products record.Ranges) record.Recipe {
	if family.IsZero() {
		return record.New("sum")
	}
	return record.Sum(family, products)
}

// addMemory is the memory that one thread needs to add terms: five blocks.
type addMemory struct{ hi, lo, x, low, raw []float64 }

func newAddMemory() (m addMemory, err error) {
	memory, err := pages.Alloc(5 * ddsum.Block)
	if err != nil {
		return m, err
	}
	part := func(i int) []float64 { return memory[i*ddsum.Block:][:ddsum.Block] }
	return addMemory{hi: part(0), lo: part(1), x: part(2), low: part(3), raw: part(4)}, nil
}

// zero returns a sum of n zeros.
func (m addMemory) zero(n int64) *ddsum.Sum {
	sum := &ddsum.Sum{Hi: m.hi[:n], Lo: m.lo[:n]}
	clear(sum.Hi)
	clear(sum.Lo)
	return sum
}

// PrintNorm prints the norm of something, such as "the sum of 3 files", as Python prints
// it: at the end of a sentence, or alone if quiet is set. If the norm says nothing of the sum, a warning of
// the program goes to stderr. The error says that the sum is complete if it is in a file, output.
func PrintNorm(stdout, stderr io.Writer, program string, norm Result, output, what string, quiet bool) error {
	line := text.PythonFloat(norm.Value)
	if !quiet {
		line = fmt.Sprintf("norm of %s: %s", what, line)
	}
	if _, err := fmt.Fprintln(stdout, line); err != nil {
		if output != "" {
			return fmt.Errorf("%s: is complete, but its norm cannot be printed: %w", output, err)
		}
		return err
	}
	why := ""
	switch {
	case norm.NotFinite != "":
		why = norm.NotFinite
	case norm.Void && norm.Value > 0:
		why = "the sum is finite, but its squares are too large for a float64, as in numpy"
	case norm.Void:
		why = "the sum is not zero, but its squares are too small for a float64, as in numpy"
	}
	if why != "" {
		fmt.Fprintf(stderr, "%s: warning: this norm proves nothing: %s\n", program, why)
	}
	return nil
}
