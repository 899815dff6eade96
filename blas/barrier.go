package blas

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// barrier makes a number of threads wait for each other, again and again.
type barrier struct {
	threads  int
	mu       sync.Mutex
	cond     sync.Cond
	arrived  int
	released atomic.Int64 // how often the barrier has opened
}

// spins is how often a thread looks before it sleeps. The threads finish within
// microseconds of each other where each has a processor; to sleep and to be
// woken takes longer. Where they have not, yielding lets the others run.
const spins = 200

func (b *barrier) init(threads int) {
	b.threads, b.cond.L = threads, &b.mu
}

// wait waits for the other threads. The last to arrive calls last before all go on.
func (b *barrier) wait(last func()) {
	b.mu.Lock()
	round := b.released.Load()
	b.arrived++
	if b.arrived == b.threads {
		b.arrived = 0
		last()
		b.released.Add(1)
		b.cond.Broadcast()
		b.mu.Unlock()
		return
	}
	b.mu.Unlock()
	for range spins {
		if b.released.Load() != round {
			return
		}
		runtime.Gosched()
	}
	b.mu.Lock()
	for b.released.Load() == round {
		b.cond.Wait()
	}
	b.mu.Unlock()
}
