package eventlog

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"matpool/condor"
)

// A State is the state of a job after its latest event.
type State int

const (
	Unknown   State = iota // the beginning of the log is missing
	Idle                   // it waits for a machine
	Running                // it has a machine: files are transferred or the program runs
	Suspended              // it has a machine, but its program is suspended
	Held                   // it waits for a person, or for HTCondor, to release it
	Done                   // it has left the queue with status 0
	Failed                 // it has left the queue with another status, or by a signal
	Removed                // a person or a policy removed it
)

func (s State) String() string {
	return [...]string{"unknown", "idle", "running", "suspended", "held", "done", "failed", "removed"}[s]
}

// A Job is the history of one job.
type Job struct {
	condor.ID
	State     State
	Since     Moment    // when State began
	Submitted time.Time // zero if the log does not have it
	Offset    int64     // where the submission begins in the log, in bytes
	Schedd    string    // the machine on which it was submitted, as far as its address says; "" as well
	Exit      Exit      // if Done or Failed
	Post      *Exit     // of the POST script of its DAG node, which decides between Done and Failed; nil for none
	Hold      JobHeld   // the latest hold
	Reason    string    // if Removed

	Starts    int    // of the program
	Retries   int    // attempts that failed, after which the job was requeued
	Evictions int    // attempts that were evicted or lost
	Holds     []Hold // all of them, in order
	MemoryMB  int64  // the largest memory use in the log, or -1
	Attempts  []Attempt

	cluster   *Cluster
	notes     []string // of its Submit event
	submitted *era     // of the time Submitted
	idle      Moment   // when its wait for a machine began
	seen      []uint64 // digests of its events
}

// A Hold is one time that a job was held.
type Hold struct {
	JobHeld
	At       Moment
	Attempt  int    // the place in Job.Attempts of the one that the hold ended; -1 if the job had no machine
	Released Moment // zero if it was not released
	By       string // who released it, and why; "" if the log does not have it
}

// SubmittedAt returns the time Submitted as a moment.
func (j *Job) SubmittedAt() Moment {
	if j.submitted == nil {
		return Moment{}
	}
	return Moment{j.Submitted.UnixMicro(), j.submitted}
}

// SubmittedAfter reports whether a job was submitted later than another one: its cluster was, or it has
// the higher number in the same one. The clusters' numbers do not say so, because each schedd counts for
// itself, and starts over when it is installed anew; and the times do not, because machines have different clocks
// and time zones. What does is the order in one log; a cluster whose submission that lacks precedes it. Between two
// logs, times decide. Numbers do within the same second: two calls of condor_submit can have the schedd write in any order.
func (j *Job) SubmittedAfter(k *Job) bool {
	same := j.Schedd == k.Schedd
	if c, d := j.cluster, k.cluster; c != nil && d != nil && (j.Cluster != k.Cluster || !same) && !(same && c.first == d.first && !c.first.IsZero()) {
		if order := c.compare(d); order != 0 {
			return order > 0
		}
	}
	return j.Compare(k.ID) > 0
}

// compare returns -1 if a cluster is known to be earlier than another one, and +1 if it is later.
func (c *Cluster) compare(d *Cluster) int {
	switch {
	case c.log == d.log && c.place != d.place:
		return cmp.Compare(c.place, d.place)
	case c.first.IsZero() || d.first.IsZero():
		return 0
	case c.first.Before(d.first):
		return -1
	case d.first.Before(c.first):
		return 1
	}
	return 0
}

// WillBeReleased reports whether HTCondor will release a held job: a machine was at fault
// ([condor.Released]), and the job was not held as often as the job's [condor.Note] lets it
// start. It releases no job that matsubmit ran itself.
func (j *Job) WillBeReleased() bool {
	const spooling = 16 // until its inputs are copied to the submit machine
	switch {
	case j.State != Held:
		return false
	case j.Hold.Code == spooling:
		return true
	case condor.AfterHold(j.Hold.Code, j.Hold.Subcode).Then != condor.Released:
		return false
	}
	n, ok := j.Note()
	return ok && !n.Local && len(j.Holds) < n.Starts
}

// RemovedByHold reports whether HTCondor removed a DAG's node because it was held, and nothing
// would have released it: see [Job.Hold].
func (j *Job) RemovedByHold() bool {
	return j.State == Removed && strings.HasPrefix(j.Reason, condor.EndedByHold)
}

// Note returns the job's note, and false if the log has none: matsubmit did not submit it.
func (j *Job) Note() (condor.Note, bool) { return noteOf(j.notes) }

// OnHold reports whether the job was submitted on hold, as its note says: no event does.
func (d Submit) OnHold() bool {
	if !slices.ContainsFunc(d.Notes, func(note string) bool { return strings.Contains(note, " hold=yes") }) {
		return false // as most, which then need not be parsed
	}
	n, _ := noteOf(d.Notes)
	return n.Hold
}

func noteOf(notes []string) (condor.Note, bool) {
	for _, note := range notes {
		if n, ok := condor.ParseNote(note); ok {
			return n, true
		}
	}
	return condor.Note{}, false
}

// Node returns the name of the job's DAG node, or "".
func (j *Job) Node() string {
	for _, note := range j.notes {
		if node, ok := strings.CutPrefix(note, "DAG Node: "); ok {
			return node
		}
		if strings.HasPrefix(note, "[ ") { // since HTCondor 25: [ DAGNodeName = "job0"; JobBatchName = "run" ]
			_, node, _ := strings.Cut(note, `DAGNodeName = "`)
			node, _, _ = strings.Cut(node, `"`)
			return node
		}
	}
	return ""
}

// A Cluster is the jobs of one submission.
type Cluster struct {
	Submitted time.Time // when it was submitted, if its jobs enter the queue one by one; otherwise zero
	Paused    string    // why no jobs enter the queue now, or ""
	Removed   *ClusterRemove

	id    int
	first Moment   // of its submissions
	log   *clock   // of the log that has the first of them, or its first event
	place int      // of that among all events; 0 if the log lacks it
	notes []string // of its ClusterSubmit event: those of its first job
	jobs  int      // the number that have entered the queue
}

// Later returns the number of jobs that have yet to enter the queue, and false if the
// cluster's note lacks its number of jobs.
func (c *Cluster) Later() (jobs int, known bool) {
	if c.Submitted.IsZero() || c.Removed != nil {
		return 0, true
	}
	n, _ := c.Note()
	return max(0, n.Jobs-c.jobs), n.Jobs > 0
}

// Never returns the number of jobs that never entered the queue because the cluster was
// removed, as far as its note has the number of its jobs.
func (c *Cluster) Never() int {
	if c.Submitted.IsZero() || c.Removed == nil || c.Removed.Completion == "Complete" {
		return 0
	}
	n, _ := c.Note()
	return max(0, n.Jobs-c.jobs)
}

// Note returns the note of the cluster's first job, if any.
func (c *Cluster) Note() (condor.Note, bool) { return noteOf(c.notes) }

// Counts is the number of jobs in each state.
type Counts struct {
	Unknown, Idle, Running, Suspended, Held, Done, Failed, Removed int

	Waiting int // the part of Held that HTCondor will release
}

// Total returns the number of jobs.
func (c Counts) Total() int {
	return c.Unknown + c.Idle + c.Running + c.Suspended + c.Held + c.Done + c.Failed + c.Removed
}

// Active returns the number of jobs that will go on without a person.
func (c Counts) Active() int { return c.Unknown + c.Idle + c.Running + c.Suspended + c.Waiting }

// Count returns how many jobs are in each state.
func Count(jobs []*Job) Counts {
	var c Counts
	for _, j := range jobs {
		*[...]*int{Unknown: &c.Unknown, Idle: &c.Idle, Running: &c.Running, Suspended: &c.Suspended, Held: &c.Held, Done: &c.Done, Failed: &c.Failed, Removed: &c.Removed}[j.State]++
		if j.WillBeReleased() {
			c.Waiting++
		}
	}
	return c
}

func cloned(notes []string) []string {
	notes = slices.Clone(notes)
	for i, note := range notes {
		notes[i] = strings.Clone(note)
	}
	return notes
}
