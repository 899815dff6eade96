package sum

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
)

// At each part, the numbers are in order, however those who have them come.
func TestTurnsAreTakenInOrder(t *testing.T) {
	const parts, numbers = 3, 50
	turns := newTurns(parts)
	var order [parts][]int
	var wg sync.WaitGroup
	for number := numbers - 1; number >= 0; number-- {
		wg.Go(func() {
			for part := range parts {
				for visit := range 2 { // with others at the other parts in between
					if err := turns.take(t.Context(), part, number, visit == 1, func() { order[part] = append(order[part], number) }); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	for part := range parts {
		if !slices.IsSorted(order[part]) || len(order[part]) != 2*numbers {
			t.Errorf("part %d: %v", part, order[part])
		}
	}
}

// Nobody waits for a turn that does not come.
func TestTurnsEndWithTheContext(t *testing.T) {
	why := errors.New("the one before has failed")
	ctx, cancel := context.WithCancelCause(t.Context())
	turns := newTurns(1)
	done := make(chan error)
	go func() { done <- turns.take(ctx, 0, 1, true, func() { t.Error("it was not its turn") }) }()
	cancel(why)
	if err := <-done; err != why {
		t.Errorf("%v", err)
	}
}
