package flow

import (
	"context"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"matpool/blas"
	"matpool/internal/pages"
	"matpool/internal/progress"
	"matpool/npyio"
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

// multiply computes each pair's product and passes it to use, with the pair's number and
// not necessarily in order. The product's memory is used again when use returns.
//
// Small products are made side by side, with one or a few threads each, so that no thread
// waits for the others, as many threads on one product have to after every few panels.
// Large ones are made one at a time, by all threads. At least two pairs are in progress,
// so that one is read or written while another is multiplied.
func (w work) multiply(ctx context.Context, m blas.Multiplier, show progress.Func, use func(ctx context.Context, i int, c blas.Matrix) error) error {
	multipliers, err := m.Split(max(1, min(teams(m.Threads(), w.largest), len(w.pairs))))
	if err != nil {
		return err
	}
	free := make(chan blas.Multiplier, len(multipliers))
	for _, m := range multipliers {
		free <- m
	}
	g, ctx := errgroup.WithContext(ctx)
	var next, done atomic.Int64
	count := func(multiplications int64) { show(done.Add(multiplications), w.multiplications) }
	for range min(AtOnce(m.Threads(), w.largest), len(w.pairs)) {
		g.Go(func() error {
			var buffers struct{ a, b, c pages.Buffer }
			for {
				i := int(next.Add(1) - 1)
				if i >= len(w.pairs) {
					return nil
				}
				a, b, err := readPair(ctx, w.pairs[i], &buffers.a, &buffers.b)
				if err != nil {
					return err
				}
				data, err := buffers.c.Floats(a.Rows * b.Cols)
				if err != nil {
					return err
				}
				c := blas.Dense(a.Rows, b.Cols, data)
				select {
				case m := <-free:
					err = m.Mul(ctx, c, a, b, count)
					free <- m
				case <-ctx.Done():
					err = context.Cause(ctx)
				}
				if err == nil {
					err = use(ctx, i, c)
				}
				if err != nil {
					return err
				}
			}
		})
	}
	return g.Wait()
}

func readPair(ctx context.Context, p Pair, bufferA, bufferB *pages.Buffer) (a, b blas.Matrix, err error) {
	f, err := openFactors(p)
	if err != nil {
		return a, b, err
	}
	defer f.close()
	if a, err = readMatrix(ctx, f.a, bufferA); err == nil {
		b, err = readMatrix(ctx, f.b, bufferB)
	}
	return a, b, err
}

// readMatrix reads a whole matrix into the buffer.
func readMatrix(ctx context.Context, f *npyio.File, buffer *pages.Buffer) (blas.Matrix, error) {
	rows, cols := f.Shape[0], f.Shape[1]
	data, err := buffer.Floats(rows * cols)
	if err != nil {
		return blas.Matrix{}, err
	}
	for i := 0; i < len(data); i += piece {
		if err := ctx.Err(); err != nil {
			return blas.Matrix{}, err
		}
		if err := f.ReadFloat64s(data[i:min(i+piece, len(data))], int64(i)); err != nil {
			return blas.Matrix{}, inputError(err)
		}
	}
	if f.Fortran {
		return blas.Dense(cols, rows, data).T(), nil
	}
	return blas.Dense(rows, cols, data), nil
}
