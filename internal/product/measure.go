package product

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"sync/atomic"
	"time"

	"matpool/blas"
	"matpool/internal/base/pages"
	"matpool/internal/status"
)

// NewMultiplier is [blas.New] for the flags -kernel and -threads: an unknown kernel is
// wrong usage.
func NewMultiplier(kernel string, threads int) (blas.Multiplier, error) {
	m, err := blas.New(kernel, threads)
	if errors.Is(err, blas.ErrKernel) {
		return nil, status.UsageError(fmt.Errorf("flag -kernel: %w", err), "")
	}
	return m, err
}

// WithCheck is [blas.Checked] for the flag -check.
func WithCheck(m blas.Multiplier) blas.Multiplier { return blas.Checked(m) }

// Measure writes a line for each kernel that this processor can run, with the rate at which it
// multiplies matrices of a usual size, in 10⁹ operations per second.
func Measure(ctx context.Context, w io.Writer, threads int) error {
	for _, kernel := range blas.Kernels() {
		m, err := blas.New(kernel, threads)
		if err != nil {
			return err
		}
		rate, err := fastest(ctx, m, 1000, 300*time.Millisecond)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "%-8s %7s GF/s\n", kernel, decimal(rate/1e9)); err != nil {
			return err
		}
	}
	return nil
}

// decimal returns a positive number with one decimal or, below 1, with two significant digits.
func decimal(x float64) string {
	digits := 1
	if x < 1 {
		digits -= int(math.Floor(math.Log10(x)))
	}
	return strconv.FormatFloat(x, 'f', digits, 64)
}

// Speed measures in some 20 ms how many additions and multiplications a second the multiplier can
// do, with products that the caches hold.
func Speed(ctx context.Context, m blas.Multiplier) (perSecond float64, err error) {
	return fastest(ctx, m, 256, 20*time.Millisecond)
}

// fastest multiplies n×n float64 matrices for a while, and returns the rate of the fastest product, since
// other programs may run meanwhile: 2n³ operations by the time that they took. If not even the
// first product is finished in time, the rate is that of what has been done of it; if nothing has
// been done of it, because the machine is busy, it takes more time. The rate is 0 only with an error.
func fastest(ctx context.Context, m blas.Multiplier, n int, limit time.Duration) (rate float64, err error) {
	var buffer pages.Buffer
	defer buffer.Free()
	memory, err := buffer.Floats(3 * n * n)
	if err != nil {
		return 0, err
	}
	for i := range memory {
		memory[i] = 1
	}
	three := blas.Dense(3*n, n, memory)
	a, b, c := three.View(0, 0, n, n), three.View(n, 0, n, n), three.View(2*n, 0, n, n)
	for ; rate == 0 && ctx.Err() == nil; limit *= 2 {
		rate = fastestWithin(ctx, limit, func(ctx context.Context, add func(int64)) error {
			return m.Mul(ctx, c, a.Factor(), b.Factor(), add)
		})
	}
	return rate, context.Cause(ctx)
}

// fastestWithin computes a product again and again until the limit, and returns the best rate.
func fastestWithin(ctx context.Context, limit time.Duration, product func(context.Context, func(int64)) error) (rate float64) {
	ctx, stop := context.WithTimeout(ctx, limit)
	defer stop()
	var done atomic.Int64
	start := time.Now()
	for ctx.Err() == nil {
		err := product(ctx, func(more int64) { done.Add(more) })
		took := time.Since(start)
		if took == 0 { // the clock is coarse: measure several products at once
			continue
		}
		if err == nil || rate == 0 {
			rate = max(rate, 2*float64(done.Swap(0))/took.Seconds())
		}
		start = time.Now()
	}
	return rate
}
