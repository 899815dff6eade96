package submit

import (
	"os"

	"matpool/condor/eventlog"
	"matpool/internal/base/file"
)

// An earlier is an earlier run of this task's jobs, from the event log.
type earlier struct {
	cluster        int
	batches        []batch
	slots          int     // that had jobs
	waited, worked float64 // seconds until the first job had a machine, and from then to the end
}

// findEarlier returns the run in the log that made the most of the products, if all its jobs
// are done, and if the inputs have not changed since. Of several, it is the latest.
//
// Note: most logs have whole seconds. The times of a single job say little, but those of a run
// do.
func findEarlier(t task, latest []*eventlog.Job) (e earlier, ok bool) {
	products := map[int]int{} // of each cluster
	for _, j := range latest {
		if j != nil {
			products[j.Cluster]++
			if n := products[j.Cluster]; n > products[e.cluster] || n == products[e.cluster] && j.Cluster > e.cluster {
				e.cluster = j.Cluster
			}
		}
	}
	var submitted, begin, end eventlog.Moment
	slots := map[[2]string]bool{}
	var last *eventlog.Job
	for _, j := range latest {
		if j == nil || j.Cluster != e.cluster || j == last {
			continue
		}
		last = j
		note, _ := j.Note()
		first, next := max(note.First, t.FirstIndex), min(note.First+note.Count, t.FirstIndex+t.TotalJobs)
		if j.State != eventlog.Done || len(j.Attempts) == 0 || first != note.First || next != note.First+note.Count {
			return e, false
		}
		e.batches = append(e.batches, batch{first: first, count: note.Count})
		a, z := &j.Attempts[0], &j.Attempts[len(j.Attempts)-1]
		slots[[2]string{z.Machine, z.Slot}] = true
		submitted, begin, end = earliest(submitted, j.SubmittedAt()), earliest(begin, a.Begin()), latestOf(end, z.End)
	}
	waited, worked := submitted.Until(begin), begin.Until(end)
	if last == nil || submitted.IsZero() || begin.IsZero() || waited.Unknown || worked.Unknown {
		return e, false
	}
	for _, name := range t.IndexedInputFiles() {
		info, err := os.Stat(file.Indexed(name, e.batches[0].first))
		if err != nil || info.ModTime().After(submitted.Time()) {
			return e, false
		}
	}
	e.slots, e.waited, e.worked = len(slots), waited.Seconds(), worked.Seconds()
	return e, true
}

// earliest returns the first of two moments, of which zero means unknown.
func earliest(a, b eventlog.Moment) eventlog.Moment {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// latestOf returns the last of two moments, of which zero means unknown.
func latestOf(a, b eventlog.Moment) eventlog.Moment {
	if a.IsZero() || !b.IsZero() && a.Before(b) {
		return b
	}
	return a
}

// earlierPerJob returns how many products earlier jobs had if -resubmit continues with their
// sums: those of other ranges could not be added to them. Otherwise, it is 0.
func earlierPerJob(t task) (count int) {
	if !t.Resubmit || !t.Sum || t.ProductsPerJob != 0 || t.Log.PerJob() {
		return 0
	}
	q, err := readLogs(t, division{})
	if err != nil {
		return 0 // reconcile reports it
	}
	for _, j := range q.latest {
		if j != nil {
			note, _ := j.Note()
			count = max(count, note.Count)
		}
	}
	return count
}
