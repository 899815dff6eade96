package product

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"sync/atomic"

	"matpool/blas"
	"matpool/internal/base/each"
	"matpool/internal/base/pages"
	"matpool/internal/pair"
	"matpool/internal/progress"
	"matpool/internal/record"
)

// sideBySide is how much memory, in bytes, may be used to make several products at the
// same time.
const sideBySide = 512 << 20

// teams returns the number of teams among which the threads are divided, for pairs that
// take a number of bytes with their product.
func teams(threads int, bytes int64) int {
	return max(1, int(min(int64(threads), sideBySide/max(bytes, 1)-1)))
}

// AtOnce returns how many pairs are in memory at a time, at most, if a pair takes a number
// of bytes with its product.
func AtOnce(threads int, bytes int64) int { return max(teams(threads, bytes), 2) }

// PairMemory is about what matprod keeps of each pair of a range, in bytes: 1.2 kB with 100,000 random pairs or more.
const PairMemory = 1250

// ProgramMemory returns how many bytes matprod needs besides its matrices, with its packed blocks
// for each processor.
func ProgramMemory(cpus int) int64 { return 64<<20 + 32<<20*int64(cpus) }

// A Use is what is made of the products of pair number i, which each computes one after the other. It
// calls do with each product's values, and the number of the first of them in the result.
// Their memory is used again when do returns. If [Work.Hashes] is given, each calls read with the files that the
// products are made from, as they were read: of a single matrix before do, of a stack at the end.
type Use func(ctx context.Context, i int, p Checked, each Each) error

// An Each computes the products of a pair.
type Each func(read func([]record.Input), do func(values []byte, first int) error) error

// Multiply passes each pair to use, not necessarily in order. It closes a pair's files when its
// products are made.
//
// Small products are made side by side, with one or a few threads each, so that no thread
// waits for the others, as many threads on one product have to after every few panels.
// Large ones are made one at a time, by all threads. At least two pairs are in progress,
// so that one is read or written while another is multiplied. Of a stack one product is
// in memory at a time. A fixed factor is read once.
func (w Work) Multiply(ctx context.Context, m blas.Multiplier, show progress.Func, use Use) error {
	multipliers, err := m.Split(max(1, min(teams(m.Threads(), w.largest()), len(w.Pairs))))
	if err != nil {
		return err
	}
	if w.fixed != nil && len(w.Pairs) > 0 {
		if err := w.fixed.load(ctx, w.Hashes); err != nil {
			return err
		}
	}
	p := pipeline{free: make(chan blas.Multiplier, len(multipliers)), hashes: w.Hashes, early: w.HashFirst}
	all := w.multiplications()
	var done atomic.Int64
	p.count = func(multiplications int64) { show(done.Add(multiplications), all) }
	return each.Try(ctx, AtOnce(m.Threads(), w.largest()), len(w.Pairs), func(ctx context.Context, _ int, mine iter.Seq[int]) error {
		var memory buffers
		for i := range mine {
			var first blas.Multiplier
			if i < len(multipliers) {
				first = multipliers[i]
			}
			f, err := w.Pairs[i].open(w.fixed)
			if err != nil {
				return err
			}
			err = use(ctx, i, w.Pairs[i], func(read func([]record.Input), do func([]byte, int) error) error {
				return p.each(ctx, f, &memory, first, read, do)
			})
			f.Close()
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// A pipeline multiplies the pairs of several goroutines. The first pairs have a Multiplier each;
// the others wait for one in the order in which they come, which is that of their numbers.
type pipeline struct {
	free   chan blas.Multiplier
	count  func(multiplications int64)
	hashes *record.Cache // or nil
	early  bool          // stacks are hashed beforehand
}

// buffers are the memory of one pair at a time.
type buffers struct{ a, b, c, gatheredA, gatheredB pages.Buffer }

// each computes a pair's products, the first one with a Multiplier that may be given.
func (p pipeline) each(ctx context.Context, f Factors, memory *buffers, m blas.Multiplier, read func([]record.Input), do func(values []byte, first int) error) error {
	defer func() {
		if m != nil {
			p.free <- m
		}
	}()
	readerA, readerB := f.readerA(), f.readerB()
	readerA.buffer, readerA.gathered = &memory.a, &memory.gatheredA
	readerB.buffer, readerB.gathered = &memory.b, &memory.gatheredB
	readers := []*reader{readerA, readerB}
	if f.Form == pair.Gram {
		readers, readerB = readers[:1], readerA
	}
	for _, r := range readers {
		r.maps = r.matrices() == f.products() // each is used once
		if err := r.source.begin(ctx, r.Factor, p.hashes, p.early && f.products() > 1); err != nil {
			return err
		}
		defer r.release()
	}
	parts := blas.Parts(readerA.t, readerB.t)
	early := p.early || f.products() == 1 // the files are known before the products are used
	size, run := f.Rows*f.Cols*parts, f.run()
	for i, n := 0, 0; i < f.products(); i += n {
		n = max(1, min(run.length-i%run.length, atLeast/(8*max(size, 1))))
		if f.Form == pair.Gram && !blas.IsSmall(f.Rows, f.K, f.Cols, readerA.t, readerB.t) {
			n = 1
		}
		numberA, numberB := f.factorsOf(i)
		for _, x := range []struct {
			*reader
			number int
			along  bool
		}{{readerA, numberA, run.alongA}, {readerB, numberB, run.alongB}} {
			atHand, err := x.load(ctx, x.number)
			if err != nil {
				return err
			}
			if x.along {
				n = min(n, atHand)
			}
		}
		a, errA := readerA.stack(numberA, n, run.alongA)
		b, errB := readerB.stack(numberB, n, run.alongB)
		if err := errors.Join(errA, errB); err != nil {
			return err
		}
		c, err := memory.c.Floats(n * size)
		if err != nil {
			return err
		}
		if m == nil {
			if m, err = p.take(ctx); err != nil {
				return err
			}
		}
		values, err := multiply(ctx, f.Form, m, c, n, a, b, p.count)
		p.free <- m
		m = nil
		if errors.Is(err, blas.ErrWrong) {
			machine, _ := os.Hostname()
			err = fmt.Errorf("%s, made on machine %s: %w", f.Name(), machine, err)
		}
		if err == nil {
			err = errors.Join(readerA.release(), readerB.release())
		}
		if err == nil && i == 0 && early {
			err = tell(ctx, readers, p.hashes, read)
		}
		if err == nil {
			err = do(values, i*f.Rows*f.Cols)
		}
		if err != nil {
			return err
		}
	}
	if !early {
		return tell(ctx, readers, p.hashes, read)
	}
	return nil
}

// take waits for a Multiplier that is free.
func (p pipeline) take(ctx context.Context) (blas.Multiplier, error) {
	select {
	case m := <-p.free:
		return m, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
