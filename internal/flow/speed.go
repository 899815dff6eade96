package flow

import (
	"context"
	"time"

	"matpool/blas"
)

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
