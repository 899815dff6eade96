// Package each shares numbered pieces of work among workers: a worker that finishes a piece takes the next one.
package each

import (
	"cmp"
	"context"
	"iter"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// Number calls do for each of the numbers 0 … n−1 on at most that many workers.
func Number(workers, n int, do func(i int)) {
	Worker(workers, n, func(_ int, mine iter.Seq[int]) {
		for i := range mine {
			do(i)
		}
	})
}

// Worker calls work on workers 0 … workers−1, at most n of them and at least one. Each number 0 … n−1 is among those of
// one worker, and numbers are handed out in order. Worker 0 is the goroutine that calls, so a single
// worker costs nothing more than a loop.
func Worker(workers, n int, work func(worker int, mine iter.Seq[int])) {
	c := counter{n: int64(n)}
	var wg sync.WaitGroup
	for worker := 1; worker < min(workers, n); worker++ {
		wg.Go(func() { work(worker, c.numbers) })
	}
	if n > 0 {
		work(0, c.numbers)
	}
	wg.Wait()
}

// Try is [Worker] for work that can fail. The first error cancels the context that the workers
// get, and is returned. Once the context is cancelled no more numbers are handed out, and the error
// is its cause unless there is another.
func Try(ctx context.Context, workers, n int, work func(ctx context.Context, worker int, mine iter.Seq[int]) error) error {
	if n == 0 {
		return nil
	}
	c := counter{n: int64(n)}
	g, ctx := errgroup.WithContext(ctx)
	try := func(worker int) error {
		var stopped error
		err := work(ctx, worker, func(yield func(int) bool) {
			c.numbers(func(i int) bool {
				stopped = context.Cause(ctx)
				return stopped == nil && yield(i)
			})
		})
		return cmp.Or(err, stopped)
	}
	for worker := 1; worker < min(workers, n); worker++ {
		g.Go(func() error { return try(worker) })
	}
	if err := try(0); err != nil {
		g.Go(func() error { return err })
	}
	return g.Wait()
}

// A counter hands out the numbers below n.
type counter struct {
	next atomic.Int64
	n    int64
}

func (c *counter) numbers(yield func(int) bool) {
	for {
		i := c.next.Add(1) - 1
		if i >= c.n || !yield(int(i)) {
			return
		}
	}
}
