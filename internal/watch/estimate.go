package watch

import (
	"time"

	"matpool/condor"
	"matpool/internal/joblog"
)

// estimate returns how long the rest of a run will take, and false before a job is done.
//
// It is the work that is left, counted in jobs, by the rate at which jobs were done of
// late: in the time of ten jobs, but at least two minutes, and with what those that run
// have done of theirs so far. It is not less than one job takes if any still has to begin,
// or than what the youngest that runs has before it. All that is seen at the time of the
// latest event; or now, unless that is so much later that nothing of late would be left.
func estimate(r *joblog.Run, latest, now time.Time) (left time.Duration, ok bool) {
	var sum time.Duration
	n := 0
	for x := range completed(r) {
		sum += x.Total(latest)
		n++
	}
	if n == 0 {
		return 0, false
	}
	mean := max(sum/time.Duration(n), 100*time.Millisecond)
	window := max(10*mean, 2*time.Minute)
	if now.Before(latest) || now.Sub(latest) > window {
		now = latest
	}

	begin, worked, least := now, 0.0, time.Duration(0)
	for x := range completed(r) {
		if now.Sub(x.End) <= window {
			begin = earlier(begin, x.Begin())
			worked++
		}
	}
	partly := 0.0
	for _, j := range r.Jobs {
		if j.State != condor.Running {
			continue
		}
		x := &j.Runs[len(j.Runs)-1]
		begin = earlier(begin, x.Begin())
		partly += min(1, float64(x.Total(now))/float64(mean))
		least = max(least, mean-x.Total(now))
	}
	c := r.Counts
	toBegin := c.Idle + c.Waiting + c.Unknown + r.Later
	if toBegin > 0 {
		least = mean
	}
	took := min(now.Sub(begin), window+mean)
	if worked == 0 || took <= 0 {
		return 0, false
	}
	rest := float64(toBegin+c.Running) - partly
	return max(least, time.Duration(rest/(worked+partly)*float64(took))), true
}

// completed yields the runs that ended well.
func completed(r *joblog.Run) func(yield func(*condor.Run) bool) {
	return func(yield func(*condor.Run) bool) {
		for _, j := range r.Jobs {
			if n := len(j.Runs); n > 0 && j.State == condor.Done && j.Exit.OK() && !yield(&j.Runs[n-1]) {
				return
			}
		}
	}
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
