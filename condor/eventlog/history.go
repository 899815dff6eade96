package eventlog

import (
	"hash/maphash"
	"maps"
	"math/bits"
	"slices"
	"strings"
	"time"

	"matpool/condor"
)

// A History is the state of each job and its attempts, from the events of one or more
// logs. The events of a job must be added in the order of the log. An exact repetition of
// an earlier event of the same job changes nothing.
type History struct {
	// YearAssumed is set by the first event without a year in its date.
	YearAssumed bool

	jobs     map[condor.ID]*Job
	clusters map[int]*Cluster
	cluster  *Cluster          // of the previous event: often also of the next
	names    map[string]string // interned: one copy of each name
	seed     maphash.Seed
}

// NewHistory returns a history without events.
func NewHistory() *History {
	return &History{
		jobs: map[condor.ID]*Job{}, clusters: map[int]*Cluster{},
		names: map[string]string{}, seed: maphash.MakeSeed(),
	}
}

// Clusters returns the numbers of the clusters, in order.
func (h *History) Clusters() []int { return slices.Sorted(maps.Keys(h.clusters)) }

// Cluster returns a cluster, or nil if it is not in the log. The caller must not change it.
func (h *History) Cluster(id int) *Cluster { return h.clusters[id] }

// Jobs returns the jobs of the given clusters, or all jobs if none is given, in the order of
// their IDs. The caller must not change them; [History.Add] does.
func (h *History) Jobs(clusters ...int) []*Job {
	var jobs []*Job
	for id, j := range h.jobs {
		if clusters == nil || slices.Contains(clusters, id.Cluster) {
			jobs = append(jobs, j)
		}
	}
	slices.SortFunc(jobs, func(a, b *Job) int { return a.Compare(b.ID) })
	return jobs
}

// Add adds an event.
func (h *History) Add(e *Event) {
	h.YearAssumed = h.YearAssumed || e.YearAssumed
	if e.Detail == nil {
		return
	}
	c := h.cluster
	if c == nil || c.id != e.Cluster {
		if c = h.clusters[e.Cluster]; c == nil {
			c = &Cluster{id: e.Cluster}
			h.clusters[e.Cluster] = c
		}
		h.cluster = c
	}
	switch d := e.Detail.(type) {
	case ClusterSubmit:
		c.Submitted, c.notes = e.Time, cloned(d.Notes)
		return
	case ClusterRemove:
		c.Removed = &ClusterRemove{strings.Clone(d.Completion)}
		return
	case FactoryPaused:
		c.Paused = strings.Clone(d.Reason)
		if c.Paused == "" {
			c.Paused = "no reason given"
		}
		return
	case FactoryResumed:
		c.Paused = ""
		return
	}
	j := h.jobs[e.ID]
	if j == nil {
		j = &Job{ID: e.ID, MemoryMB: -1, seen: make([]uint64, 0, 8)} // a typical job has seven events
		h.jobs[e.ID] = j
		c.jobs++
	}
	if !h.isNew(j, e) {
		return
	}
	if _, ok := e.Detail.(Submit); ok && !j.Submitted.IsZero() {
		// A job is submitted only once, so HTCondor's numbers have started over.
		*j = Job{ID: e.ID, MemoryMB: -1, seen: j.seen[len(j.seen)-1:]}
	}
	h.apply(j, e)
}

// isNew reports whether the event is not a repetition.
func (h *History) isNew(j *Job, e *Event) bool {
	if _, ok := e.Detail.(ImageSize); ok {
		return true // a repetition is harmless
	}
	digest := maphash.String(h.seed, e.Body) ^ bits.RotateLeft64(maphash.String(h.seed, e.Head), 1) ^
		uint64(e.Time.UnixNano())*0x9e3779b97f4a7c15 ^ uint64(e.Number)<<56
	if slices.Contains(j.seen, digest) {
		return false
	}
	j.seen = append(j.seen, digest)
	return true
}

// name returns the interned copy of a name, so that a job does not keep the text of its
// events in memory.
func (h *History) name(s string) string {
	if _, ok := h.names[s]; !ok {
		s = strings.Clone(s)
		h.names[s] = s
	}
	return h.names[s]
}

// apply changes a job by an event.
func (h *History) apply(j *Job, e *Event) {
	switch d := e.Detail.(type) {
	case Submit:
		j.Submitted, j.notes = e.Time, cloned(d.Notes)
		j.become(Idle, e.Time)
	case FileTransfer:
		j.transfer(e.Time, d)
	case Execute:
		h.execute(j, e.Time, d)
	case JobEvicted:
		j.evict(e.Time, d)
	case JobTerminated:
		j.end(e.Time, Completed, d.Exit)
		j.Exit = d.Exit
		if d.Exit.OK() {
			j.become(Done, e.Time)
		} else {
			j.become(Failed, e.Time)
		}
	case DataflowJobSkipped:
		j.become(Done, e.Time)
	case JobAborted:
		j.cutShort(e.Time, EndedByRemoval)
		j.Reason = strings.Clone(d.Reason)
		j.become(Removed, e.Time)
	case JobHeld:
		j.cutShort(e.Time, EndedByHold)
		j.Hold = JobHeld{strings.Clone(d.Reason), d.Code, d.Subcode}
		j.Holds++
		j.become(Held, e.Time)
	case JobReleased:
		j.become(Idle, e.Time)
	case ShadowException, JobReconnectFailed:
		if j.end(e.Time, Lost, Exit{}) {
			j.Evictions++
			j.become(Idle, e.Time)
		}
	case ImageSize:
		j.MemoryMB = max(j.MemoryMB, d.MemoryMB)
	}
}

func (h *History) execute(j *Job, when time.Time, d Execute) {
	if a := j.current(); a != nil && !a.Executing.IsZero() {
		j.end(when, Lost, Exit{}) // the log lacks its end
	}
	a := j.attempt(when)
	a.Executing = when
	a.Machine, a.Slot = h.name(d.Machine), h.name(d.Slot)
	if d.System != "" {
		a.System = h.name(d.System)
	}
	j.Starts++
}

func (j *Job) become(s State, when time.Time) {
	j.State, j.Since = s, when
	j.idle = time.Time{}
	if s == Idle {
		j.idle = when
	}
}

// current returns the attempt that has not ended, or nil.
func (j *Job) current() *Attempt {
	if n := len(j.Attempts); n > 0 && j.Attempts[n-1].Outcome == Lasting {
		return &j.Attempts[n-1]
	}
	return nil
}

// attempt returns the current attempt. If there is none, it begins one.
func (j *Job) attempt(when time.Time) *Attempt {
	if a := j.current(); a != nil {
		return a
	}
	j.Attempts = append(j.Attempts, Attempt{idle: j.idle})
	j.become(Running, when)
	return &j.Attempts[len(j.Attempts)-1]
}

// end ends the current attempt. It returns false if there is none.
func (j *Job) end(when time.Time, how Outcome, exit Exit) bool {
	a := j.current()
	if a == nil {
		return false
	}
	a.End, a.Outcome, a.Exit = when, how, exit
	return true
}

// cutShort ends the attempt of a job that is held or removed. If a person holds or removes
// it, HTCondor first writes an eviction, at the same time.
func (j *Job) cutShort(when time.Time, how Outcome) {
	if j.end(when, how, Exit{}) || len(j.Attempts) == 0 {
		return
	}
	if a := &j.Attempts[len(j.Attempts)-1]; a.Outcome == Evicted && j.State == Idle && span(a.End, when) <= time.Second {
		a.Outcome = how
		j.Evictions--
	}
}

func (j *Job) transfer(when time.Time, d FileTransfer) {
	a := j.current()
	if a == nil && (d.Output || d.Phase == Finished) {
		return // two programs write the log: this event belongs to an attempt that has ended
	}
	if a != nil && !d.Output && d.Phase != Finished && !a.Executing.IsZero() {
		j.end(when, Lost, Exit{}) // inputs go to another machine: the log lacks the attempt's end
	}
	a = j.attempt(when)
	queued, started, finished := &a.InputQueued, &a.InputStarted, &a.InputFinished
	if d.Output {
		queued, started, finished = &a.OutputQueued, &a.OutputStarted, &a.OutputFinished
	}
	switch d.Phase {
	case Queued:
		*queued = when
	case Started:
		*started = when
		if queued.IsZero() && d.Queue > 0 {
			*queued = when.Add(-time.Duration(d.Queue) * time.Second)
		}
	case Finished:
		*finished = when
	}
}

func (j *Job) evict(when time.Time, d JobEvicted) {
	if d.Requeued {
		j.end(when, Retried, d.Exit)
		j.Retries++
		j.become(Idle, when)
		return
	}
	if j.end(when, Evicted, Exit{}) {
		j.Evictions++
	}
	switch j.State {
	case Unknown, Idle, Running:
		j.become(Idle, when)
	}
}
