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
