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

// Products computes each pair's C = A·B and writes it, replacing what was there.
// The files are flushed to the disk only if sync is set: they can be made again.
//
// Note: after a power cut, a file that was not flushed can be there with its whole
// length and zeros in it, since many file systems write names before data. Set sync
// where that matters.
func Products(ctx context.Context, m *blas.Multiplier, pairs []Pair, sync bool, show progress.Func) error {
	total, err := checkProducts(pairs)
	if err != nil {
		return err
	}
	m.Progress = counter(total, show)

	g, ctx := errgroup.WithContext(ctx)
	loaded := load(ctx, g, pairs)
	type result struct {
		name    string
		product blas.Matrix
		buffer  *pages.Buffer
	}
	results, buffers := make(chan result), twoBuffers()
	g.Go(func() error {
		defer close(results)
		for pair := range loaded {
			buffer := <-buffers
			c, err := multiply(ctx, m, pair, buffer)
			if err != nil {
				return err
			}
			select {
			case results <- result{pair.C, c, buffer}:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return ctx.Err()
	})
	g.Go(func() error {
		for r := range results {
			h := npyio.Header{DType: npyio.Float64, Shape: []int{r.product.Rows, r.product.Cols}}
			if err := writeArray(ctx, r.name, h, r.product.Data, sync); err != nil {
				return err
			}
			buffers <- r.buffer
		}
		return nil
	})
	return g.Wait()
}

// multiply computes a pair's product into the buffer, and gives the pair's memory back.
func multiply(ctx context.Context, m *blas.Multiplier, pair loadedPair, buffer *pages.Buffer) (blas.Matrix, error) {
	defer pair.release()
	data, err := buffer.Floats(pair.a.Rows * pair.b.Cols)
	if err != nil {
		return blas.Matrix{}, err
	}
	c := blas.Dense(pair.a.Rows, pair.b.Cols, data)
	return c, m.Mul(ctx, c, pair.a, pair.b)
}

// A loadedPair is a pair in memory.
type loadedPair struct {
	Pair
	a, b    blas.Matrix
	release func() // gives the memory back, for another pair
}

// load reads the pairs one after the other, each while the one before is used.
func load(ctx context.Context, g *errgroup.Group, pairs []Pair) <-chan loadedPair {
	loaded := make(chan loadedPair)
	buffersA, buffersB := twoBuffers(), twoBuffers()
	g.Go(func() error {
		defer close(loaded)
		for _, p := range pairs {
			var bufferA, bufferB *pages.Buffer
			select {
			case bufferA = <-buffersA:
				bufferB = <-buffersB
			case <-ctx.Done():
				return ctx.Err()
			}
			pair := loadedPair{Pair: p, release: func() {
				buffersA <- bufferA
				buffersB <- bufferB
			}}
			var err error
			if pair.a, pair.b, err = readPair(ctx, p, bufferA, bufferB); err != nil {
				return err
			}
			select {
			case loaded <- pair:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	return loaded
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

// twoBuffers returns a channel that holds two buffers, empty until they are used:
// one to be filled while the other is used.
func twoBuffers() chan *pages.Buffer {
	buffers := make(chan *pages.Buffer, 2)
	buffers <- new(pages.Buffer)
	buffers <- new(pages.Buffer)
	return buffers
}

// counter turns the increments that a Multiplier tells into totals.
func counter(total int64, show progress.Func) func(int64) {
	var done atomic.Int64
	return func(more int64) { show(done.Add(more), total) }
}
