package watch

import (
	"time"

	"matpool/condor/eventlog"
	"matpool/internal/joblog"
)

// estimate returns the expected time until the end of a run, and false if no job is done yet.
//
// The estimate is the remaining work, in jobs, divided by the recent rate. The rate counts the
// jobs done in a window, and fractions of those that run. The window is ten times the mean
// time of a job, but at least two minutes. It ends now, or with the latest event if that is
// older than the window.
//
// Attempts whose times are unknown do not count.
//
// The estimate is at least the mean if a job has yet to begin, and at least the rest of the
// mean for the job that began last.
func estimate(r *joblog.Run, latest eventlog.Moment, clock time.Time) (left time.Duration, ok bool) {
	var sum time.Duration
	n := 0
	for a := range completed(r) {
		if total := a.Total(latest); !total.Unknown {
			sum += total.Duration
			n++
		}
	}
	if n == 0 {
		return 0, false
	}
	mean := max(sum/time.Duration(n), 100*time.Millisecond)
	window := max(10*mean, 2*time.Minute)
	now := latest
	if later := clock.Sub(latest.Time()); later > 0 && later <= window {
		now = latest.Add(later)
	}

	begin, worked, least := now, 0.0, time.Duration(0)
	for a := range completed(r) {
		if ago := a.End.Until(now); !ago.Unknown && !a.Total(now).Unknown && ago.Duration <= window {
			begin = begin.Earlier(a.Begin())
			worked++
		}
	}
	partly := 0.0
	for _, j := range r.Jobs {
		if j.State != eventlog.Running {
			continue
		}
		a := &j.Attempts[len(j.Attempts)-1]
		ran := a.Total(now)
		if ran.Unknown {
			continue
		}
		begin = begin.Earlier(a.Begin())
		partly += min(1, float64(ran.Duration)/float64(mean))
		least = max(least, mean-ran.Duration)
	}
	c := r.Counts
	toBegin := c.Idle + c.Waiting + c.Unknown + r.Later
	if toBegin > 0 {
		least = mean
	}
	took := min(begin.Until(now).Duration, window+mean)
	if worked == 0 || took <= 0 {
		return 0, false
	}
	rest := float64(toBegin+c.Running+c.Suspended) - partly
	return max(least, time.Duration(rest/(worked+partly)*float64(took))), true
}

// completed yields the attempts that ended with status 0.
func completed(r *joblog.Run) func(yield func(*eventlog.Attempt) bool) {
	return func(yield func(*eventlog.Attempt) bool) {
		for _, j := range r.Jobs {
			if n := len(j.Attempts); n > 0 && j.State == eventlog.Done && !yield(&j.Attempts[n-1]) {
				return
			}
		}
	}
}
