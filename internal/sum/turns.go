package sum

import (
	"context"
	"sync"
)

// turns lets goroutines with numbers take turns at each part of a whole, in order: number 1
// comes to a part when number 0 has left it, and may work there while number 0 is at the
// next.
type turns struct {
	mu      sync.Mutex
	changed sync.Cond
	next    []int // for each part, whose turn it is
}

func newTurns(parts int) *turns {
	t := &turns{next: make([]int, parts)}
	t.changed.L = &t.mu
	return t
}

// take waits for a number's turn at a part, and calls work. Unless the number leaves the
// part, it stays its turn. If ctx is cancelled before that, take does not work, and
// returns the cause.
func (t *turns) take(ctx context.Context, part, number int, leaves bool, work func()) error {
	t.mu.Lock()
	if t.next[part] != number {
		defer context.AfterFunc(ctx, t.wake)()
	}
	for t.next[part] != number && ctx.Err() == nil {
		t.changed.Wait()
	}
	t.mu.Unlock()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	work()
	if !leaves {
		return nil
	}
	t.mu.Lock()
	t.next[part]++
	t.mu.Unlock()
	t.changed.Broadcast()
	return nil
}

// wake has all that wait look again. With the lock, none is between the look and the wait.
func (t *turns) wake() {
	t.mu.Lock()
	t.changed.Broadcast()
	t.mu.Unlock()
}
