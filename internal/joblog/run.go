package joblog

import (
	"cmp"
	"slices"

	"matpool/condor/eventlog"
)

// A Run is the jobs that make a set of products. They are in one cluster, or in several if
// some were submitted again.
type Run struct {
	Clusters []int
	Jobs     []*eventlog.Job // in the order of their numbers
	Counts   eventlog.Counts

	Superseded int    // jobs that are left out because their products were submitted again
	Entering   bool   // more jobs may enter the queue
	Later      int    // how many will, as far as that is known
	Paused     string // why none enter it now, or ""
	Incomplete bool   // some never will: the cluster was removed before
}

// Select returns the run of the given clusters, or the latest run if none is given.
//
// The products of a job are in its note; a job of a DAG has the name of its node. If the
// latest cluster has neither, it is the run. Otherwise the run is all jobs of the log that
// have either, except for those whose products a later job makes again.
func Select(h *eventlog.History, clusters []int) *Run {
	r := &Run{Jobs: h.Jobs(clusters...)}
	newest := clusters
	if clusters == nil {
		r.Jobs, r.Superseded = latestRun(r.Jobs)
		all := h.Clusters()
		newest = all[max(0, len(all)-1):] // which may have no jobs yet
	}
	r.Counts = eventlog.Count(r.Jobs)
	for _, j := range r.Jobs {
		if n := len(r.Clusters); n == 0 || r.Clusters[n-1] != j.Cluster {
			r.Clusters = append(r.Clusters, j.Cluster)
		}
	}
	for _, id := range slices.Compact(slices.Sorted(slices.Values(slices.Concat(r.Clusters, newest)))) {
		switch c := h.Cluster(id); {
		case c == nil:
		case c.Removed != nil:
			// What did not enter the queue then may have been submitted again since.
			r.Incomplete = c.Removed.Completion != "Complete"
		case !c.Submitted.IsZero():
			later, known := c.Later()
			r.Entering, r.Incomplete = r.Entering || later > 0 || !known, false
			r.Later += later
			r.Paused = cmp.Or(r.Paused, c.Paused)
		default:
			r.Incomplete = false
		}
	}
	return r
}

// A task is what a job works on: a product, or a node of a DAG.
type task struct {
	product int
	node    string
}

func tasks(j *eventlog.Job) (list []task) {
	if note, ok := j.Note(); ok {
		for i := range note.Count {
			list = append(list, task{product: note.First + i})
		}
		return list
	}
	if node := j.Node(); node != "" {
		return []task{{node: node}}
	}
	return nil
}

// latestRun returns the jobs of the latest run, and the number of those that are not part
// of it because they were submitted again. The jobs must be in order.
func latestRun(jobs []*eventlog.Job) (run []*eventlog.Job, superseded int) {
	if len(jobs) == 0 || jobs[0].Cluster == jobs[len(jobs)-1].Cluster {
		return jobs, 0
	}
	last := jobs[len(jobs)-1]
	if tasks(last) == nil {
		return slices.DeleteFunc(jobs, func(j *eventlog.Job) bool { return j.Cluster != last.Cluster }), 0
	}
	// The sums and the products of a log are two runs.
	note, _ := last.Note()
	jobs = slices.DeleteFunc(jobs, func(j *eventlog.Job) bool {
		n, ok := j.Note()
		return ok && n.Sum != note.Sum
	})
	newest := map[task]int{} // the latest cluster with a job for the task that was not removed
	for _, j := range jobs {
		if j.State != eventlog.Removed {
			for _, t := range tasks(j) {
				newest[t] = j.Cluster
			}
		}
	}
	for _, j := range jobs {
		list := tasks(j)
		later := func(t task) bool { return newest[t] > j.Cluster }
		var again bool
		switch {
		case list == nil:
			continue // another program's
		case j.State == eventlog.Removed:
			again = slices.ContainsFunc(list, func(t task) bool { return newest[t] > 0 })
		case j.State == eventlog.Held, j.State == eventlog.Failed:
			// Products of it that have come back were not submitted again.
			again = slices.ContainsFunc(list, later)
		case j.State == eventlog.Done:
			again = !slices.ContainsFunc(list, func(t task) bool { return !later(t) })
		}
		if again {
			superseded++
		} else {
			run = append(run, j)
		}
	}
	return run, superseded
}

// A State is how far a run is.
type State int

const (
	Going State = iota // something is still to come
	Done               // all jobs are done
	Stuck              // nothing more will happen by itself, and jobs are held, failed, removed or missing
)

func (s State) String() string { return [...]string{"going", "done", "stuck"}[s] }

// State returns how far the run is. A run without jobs has not begun.
func (r *Run) State() State {
	c := r.Counts
	switch {
	case c.Idle+c.Running+c.Unknown+c.Waiting > 0:
		return Going
	case r.Paused != "":
		return Stuck
	case c.Total() == 0, r.Entering:
		return Going
	case c.Done == c.Total() && !r.Incomplete:
		return Done
	}
	return Stuck
}

// Waits reports whether the run goes on only because HTCondor may yet add jobs to it: all
// that are there are done, held, failed or removed, and not all are done. HTCondor does not
// write that it adds no more while jobs are held.
func (r *Run) Waits() bool {
	c := r.Counts
	return r.Entering && c.Total() > c.Done && c.Idle+c.Running+c.Unknown+c.Waiting == 0
}
