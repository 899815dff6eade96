package joblog

import (
	"cmp"
	"slices"

	"matpool/condor"
)

// A Run is the jobs that make a set of products, in one cluster or, where some were
// submitted again, in several.
type Run struct {
	Clusters []int
	Jobs     []*condor.JobHistory // in the order of their numbers
	Counts   condor.Counts
	Again    int // jobs that are left out because their products were submitted again

	Entering   bool   // more jobs may enter the queue
	Later      int    // how many will, as far as that is known
	Paused     string // why none do now, although they should
	Incomplete bool   // some never will: the cluster was removed before
}

// Select returns the jobs of some clusters, or, where none is named, those of the
// latest run.
//
// Which products a job makes, or which node of a DAG it is, says the note that it was
// submitted with. Where the latest cluster's jobs have such a note, the run is all jobs
// that have one, but for those that came to nothing and were submitted again. Where
// they have none, the run is the latest cluster.
func Select(h *condor.History, clusters []int) *Run {
	r := &Run{Jobs: h.Jobs(clusters...)}
	newest := clusters
	if clusters == nil {
		r.Jobs, r.Again = latestRun(r.Jobs)
		all := h.Clusters()
		newest = all[max(0, len(all)-1):] // which may have no jobs yet
	}
	r.Counts = condor.CountJobs(r.Jobs)
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

// A task is what a job is for: a product, or a node of a DAG.
type task struct {
	product int
	node    string
}

func tasks(j *condor.JobHistory) (list []task) {
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

// latestRun returns those of the jobs, which are in order, that are the latest run, and
// how many are not because they were submitted again.
func latestRun(jobs []*condor.JobHistory) (run []*condor.JobHistory, again int) {
	if len(jobs) == 0 || jobs[0].Cluster == jobs[len(jobs)-1].Cluster {
		return jobs, 0
	}
	last := jobs[len(jobs)-1]
	if tasks(last) == nil {
		return slices.DeleteFunc(jobs, func(j *condor.JobHistory) bool { return j.Cluster != last.Cluster }), 0
	}
	// Sums and products of one log are two runs.
	note, _ := last.Note()
	jobs = slices.DeleteFunc(jobs, func(j *condor.JobHistory) bool {
		n, ok := j.Note()
		return ok && n.Sum != note.Sum
	})
	newest := map[task]int{} // the latest cluster of those with a job for it that was not removed
	for _, j := range jobs {
		if j.State != condor.Removed {
			for _, t := range tasks(j) {
				newest[t] = j.Cluster
			}
		}
	}
	for _, j := range jobs {
		list := tasks(j)
		later := func(t task) bool { return newest[t] > j.Cluster }
		var isAgain bool
		switch {
		case list == nil:
			continue // another program's
		case j.State == condor.Removed:
			isAgain = slices.ContainsFunc(list, func(t task) bool { return newest[t] > 0 })
		case j.State == condor.Holding, j.State == condor.Done && !j.Exit.OK():
			// Some of its products may have come back all the same: those were not submitted again.
			isAgain = slices.ContainsFunc(list, later)
		case j.State == condor.Done:
			isAgain = !slices.ContainsFunc(list, func(t task) bool { return !later(t) })
		}
		if isAgain {
			again++
		} else {
			run = append(run, j)
		}
	}
	return run, again
}

// A State is how far a run is.
type State int

const (
	Going State = iota // something is still to come
	Done               // all jobs are done
	Stuck              // nothing comes any more by itself, and jobs are held, gone or missing
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

// Waits reports whether all jobs are done, held or gone, and the run goes on only because
// HTCondor may yet make more of them, or has yet to say that it does not. While jobs are held
// it does not say so.
func (r *Run) Waits() bool {
	c := r.Counts
	return r.Entering && c.Total() > c.Done && c.Idle+c.Running+c.Unknown+c.Waiting == 0
}
