package submitfile

import (
	"testing"
	"time"
)

// The second check of the time limit holds a job soon after HTCondor's own limit.
func TestGuard(t *testing.T) {
	for limit, want := range map[time.Duration]time.Duration{
		time.Second: 11 * time.Second, time.Minute: 90 * time.Second, 10 * time.Minute: 15 * time.Minute, 24 * time.Hour: 24*time.Hour + 5*time.Minute,
	} {
		if got := checkAfter(limit); got != want {
			t.Errorf("%v: %v, want %v", limit, got, want)
		}
	}
}

// HTCondor remembers the machines of up to five attempts, twice each.
func TestHistoryLength(t *testing.T) {
	for retries, want := range map[int]int{0: 2, 1: 2, 4: 8, 5: 10, 100: 10} {
		if got := historyLength(&Description{MaxRetries: retries, RetryDelay: time.Minute}); got != want {
			t.Errorf("%d retries: %d machines, want %d", retries, got, want)
		}
	}
	if got := historyLength(&Description{MaxRetries: 3}); got != 1 {
		t.Errorf("without a delay: %d machines, want 1", got)
	}
}
