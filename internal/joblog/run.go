package joblog

import (
	"cmp"
	"slices"

	"matpool/condor"
	"matpool/condor/eventlog"
)

// A Run is the jobs that make a set of products. They are in one cluster, or in several if
// some were submitted again.
type Run struct {
	Clusters []int
	Jobs     []*eventlog.Job // in the order of their IDs
	Counts   eventlog.Counts

	Abandoned  bool            // the jobs ran here, and matsubmit, which ran them, is gone
	Superseded []*eventlog.Job // that are not in the run because their products were submitted again, in the order of their IDs
	Others     int             // jobs that are not in the run because they make something else
	Entering   bool            // more jobs may enter the queue
	Later      int             // the number of jobs that have yet to enter the queue, if known
	Paused     string          // why no jobs enter the queue now, or ""
	Incomplete bool            // some jobs never entered the queue: the cluster was removed
	Never      int             // their number, if known
	DAG        DAG             // if DAGMan submits the jobs; see [Journal.Select]

	Outputs *Outputs // of the jobs that are done; nil before [Journal.CheckOutputs]
}

// selectRun returns the run of the given clusters, or the latest run if none is given: one with this identity,
// unless that is "".
//
// The products of a job are in its note; a job of a DAG has the name of its node. If the job that was
// submitted last has neither, its cluster is the run. Otherwise the run is all jobs with either, except
// for those whose notes have another identity, and those whose products a later job makes again.
func selectRun(h *eventlog.History, clusters []int, identity string) *Run {
	r := &Run{Jobs: h.Jobs(clusters...)}
	all := len(r.Jobs)
	others := func(note condor.Note, ok bool) bool {
		return identity != "" && ok && note.ID != "" && note.ID != identity
	}
	r.Jobs = slices.DeleteFunc(r.Jobs, func(j *eventlog.Job) bool { return others(j.Note()) })
	newest := clusters
	if clusters == nil {
		id, ok := h.LatestCluster()
		if c := h.Cluster(id); c != nil && others(c.Note()) {
			ok = false
		}
		if ok && !slices.ContainsFunc(r.Jobs, func(j *eventlog.Job) bool { return j.Cluster == id }) {
			newest = []int{id} // it only matters if it has no jobs yet
		}
		others := all - len(r.Jobs)
		r.latest()
		r.Others += others
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
			// A later cluster may have the jobs that did not enter the queue.
			r.Incomplete, r.Never = c.Removed.Completion != "Complete", c.Never()
		case !c.Submitted.IsZero():
			later, known := c.Later()
			r.Entering, r.Incomplete, r.Never = r.Entering || later > 0 || !known, false, 0
			r.Later += later
			r.Paused = cmp.Or(r.Paused, c.Paused)
		default:
			r.Incomplete, r.Never = false, 0
		}
	}
	return r
}

// makers are the jobs that make products, or run the nodes of a DAG.
type makers struct {
	products eventlog.Makers
	nodes    map[string]*eventlog.Job
}

// makersOf returns the latest of some jobs for each product and node.
func makersOf(jobs []*eventlog.Job) makers {
	var made []eventlog.Made
	nodes := map[string]*eventlog.Job{}
	for _, j := range jobs {
		if note, ok := j.Note(); ok {
			made = append(made, eventlog.Made{First: note.First, Count: note.Count, Job: j})
		} else if node := j.Node(); node != "" && (nodes[node] == nil || j.SubmittedAfter(nodes[node])) {
			nodes[node] = j
		}
	}
	return makers{eventlog.NewMakers(made), nodes}
}

// of returns the jobs that now do the work of a job.
func (m makers) of(j *eventlog.Job) (list []*eventlog.Job) {
	note, ok := j.Note()
	if !ok {
		if k := m.nodes[j.Node()]; k != nil {
			list = append(list, k)
		}
		return list
	}
	for made := range m.products.In(note.First, note.Count) {
		list = append(list, made.Job)
	}
	return list
}

// namesWork reports whether the log says what a job does: which products it makes, or which node of a DAG it is.
func namesWork(j *eventlog.Job) bool {
	_, ok := j.Note()
	return ok || j.Node() != ""
}

// latest leaves the jobs of the latest run. They must be in order.
func (r *Run) latest() {
	if len(r.Jobs) == 0 || r.Jobs[0].Cluster == r.Jobs[len(r.Jobs)-1].Cluster {
		return
	}
	last := slices.MaxFunc(r.Jobs, func(a, b *eventlog.Job) int {
		if a.SubmittedAfter(b) {
			return 1
		}
		return -1
	})
	if !namesWork(last) {
		r.Jobs = slices.DeleteFunc(r.Jobs, func(j *eventlog.Job) bool { return j.Cluster != last.Cluster })
		return
	}
	// Jobs that make something else are another run, and so are those that return sums if the others
	// return products.
	note, _ := last.Note()
	all := len(r.Jobs)
	jobs := slices.DeleteFunc(r.Jobs, func(j *eventlog.Job) bool {
		n, ok := j.Note()
		return ok && n.ID != "" && note.ID != "" && n.ID != note.ID
	})
	r.Jobs, r.Others = nil, all-len(jobs)
	jobs = slices.DeleteFunc(jobs, func(j *eventlog.Job) bool {
		n, ok := j.Note()
		return ok && n.Sum != note.Sum
	})
	newest := makersOf(slices.DeleteFunc(slices.Clone(jobs), func(j *eventlog.Job) bool { return j.State == eventlog.Removed }))
	for _, j := range jobs {
		list := newest.of(j)
		later := func(k *eventlog.Job) bool { return k.Cluster != j.Cluster && k.SubmittedAfter(j) }
		var replaced bool
		switch {
		case !namesWork(j):
			continue // another program's
		case j.State == eventlog.Removed:
			replaced = list != nil
		case j.State == eventlog.Held, j.State == eventlog.Failed:
			// It is replaced even if some of its products came back and were not submitted again.
			replaced = slices.ContainsFunc(list, later)
		case j.State == eventlog.Done:
			replaced = !slices.ContainsFunc(list, func(k *eventlog.Job) bool { return !later(k) })
		}
		if replaced {
			r.Superseded = append(r.Superseded, j)
		} else {
			r.Jobs = append(r.Jobs, j)
		}
	}
}

// A State is the state of a run.
type State int

const (
	Going State = iota // more will happen
	Done               // all jobs are done, and no output is known to be missing
	Stuck              // nothing will happen without a person, and some jobs are not done
)

func (s State) String() string { return [...]string{"going", "done", "stuck"}[s] }

// MissingOutputs returns the names of the outputs of a job that are missing although it is done,
// as far as that is known.
func (r *Run) MissingOutputs(j *eventlog.Job) []string {
	if r.Outputs == nil {
		return nil
	}
	return r.Outputs.Missing[j.ID]
}

// WithoutOutput returns the number of jobs that are done although an output is missing, as far as
// that is known.
func (r *Run) WithoutOutput() int {
	if r.Outputs == nil {
		return 0
	}
	return r.Outputs.jobs
}

// State returns the state of the run. A run without jobs has not begun.
func (r *Run) State() State {
	c := r.Counts
	switch {
	case c.Active() > 0 && !r.Abandoned, r.DAG.alive():
		return Going
	case r.DAG.DAGMan == eventlog.Done && r.DAG.Lacks == "" && r.WithoutOutput() == 0: // whatever the POST scripts of nodes forgave
		return Done
	case r.Paused != "", r.DAG.DAGMan != eventlog.Unknown:
		return Stuck
	case c.Total() == 0, r.Entering:
		return Going
	case c.Done == c.Total() && !r.Incomplete && r.WithoutOutput() == 0:
		return Done
	}
	return Stuck
}

// AwaitsJobs reports whether more will happen only if more jobs enter the queue: the others
// are done, held, failed or removed. The log does not show whether held jobs keep more from
// entering the queue. DAGMan submits a node that failed again, or ends, but it waits for a node
// that is held.
func (r *Run) AwaitsJobs() bool {
	c := r.Counts
	switch {
	case !r.Entering || c.Total() == 0 || c.Active() > 0:
		return false
	case r.DAG.File == "":
		return c.Total() > c.Done
	case r.DAG.alive():
		return c.Held > 0
	}
	return true
}
