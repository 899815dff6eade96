package forecast

import (
	"time"

	"matpool/condor/eventlog"
)

// An Earlier is a run in the event log of the same jobs, or of some of them.
type Earlier struct {
	Cluster int
	Ranges  []Range // of its jobs
	Load    Load    // that of the ranges, which the caller adds

	slots          int     // that had jobs
	waited, worked float64 // seconds until the first job had a machine, and from then to the end
}

// A Range is the products of a job, by their numbers.
type Range struct{ First, Count int }

// FindEarlier returns the run that made the most of the products, if all its jobs
// are done, and if the inputs have not changed since; otherwise nil. Of several, it is the latest.
// There are count products from number first on. All jobs belong to one
// schedd, whose cluster numbers only grow. Unchanged reports whether the inputs of a range are those that a run read which was
// submitted at a time.
//
// Note: most logs have whole seconds. The times of a single job say little, but those of a run
// do.
func FindEarlier(latest eventlog.Makers, first, count int, unchanged func(r Range, submitted time.Time) bool) *Earlier {
	var e Earlier
	products := map[int]int{} // of each cluster
	var one *eventlog.Job     // of e.Cluster
	for made := range latest.In(first, count) {
		j := made.Job
		products[j.Cluster] += made.Count
		if n := products[j.Cluster]; n > products[e.Cluster] || n == products[e.Cluster] && j.SubmittedAfter(one) {
			e.Cluster, one = j.Cluster, j
		}
	}
	var submitted, begin, end eventlog.Moment
	slots := map[[2]string]bool{}
	var last *eventlog.Job
	for made := range latest.In(first, count) {
		j := made.Job
		if j.Cluster != e.Cluster || j == last {
			continue
		}
		last = j
		note, _ := j.Note()
		inside := first <= note.First && note.First+note.Count <= first+count
		if j.State != eventlog.Done || len(j.Attempts) == 0 || !inside {
			return nil
		}
		e.Ranges = append(e.Ranges, Range{First: note.First, Count: note.Count})
		a, z := &j.Attempts[0], &j.Attempts[len(j.Attempts)-1]
		slots[[2]string{z.Machine, z.Slot}] = true
		submitted, begin = submitted.Earlier(j.SubmittedAt()), begin.Earlier(a.Begin())
		if end.IsZero() || !z.End.IsZero() && end.Before(z.End) {
			end = z.End
		}
	}
	waited, worked := submitted.Until(begin), begin.Until(end)
	if last == nil || submitted.IsZero() || begin.IsZero() || waited.Unknown || worked.Unknown {
		return nil
	}
	if !unchanged(e.Ranges[0], submitted.Time()) {
		return nil
	}
	e.slots, e.waited, e.worked = len(slots), waited.Seconds(), worked.Seconds()
	return &e
}
