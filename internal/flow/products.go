package flow

import (
	"context"
	"sync/atomic"

	"matpool/blas"
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
	work, err := checkProducts(pairs)
	if err != nil {
		return err
	}
	m.Progress = counter(work.multiplications, show)
	return forPairs(ctx, m, pairs, work.largest, func(ctx context.Context, i int, c blas.Matrix) error {
		h := npyio.Header{DType: npyio.Float64, Shape: []int{c.Rows, c.Cols}}
		return writeArray(ctx, pairs[i].C, h, c.Data, sync)
	})
}

// counter turns the increments that a Multiplier tells into totals.
func counter(total int64, show progress.Func) func(int64) {
	var done atomic.Int64
	return func(more int64) { show(done.Add(more), total) }
}
