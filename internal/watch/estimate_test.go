package watch

import (
	"testing"
	"time"

	"matpool/condor/eventlog"
	"matpool/internal/joblog"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// jobs returns a run at noon. Each job is idle, or runs, or has run between two times, in
// seconds before noon.
func jobs(idle int, running []int, done ...[2]int) *joblog.Run {
	r := &joblog.Run{}
	before := func(s int) eventlog.Moment { return eventlog.At(noon.Add(-time.Duration(s) * time.Second)) }
	for range idle {
		r.Jobs = append(r.Jobs, &eventlog.Job{State: eventlog.Idle})
	}
	for _, from := range running {
		r.Jobs = append(r.Jobs, &eventlog.Job{State: eventlog.Running, Attempts: []eventlog.Attempt{{Executing: before(from)}}})
	}
	for _, x := range done {
		r.Jobs = append(r.Jobs, &eventlog.Job{State: eventlog.Done, Attempts: []eventlog.Attempt{{Executing: before(x[0]), End: before(x[1]), Outcome: eventlog.Completed}}})
	}
	r.Counts = eventlog.Count(r.Jobs)
	return r
}

// later adds jobs that have yet to enter the queue to a run.
func later(n int, r *joblog.Run) *joblog.Run {
	r.Entering, r.Later = true, n
	return r
}

func TestEstimate(t *testing.T) {
	for _, test := range []struct {
		name string
		run  *joblog.Run
		want int // seconds, -1 for none
	}{
		{"none is done", jobs(5, []int{10}), -1},
		{"one slot, half way", jobs(5, nil, [2]int{50, 40}, [2]int{40, 30}, [2]int{30, 20}, [2]int{20, 10}, [2]int{10, 0}), 50},
		{"two slots in step", jobs(4, nil, [2]int{20, 10}, [2]int{20, 10}, [2]int{10, 0}, [2]int{10, 0}), 20},
		{"the same a little later", jobs(2, []int{5, 5}, [2]int{25, 15}, [2]int{25, 15}, [2]int{15, 5}, [2]int{15, 5}), 15},
		{"two have yet to enter the queue", later(2, jobs(3, nil, [2]int{50, 40}, [2]int{40, 30}, [2]int{30, 20}, [2]int{20, 10}, [2]int{10, 0})), 50},
		{"the last one runs alone", jobs(0, []int{4}, [2]int{24, 14}, [2]int{24, 14}, [2]int{14, 4}), 6},
		{"one has not begun, and many slots are free", jobs(1, nil, [2]int{10, 0}, [2]int{10, 0}, [2]int{10, 0}, [2]int{10, 0}), 10},
		{"one takes longer than the others", jobs(0, []int{30}, [2]int{30, 20}), 0},
		{"the others were submitted yesterday", jobs(1, []int{10}, [2]int{86420, 86410}, [2]int{86420, 86410}, [2]int{20, 10}), 10},
	} {
		left, ok := estimate(test.run, eventlog.At(noon), noon.Add(24*time.Hour))
		if ok != (test.want >= 0) || ok && left.Round(time.Second) != time.Duration(test.want)*time.Second {
			t.Errorf("%s: %v, %t; want %d s", test.name, left, ok, test.want)
		}
	}
}

// Running jobs make progress after the latest event.
func TestEstimateLater(t *testing.T) {
	run := jobs(0, []int{10}, [2]int{100, 40}, [2]int{100, 40})
	for later, want := range map[time.Duration]time.Duration{0: 50 * time.Second, 20 * time.Second: 30 * time.Second, -time.Second: 50 * time.Second, time.Hour: 50 * time.Second} {
		if left, ok := estimate(run, eventlog.At(noon), noon.Add(later)); !ok || left != want {
			t.Errorf("%v later: %v, %t; want %v", later, left, ok, want)
		}
	}
}
