// Package peak measures the processor's peak rate of fused multiply-adds, the limit of any matrix product.
package peak

import (
	"sync"
	"time"
)

const (
	laps    = 20 // the best of these laps counts: other load can only slow one down
	perLap  = 2 * time.Millisecond
	perCall = 20_000 // iterations of a loop, some 60 µs
)

// GFlops returns the processor's peak with a number of threads, in 10⁹ floating-point operations per second; a fused
// multiply-add counts as two. It measures loops that only multiply and add, in registers, which takes some 50 ms. It
// returns 0 if there is no such loop for the processor.
func GFlops(threads int) float64 {
	best := 0.0
	for _, l := range loops() {
		for range laps {
			best = max(best, l.rate(threads)/1e9)
		}
	}
	return best
}

// A loop does flops operations in each iteration.
type loop struct {
	run   func(turns int)
	flops int
}

// rate runs the loop on all threads for a while.
func (l loop) rate(threads int) float64 {
	calls := make([]int, threads)
	var wg sync.WaitGroup
	start := time.Now()
	for i := range calls {
		wg.Go(func() {
			for time.Since(start) < perLap {
				l.run(perCall)
				calls[i]++
			}
		})
	}
	wg.Wait()
	seconds := time.Since(start).Seconds()
	total := 0
	for _, n := range calls {
		total += n
	}
	return float64(total) * perCall * float64(l.flops) / seconds
}
