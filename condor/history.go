package condor

import (
	"hash/maphash"
	"maps"
	"math/bits"
	"slices"
	"strings"
	"time"
)

// A History is what has become of each job, by the events of a log, or of several.
// Events of a job must be added in the order of the log. An event that was there
// before, to its last letter, is a repetition and changes nothing.
type History struct {
	jobs     map[ID]*JobHistory
	clusters map[int]*Cluster
	cluster  *Cluster          // of the last event: mostly of the next too
	names    map[string]string // one copy of each name
	seed     maphash.Seed

	// YearAssumed is set once an event had no year in its date.
	YearAssumed bool
}

// NewHistory returns a history of nothing.
func NewHistory() *History {
	return &History{
		jobs: map[ID]*JobHistory{}, clusters: map[int]*Cluster{},
		names: map[string]string{}, seed: maphash.MakeSeed(),
	}
}

// A State is what a job does, by its latest event that tells.
type State int

const (
	Unknown State = iota // no event has told: the log's beginning is missing
	Idle                 // it waits for a machine
	Running              // it has one: files are sent, the program runs
	Holding              // it waits for a person, or for HTCondor to release it
	Done                 // it has ended, as Exit says
	Removed              // it was removed
)

func (s State) String() string {
	return [...]string{"unknown", "idle", "running", "held", "done", "removed"}[s]
}

// A JobHistory is what has become of one job.
type JobHistory struct {
	ID
	State     State
	Since     time.Time // when that began
	Submitted time.Time // zero if the log does not tell
	Notes     []string  // made when it was submitted
	Exit      Exit      // if Done
	Skipped   bool      // if Done: without having run, its outputs being newer than its inputs
	Hold      Held      // of the latest hold
	Reason    string    // if Removed

	Starts       int       // how often the program was started
	Retries      int       // runs that ended badly and were made again
	Evictions    int       // runs that were cut short by the machine, or lost with it
	Holds        int       // how often it was held
	Suspended    bool      // it stands still on its machine
	Disconnected bool      // its machine does not answer
	LastError    string    // what a machine or HTCondor itself said went wrong, the latest
	MemoryMB     int64     // the most that was seen, or -1
	Runs         []Run     // each time it had a machine
	idle         time.Time // since when it waits for one

	seen []uint64
}

// A Cluster is what was submitted together.
type Cluster struct {
	ID        int
	Submitted time.Time // when jobs began to enter the queue one by one; zero if all did at once
	Notes     []string  // made then, as those of its first job
	Paused    string    // why none enter now; "" if they do
	Removed   *ClusterRemoved
	counts    Counts
}

// Later returns how many jobs have yet to enter the queue, by what its [Note] says, and
// false where that is not known.
func (c *Cluster) Later() (jobs int, known bool) {
	if c.Submitted.IsZero() || c.Removed != nil {
		return 0, true
	}
	n, _ := c.Note()
	return max(0, n.Jobs-c.counts.Total()), n.Jobs > 0
}

// Note returns the note of its first job, if it has one.
func (c *Cluster) Note() (Note, bool) { return noteOf(c.Notes) }

// Counts says how many jobs do what.
type Counts struct {
	Unknown, Idle, Running, Held int
	// Waiting are those of Held that HTCondor will release by itself.
	Waiting int
	// Done are those that ended with status 0, Failed those that left the queue with another.
	Done, Failed, Removed int
}

// Total returns the number of jobs.
func (c Counts) Total() int {
	return c.Unknown + c.Idle + c.Running + c.Held + c.Done + c.Failed + c.Removed
}

// field returns where a job is counted.
func (c *Counts) field(j *JobHistory) *int {
	switch j.State {
	case Idle:
		return &c.Idle
	case Running:
		return &c.Running
	case Holding:
		return &c.Held
	case Done:
		if j.Exit.OK() {
			return &c.Done
		}
		return &c.Failed
	case Removed:
		return &c.Removed
	}
	return &c.Unknown
}

func (c *Counts) count(j *JobHistory, by int) {
	*c.field(j) += by
	if j.WillBeReleased() {
		c.Waiting += by
	}
}

// Counts returns the counts of some clusters together, or of all if none is named.
func (h *History) Counts(clusters ...int) Counts {
	if clusters == nil {
		clusters = h.Clusters()
	}
	var sum Counts
	for _, id := range clusters {
		if c := h.clusters[id]; c != nil {
			n := c.counts
			sum = Counts{sum.Unknown + n.Unknown, sum.Idle + n.Idle, sum.Running + n.Running, sum.Held + n.Held,
				sum.Waiting + n.Waiting, sum.Done + n.Done, sum.Failed + n.Failed, sum.Removed + n.Removed}
		}
	}
	return sum
}

// CountJobs counts some jobs.
func CountJobs(jobs []*JobHistory) Counts {
	var c Counts
	for _, j := range jobs {
		c.count(j, +1)
	}
	return c
}

// Clusters returns the numbers of the clusters, in order.
func (h *History) Clusters() []int { return slices.Sorted(maps.Keys(h.clusters)) }

// Cluster returns what is known of a cluster as a whole, or nil. It must not be changed.
func (h *History) Cluster(id int) *Cluster { return h.clusters[id] }

// Job returns what has become of a job, or nil. It must not be changed, and changes
// itself when events are added.
func (h *History) Job(id ID) *JobHistory { return h.jobs[id] }

// Jobs returns the jobs of some clusters, or all if none is named, in the order of
// their numbers.
func (h *History) Jobs(clusters ...int) []*JobHistory {
	var jobs []*JobHistory
	for id, j := range h.jobs {
		if clusters == nil || slices.Contains(clusters, id.Cluster) {
			jobs = append(jobs, j)
		}
	}
	slices.SortFunc(jobs, func(a, b *JobHistory) int { return a.Compare(b.ID) })
	return jobs
}

// WillBeReleased reports whether a held job waits for HTCondor to release it, and not
// for a person: it was submitted with a [Note] that says up to which start, a machine
// was at fault, and it has not been started so often.
func (j *JobHistory) WillBeReleased() bool {
	if j.State != Holding || !IsReleased(j.Hold.Code) {
		return false
	}
	n, ok := j.Note()
	return ok && j.Starts < n.Starts
}

// Note returns the note that a submit description written here has left, if any.
func (j *JobHistory) Note() (Note, bool) { return noteOf(j.Notes) }

func noteOf(notes []string) (Note, bool) {
	for _, text := range notes {
		if n, ok := ParseNote(text); ok {
			return n, true
		}
	}
	return Note{}, false
}

// Node returns the name of the DAG's node that the job is, or "".
func (j *JobHistory) Node() string {
	for _, text := range j.Notes {
		if node, ok := strings.CutPrefix(text, "DAG Node: "); ok {
			return node
		}
	}
	return ""
}

// Add adds an event.
func (h *History) Add(e *Event) {
	h.YearAssumed = h.YearAssumed || e.YearAssumed
	switch e.Detail.(type) {
	case nil, Generic, AdInformation, AttributeUpdate:
		return // they say nothing of a job's state
	}
	c := h.cluster
	if c == nil || c.ID != e.Cluster {
		if c = h.clusters[e.Cluster]; c == nil {
			c = &Cluster{ID: e.Cluster}
			h.clusters[e.Cluster] = c
		}
		h.cluster = c
	}
	switch d := e.Detail.(type) {
	case ClusterSubmitted:
		c.Submitted = e.Time
		c.Notes = nil
		for _, note := range d.Notes {
			c.Notes = append(c.Notes, strings.Clone(note))
		}
		return
	case ClusterRemoved:
		c.Removed = &d
		return
	case ClusterPaused:
		c.Paused = d.Reason
		if c.Paused == "" {
			c.Paused = "no reason is given"
		}
		return
	case ClusterResumed:
		c.Paused = ""
		return
	}
	j := h.jobs[e.ID]
	if j == nil {
		j = &JobHistory{ID: e.ID, MemoryMB: -1, seen: make([]uint64, 0, 8)} // a job that goes well has seven events
		h.jobs[e.ID] = j
	} else {
		c.counts.count(j, -1)
	}
	if h.isNew(j, e) {
		if _, ok := e.Detail.(Submitted); ok && !j.Submitted.IsZero() {
			// A job is submitted once: HTCondor's numbers have begun anew.
			*j = JobHistory{ID: e.ID, MemoryMB: -1, seen: j.seen[len(j.seen)-1:]}
		}
		h.apply(j, e)
	}
	c.counts.count(j, +1)
}

// isNew reports whether the event is not a repetition.
func (h *History) isNew(j *JobHistory, e *Event) bool {
	if _, ok := e.Detail.(ImageSize); ok {
		return true // to say it twice does no harm
	}
	digest := maphash.String(h.seed, e.Body) ^ bits.RotateLeft64(maphash.String(h.seed, e.Head), 1) ^
		uint64(e.Time.UnixNano())*0x9e3779b97f4a7c15 ^ uint64(e.Number)<<56
	if slices.Contains(j.seen, digest) {
		return false
	}
	j.seen = append(j.seen, digest)
	return true
}

// name returns the one copy of a name, so that a job does not keep its events' text.
func (h *History) name(s string) string {
	if _, ok := h.names[s]; !ok {
		s = string([]byte(s))
		h.names[s] = s
	}
	return h.names[s]
}
