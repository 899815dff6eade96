package each

import (
	"context"
	"errors"
	"iter"
	"sync/atomic"
	"testing"
)

// Each number comes once, whatever the number of workers.
func TestNumber(t *testing.T) {
	for _, workers := range []int{-1, 0, 1, 3, 100} {
		for _, n := range []int{0, 1, 2, 50} {
			times := make([]atomic.Int64, n)
			Number(workers, n, func(i int) { times[i].Add(1) })
			for i := range times {
				if got := times[i].Load(); got != 1 {
					t.Errorf("%d workers, n = %d: number %d came %d times", workers, n, i, got)
				}
			}
		}
	}
}

// Workers have different numbers, below both limits, and a worker's numbers ascend.
func TestWorker(t *testing.T) {
	var started [3]atomic.Int64
	Worker(8, len(started), func(worker int, mine iter.Seq[int]) {
		started[worker].Add(1)
		last := -1
		for i := range mine {
			if i <= last {
				t.Errorf("worker %d: %d comes after %d", worker, i, last)
			}
			last = i
		}
	})
	for worker := range started {
		if n := started[worker].Load(); n != 1 {
			t.Errorf("worker %d was started %d times", worker, n)
		}
	}
	Worker(4, 0, func(worker int, _ iter.Seq[int]) { t.Errorf("worker %d has nothing to do", worker) })
}

// The first error stops the others, and is the result, whichever worker has it.
func TestTry(t *testing.T) {
	failure := errors.New("failure")
	for _, test := range []struct{ workers, failing int }{{1, 0}, {4, 0}, {4, 3}} {
		err := Try(t.Context(), test.workers, 1_000_000, func(ctx context.Context, worker int, mine iter.Seq[int]) error {
			if worker == test.failing {
				return failure
			}
			for range mine {
				<-ctx.Done()
			}
			return nil
		})
		if !errors.Is(err, failure) {
			t.Errorf("of %d workers number %d fails: error %v", test.workers, test.failing, err)
		}
	}
}

// Nothing is done in a context that is cancelled, and its cause is the result.
func TestTryCancelled(t *testing.T) {
	stopped := errors.New("stopped")
	ctx, stop := context.WithCancelCause(t.Context())
	stop(stopped)
	err := Try(ctx, 2, 10, func(_ context.Context, _ int, mine iter.Seq[int]) error {
		for i := range mine {
			t.Errorf("number %d", i)
		}
		return nil
	})
	if !errors.Is(err, stopped) {
		t.Errorf("error %v", err)
	}
	if err := Try(ctx, 2, 0, nil); err != nil {
		t.Errorf("with nothing to do: %v", err)
	}
}
