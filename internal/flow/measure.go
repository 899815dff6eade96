package flow

import (
	"context"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"matpool/blas"
	"matpool/internal/base/pages"
)

// How a kernel is measured: by products of float64s of a usual size, for a while.
const (
	measuredSize = 1000
	measuredTime = 300 * time.Millisecond
)

// Measure writes a line for each kernel that this processor can run, with the rate of its
// fastest product: 2n³ operations by the time that they took, in 10⁹ operations per second.
// A kernel that does not finish its first product in time is measured by what it has done.
func Measure(ctx context.Context, w io.Writer, threads int) error {
	memory, err := pages.Alloc(3 * measuredSize * measuredSize)
	if err != nil {
		return err
	}
	for i := range memory {
		memory[i] = 1
	}
	for _, kernel := range blas.Kernels() {
		m, err := blas.New(kernel, threads)
		if err != nil {
			return err
		}
		rate, err := measure(ctx, m, memory)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "%-8s %7.1f GF/s\n", kernel, rate/1e9); err != nil {
			return err
		}
	}
	return nil
}

// measure returns the operations per second of m's fastest product.
func measure(ctx context.Context, m blas.Multiplier, memory []float64) (fastest float64, err error) {
	limited, stop := context.WithTimeout(ctx, measuredTime)
	defer stop()
	const n = measuredSize
	three := blas.Dense(3*n, n, memory)
	a, b, c := three.View(0, 0, n, n), three.View(n, 0, n, n), three.View(2*n, 0, n, n)
	for limited.Err() == nil {
		var done atomic.Int64
		start := time.Now()
		err := m.Mul(limited, c, a.Factor(), b.Factor(), func(more int64) { done.Add(more) })
		if err != nil && fastest > 0 {
			break
		}
		fastest = max(fastest, 2*float64(done.Load())/time.Since(start).Seconds())
	}
	return fastest, context.Cause(ctx)
}
