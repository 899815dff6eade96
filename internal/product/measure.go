package product

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"matpool/blas"
	"matpool/internal/base/pages"
	"matpool/internal/status"
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

// Speed measures for some 20 ms how many additions and multiplications a second the
// multiplier can do, with products that the caches hold. The best of many counts, since other
// programs may run meanwhile.
func Speed(ctx context.Context, m blas.Multiplier) (perSecond float64, err error) {
	const n, least, limit = 256, 4, 20 * time.Millisecond
	x := make([]float64, 2*n*n)
	for i := range x {
		x[i] = 1
	}
	a, c := blas.Dense(n, n, x[:n*n]), blas.Dense(n, n, x[n*n:])
	best := time.Hour
	begin, count := time.Now(), 0
	for ; count < least || time.Since(begin) < limit; count++ {
		start := time.Now()
		if err := m.Mul(ctx, c, a.Factor(), a.Factor(), nil); err != nil {
			return 0, err
		}
		best = min(best, time.Since(start))
	}
	if best == 0 { // the clock is coarse
		best = time.Since(begin) / time.Duration(count)
	}
	return 2 * n * n * n / best.Seconds(), nil
}

// NewMultiplier is [blas.New] for the flags -kernel and -threads: an unknown kernel is
// wrong usage.
func NewMultiplier(kernel string, threads int) (blas.Multiplier, error) {
	m, err := blas.New(kernel, threads)
	if errors.Is(err, blas.ErrKernel) {
		return nil, status.UsageError(fmt.Errorf("flag -kernel: %w", err), "")
	}
	return m, err
}
