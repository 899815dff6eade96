package eventlog

import (
	"slices"
	"strings"
	"time"

	"matpool/condor"
)

// A State is what a job does, by its latest event that says so.
type State int

const (
	Unknown State = iota // no event has said so: the beginning of the log is missing
	Idle                 // it waits for a machine
	Running              // it has one: files are transferred or the program runs
	Held                 // it waits for a person, or for HTCondor, to release it
	Done                 // it has left the queue with status 0
	Failed               // it has left the queue with another status, or by a signal
	Removed              // somebody or something has removed it
)

func (s State) String() string {
	return [...]string{"unknown", "idle", "running", "held", "done", "failed", "removed"}[s]
}

// A Job is the history of one job.
type Job struct {
	condor.ID
	State     State
	Since     time.Time // the beginning of State
	Submitted time.Time // zero if the log does not say
	Exit      Exit      // if Done or Failed
	Hold      JobHeld   // the latest hold
	Reason    string    // if Removed

	Starts    int       // of the program
	Retries   int       // attempts that failed, after which the job was put back into the queue
	Evictions int       // attempts that the machine cut short, or that were lost with it
	Holds     int       // how often it was held
	MemoryMB  int64     // the largest that the log mentions, or -1
	Attempts  []Attempt // each time it had a machine

	notes []string  // of its Submit event
	idle  time.Time // the beginning of its wait for a machine
	seen  []uint64  // digests of its events
}

// WillBeReleased reports whether HTCondor will release a held job by itself: a machine was
// at fault ([condor.IsReleased]), and the program was started less often than the job's
// [condor.Note] allows.
func (j *Job) WillBeReleased() bool {
	if j.State != Held || !condor.IsReleased(j.Hold.Code) {
		return false
	}
	n, ok := j.Note()
	return ok && j.Starts < n.Starts
}

// Note returns the note of the submit description, if matsubmit wrote it.
func (j *Job) Note() (condor.Note, bool) { return noteOf(j.notes) }

func noteOf(notes []string) (condor.Note, bool) {
	for _, note := range notes {
		if n, ok := condor.ParseNote(note); ok {
			return n, true
		}
	}
	return condor.Note{}, false
}

// Node returns the name of the DAG's node that the job belongs to, or "".
func (j *Job) Node() string {
	for _, note := range j.notes {
		if node, ok := strings.CutPrefix(note, "DAG Node: "); ok {
			return node
		}
	}
	return ""
}

// A Cluster is the jobs of one submission.
type Cluster struct {
	Submitted time.Time // the start of a submission whose jobs enter the queue one by one; zero of another
	Paused    string    // why none enter the queue now, or ""
	Removed   *ClusterRemove

	id    int
	notes []string // of its ClusterSubmit event, the same as its first job's
	jobs  int      // that have entered the queue
}

// Later returns the number of jobs that have yet to enter the queue, and false if the
// cluster's note does not say how many it has.
func (c *Cluster) Later() (jobs int, known bool) {
	if c.Submitted.IsZero() || c.Removed != nil {
		return 0, true
	}
	n, _ := c.Note()
	return max(0, n.Jobs-c.jobs), n.Jobs > 0
}

// Note returns the note of the cluster's first job, if it has one.
func (c *Cluster) Note() (condor.Note, bool) { return noteOf(c.notes) }

// Counts is how many jobs are in each state.
type Counts struct {
	Unknown, Idle, Running, Held, Done, Failed, Removed int

	Waiting int // those of Held that HTCondor will release by itself
}

// Total returns the number of jobs.
func (c Counts) Total() int {
	return c.Unknown + c.Idle + c.Running + c.Held + c.Done + c.Failed + c.Removed
}

// Count counts jobs.
func Count(jobs []*Job) Counts {
	var c Counts
	for _, j := range jobs {
		*[...]*int{Unknown: &c.Unknown, Idle: &c.Idle, Running: &c.Running, Held: &c.Held, Done: &c.Done, Failed: &c.Failed, Removed: &c.Removed}[j.State]++
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
