package submit

import (
	"cmp"
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"matpool/internal/progress"
)

// forEach calls f for the numbers below n, in parallel, since f mostly waits for the disk.
// The error joins those of f in the order of the numbers.
func forEach(ctx context.Context, n int, show progress.Func, f func(i int) error) error {
	type failure struct {
		i   int
		err error
	}
	var mu sync.Mutex
	var failures []failure
	var next atomic.Int64
	const chunk = 64 // numbers that a goroutine takes at a time
	g, ctx := errgroup.WithContext(ctx)
	for range 4 * runtime.GOMAXPROCS(0) {
		g.Go(func() error {
			for {
				first := int(next.Add(chunk)) - chunk
				if first >= n {
					return nil
				}
				if err := ctx.Err(); err != nil {
					return err
				}
				for i := first; i < min(first+chunk, n); i++ {
					if err := f(i); err != nil {
						mu.Lock()
						failures = append(failures, failure{i, err})
						mu.Unlock()
					}
				}
				show(int64(min(first+chunk, n)), int64(n))
			}
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	slices.SortFunc(failures, func(a, b failure) int { return cmp.Compare(a.i, b.i) })
	errs := make([]error, len(failures))
	for i := range failures {
		errs[i] = failures[i].err
	}
	return errors.Join(errs...)
}
