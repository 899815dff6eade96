package flow

import (
	"context"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"matpool/blas"
	"matpool/internal/pages"
	"matpool/npyio"
)

// sideBySide is how much memory, in bytes, may be used to make several products at the
// same time.
const sideBySide = 512 << 20

// teams returns among how many the threads are divided, for pairs that take so many bytes
// with their product.
func teams(threads int, bytes int64) int {
	return max(1, int(min(int64(threads), sideBySide/max(bytes, 1)-1)))
}

// AtOnce returns how many of such pairs are in memory at a time, if there are as many.
func AtOnce(threads int, bytes int64) int { return max(teams(threads, bytes), 2) }

// forPairs computes each pair's product and hands it to use, with the pair's number and
// not necessarily in order. largest is the size in bytes of the largest pair with its
// product. The product's memory is used again when use returns.
//
// Small products are made side by side, with a thread or a few for each: nobody waits for
// the others then, which many threads on one product have to do after every few panels.
// Of large ones there is memory for one at a time, which has all threads. At least two
// pairs are on their way, so that one is read or written while another is multiplied.
func forPairs(ctx context.Context, m *blas.Multiplier, pairs []Pair, largest int64, use func(ctx context.Context, i int, c blas.Matrix) error) error {
	multipliers, err := m.Split(max(1, min(teams(m.Threads(), largest), len(pairs))))
	if err != nil {
		return err
	}
	free := make(chan *blas.Multiplier, len(multipliers))
	for _, m := range multipliers {
		free <- m
	}
	g, ctx := errgroup.WithContext(ctx)
	var next atomic.Int64
	for range min(AtOnce(m.Threads(), largest), len(pairs)) {
		g.Go(func() error {
			var buffers struct{ a, b, c pages.Buffer }
			for {
				i := int(next.Add(1) - 1)
				if i >= len(pairs) {
					return nil
				}
				a, b, err := readPair(ctx, pairs[i], &buffers.a, &buffers.b)
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
					err = m.Mul(ctx, c, a, b)
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
