package eventlog

import (
	"cmp"
	"hash/maphash"
	"maps"
	"math/bits"
	"slices"
	"strings"
	"time"

	"matpool/condor"
)

// A History is the state of each job and its attempts, from the events of one or more
// logs. The events of a log must be added in its order.
//
// HTCondor does not promise that the events of a job are in order, or that each is there
// once; the setting DAGMAN_ALLOW_EVENTS lists what happens. An exact repetition of an earlier
// event of the same job changes nothing. A job that has left the queue stays so, whatever
// the log says of it later, until a job with its ID is submitted. If it was submitted after
// other events of it, they count.
type History struct {
	// YearAssumed is set by the first event without a year in its date.
	YearAssumed bool
	// ClockWentBack is set if the times of a log go back by more than a minute.
	ClockWentBack bool

	jobs     map[condor.ID]*Job
	clusters map[int]*Cluster
	cluster  *Cluster          // of the previous event: often also of the next
	clocks   map[string]*clock // of the logs, by their names
	clock    *clock            // of the previous event
	count    int               // of the events
	file     string            // its log
	latest   Moment
	latestBy *clock
	names    map[string]string // interned: one copy of each name
	seed     maphash.Seed
}

// NewHistory returns a history without events.
func NewHistory() *History {
	return &History{
		jobs: map[condor.ID]*Job{}, clusters: map[int]*Cluster{}, clocks: map[string]*clock{},
		names: map[string]string{}, seed: maphash.MakeSeed(),
	}
}

// Clusters returns the numbers of the clusters, in order.
func (h *History) Clusters() []int { return slices.Sorted(maps.Keys(h.clusters)) }

// LatestCluster returns the number of the cluster that was submitted last, and false if there is none.
func (h *History) LatestCluster() (id int, ok bool) {
	var latest *Cluster
	for _, c := range h.clusters {
		if latest == nil || cmp.Or(c.compare(latest), c.id-latest.id) > 0 {
			latest = c
		}
	}
	if latest == nil {
		return 0, false
	}
	return latest.id, true
}

// Cluster returns a cluster, or nil if it is not in the log. The caller must not change it.
func (h *History) Cluster(id int) *Cluster { return h.clusters[id] }

// Job returns a job, or nil if it is not in the log. The caller must not change it.
func (h *History) Job(id condor.ID) *Job { return h.jobs[id] }

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

// Latest returns the time of the latest event.
func (h *History) Latest() Moment { return h.latest }

// Add adds an event: those of a file in its order.
func (h *History) Add(e *Event) { h.take(e, (*clock).read) }

// AddMissing adds an event that its log lacks. Events after it may have been added before.
func (h *History) AddMissing(e *Event) { h.take(e, (*clock).place) }

// take adds an event, whose moment read returns.
func (h *History) take(e *Event, read func(*clock, time.Time) Moment) {
	h.YearAssumed = h.YearAssumed || e.YearAssumed
	h.count++
	if h.clock == nil || h.file != e.File {
		if h.clock, h.file = h.clocks[e.File], e.File; h.clock == nil {
			h.clock = &clock{}
			h.clocks[e.File] = h.clock
		}
	}
	h.add(e, read)
	h.ClockWentBack = h.ClockWentBack || h.clock.era != nil && h.clock.era.number > 0
	if c := h.clock; h.latestBy == c || c.latest.micros > h.latest.micros || h.latest.IsZero() {
		h.latest, h.latestBy = c.latest, c
	}
}

func (h *History) add(e *Event, read func(*clock, time.Time) Moment) {
	if e.Detail == nil || e.Cluster < 0 { // a POST script can follow a job that was never submitted
		h.clock.note(e.Time)
		return
	}
	c := h.cluster
	if c == nil || c.id != e.Cluster {
		if c = h.clusters[e.Cluster]; c == nil {
			c = &Cluster{id: e.Cluster, log: h.clock}
			h.clusters[e.Cluster] = c
		}
		h.cluster = c
	}
	if _, ok := e.Detail.(ClusterSubmit); ok && c.place == 0 {
		c.log, c.place = h.clock, h.count
	}
	if c.change(e) {
		h.clock.note(e.Time)
		return
	}
	j := h.jobs[e.ID]
	if j == nil {
		j = &Job{ID: e.ID, MemoryMB: -1, cluster: c, seen: make([]uint64, 0, 8)} // a typical job has seven events
		h.jobs[e.ID] = j
		c.jobs++
	}
	if d, ok := e.Detail.(ImageSize); ok {
		h.clock.note(e.Time)
		j.MemoryMB = max(j.MemoryMB, d.MemoryMB)
		return // a repetition is harmless
	}
	if !h.isNew(j, e) {
		return
	}
	when := read(h.clock, e.Time)
	d, ok := e.Detail.(Submit)
	switch {
	case ok && j.beginsAnew(when):
		*j = Job{ID: e.ID, MemoryMB: -1, cluster: c, seen: j.seen}
		c.first, c.log, c.place = when, h.clock, h.count
		fallthrough
	case ok:
		if c.first.IsZero() {
			c.first = when
		}
		if c.place == 0 {
			c.log, c.place = h.clock, h.count
		}
		j.submit(when, d)
		j.Offset = e.Offset
		j.Schedd = h.name(machineOf(d.Host))
	case !j.Ended():
		h.apply(j, e.Detail, when)
	default:
		if d, ok := e.Detail.(PostScript); ok {
			j.post(d.Exit)
		}
	}
}

// change changes a cluster by an event. It returns false for an event of a job.
func (c *Cluster) change(e *Event) bool {
	switch d := e.Detail.(type) {
	case ClusterSubmit:
		c.Submitted, c.notes = e.Time, cloned(d.Notes)
	case ClusterRemove:
		c.Removed = &ClusterRemove{strings.Clone(d.Completion)}
	case FactoryPaused:
		c.Paused = strings.Clone(d.Reason)
		if c.Paused == "" {
			c.Paused = "no reason given"
		}
	case FactoryResumed:
		c.Paused = ""
	default:
		return false
	}
	return true
}

func (h *History) isNew(j *Job, e *Event) bool {
	digest := maphash.String(h.seed, e.Body) ^ bits.RotateLeft64(maphash.String(h.seed, e.Head), 1) ^
		uint64(e.Time.UnixNano())*0x9e3779b97f4a7c15 ^ uint64(e.Number)<<56
	if d, ok := e.Detail.(JobEvicted); ok && d.Requeued { // a program that has run again may have failed again, alike and within a second
		digest ^= uint64(j.Starts) * 0xc2b2ae3d27d4eb4f
	}
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
func (h *History) apply(j *Job, detail Detail, when Moment) {
	switch d := detail.(type) {
	case FileTransfer:
		j.transfer(when, d)
	case Execute:
		h.execute(j, when, d)
	case JobEvicted:
		h.evict(j, when, d)
	case JobTerminated:
		j.end(when, Completed, d.Exit)
		j.Exit = d.Exit
		if d.Exit.OK() {
			j.become(Done, when)
		} else {
			j.become(Failed, when)
		}
	case DataflowJobSkipped:
		j.become(Done, when)
	case JobAborted:
		j.cutShort(when, EndedByRemoval)
		j.Reason = strings.Clone(d.Reason)
		j.become(Removed, when)
	case JobHeld:
		h.hold(j, when, d)
		j.become(Held, when)
	case JobReleased:
		h.release(j, when, d)
	case JobSuspended:
		if a := j.current(); a != nil && j.State == Running {
			a.pauses = append(a.pauses, pause{from: when})
			j.become(Suspended, when)
		}
	case JobUnsuspended:
		if a := j.current(); a != nil && j.State == Suspended {
			a.pauses[len(a.pauses)-1].to = when
			j.become(Running, when)
		}
	case ShadowException:
		h.lose(j, when, d.Reason)
	case JobReconnectFailed:
		h.lose(j, when, d.Reason)
	}
}

func (h *History) hold(j *Job, when Moment, d JobHeld) {
	j.cutShort(when, EndedByHold)
	last := len(j.Attempts) - 1
	if last >= 0 && (j.Attempts[last].Outcome != EndedByHold || len(j.Holds) > 0 && j.Holds[len(j.Holds)-1].Attempt == last) {
		last = -1
	}
	j.Hold = JobHeld{strings.Clone(d.Reason), d.Code, d.Subcode}
	j.Holds = append(j.Holds, Hold{JobHeld: j.Hold, At: when, Attempt: last})
}

func (h *History) release(j *Job, when Moment, d JobReleased) {
	if j.State == Held || j.State == Unknown {
		j.become(Idle, when)
	}
	if n := len(j.Holds); n > 0 && j.Holds[n-1].Released.IsZero() {
		j.Holds[n-1].Released, j.Holds[n-1].By = when, h.name(d.Reason)
	}
}

func (h *History) execute(j *Job, when Moment, d Execute) {
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

// post lets the POST script of the job's node decide.
func (j *Job) post(exit Exit) {
	j.Post = &exit
	if j.State = Done; !exit.OK() {
		j.State = Failed
	}
}

// Ended reports whether the job has left the queue.
func (j *Job) Ended() bool { return j.State == Done || j.State == Failed || j.State == Removed }

// beginsAnew reports whether a submission is not that of the job, but of a later one with its
// ID: a job is submitted only once, so HTCondor's numbers have started over.
func (j *Job) beginsAnew(when Moment) bool {
	after := j.Since.Until(when)
	if j.Submitted.IsZero() {
		return after.Duration > jitter
	}
	return after.Unknown && j.Since.Before(when) || after.Duration > 0
}

// submit adds the job's submission, which may come after other events.
func (j *Job) submit(when Moment, d Submit) {
	if !j.Submitted.IsZero() {
		return // another copy
	}
	j.Submitted, j.notes = when.Time(), cloned(d.Notes)
	j.submitted = when.era
	if j.State == Unknown {
		j.become(Idle, when)
		if d.OnHold() {
			j.Hold = JobHeld{Reason: "submitted on hold at user's request", Code: condor.CodeSubmitted}
			j.become(Held, when)
		}
	} else if len(j.Attempts) > 0 {
		j.Attempts[0].idle = when
	}
}

func (j *Job) become(s State, when Moment) {
	j.State, j.Since = s, when
	j.idle = Moment{}
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
func (j *Job) attempt(when Moment) *Attempt {
	if a := j.current(); a != nil {
		return a
	}
	j.Attempts = append(j.Attempts, Attempt{idle: j.idle})
	j.become(Running, when)
	return &j.Attempts[len(j.Attempts)-1]
}

// end ends the current attempt. It returns false if there is none.
func (j *Job) end(when Moment, how Outcome, exit Exit) bool {
	a := j.current()
	if a == nil {
		return false
	}
	a.End, a.Outcome, a.Exit = when, how, exit
	return true
}

// cutShort ends the attempt of a job that is held or removed. If a person holds or removes
// it, HTCondor first writes an eviction, at the same time.
func (j *Job) cutShort(when Moment, how Outcome) {
	if j.end(when, how, Exit{}) || len(j.Attempts) == 0 {
		return
	}
	if a := &j.Attempts[len(j.Attempts)-1]; a.Outcome == Evicted && j.State == Idle && a.End.Until(when).Duration <= time.Second {
		a.Outcome, a.Reason = how, ""
		j.Evictions--
	}
}

func (j *Job) transfer(when Moment, d FileTransfer) {
	a := j.current()
	if a == nil && (d.Output || d.Phase == Finished) {
		return // two programs write the log: this event belongs to an attempt that has ended
	}
	if a != nil && !d.Output && d.Phase != Finished && !a.Executing.IsZero() {
		if ran := a.Executing.Until(when); ran.Unknown || ran.Duration > slack || !a.moment(d).IsZero() {
			j.end(when, Lost, Exit{}) // inputs go to another machine: the log lacks the attempt's end
		}
	}
	*j.attempt(when).moment(d) = when
}

// moment returns where an attempt has the time of an event.
func (a *Attempt) moment(d FileTransfer) *Moment {
	if d.Output {
		return [...]*Moment{Queued: &a.OutputQueued, Started: &a.OutputStarted, Finished: &a.OutputFinished}[d.Phase]
	}
	return [...]*Moment{Queued: &a.InputQueued, Started: &a.InputStarted, Finished: &a.InputFinished}[d.Phase]
}

// lose ends an attempt that lost its machine, or that HTCondor failed.
func (h *History) lose(j *Job, when Moment, reason string) {
	if a := j.current(); j.end(when, Lost, Exit{}) {
		a.Reason = h.name(reason)
		j.Evictions++
		j.become(Idle, when)
	}
}

func (h *History) evict(j *Job, when Moment, d JobEvicted) {
	if d.Requeued {
		j.end(when, Retried, d.Exit)
		j.Retries++
		j.become(Idle, when)
		return
	}
	if a := j.current(); j.end(when, Evicted, Exit{}) {
		a.Reason = h.name(d.Reason)
		j.Evictions++
	}
	switch j.State {
	case Unknown, Idle, Running, Suspended:
		j.become(Idle, when)
	}
}

// machineOf returns what a schedd's address, 192.0.2.7:9618?addrs=…&alias=pc07, says of its machine: its
// name, or else its number. The port differs from one start of the schedd to the next.
func machineOf(address string) string {
	number, words, _ := strings.Cut(address, "?")
	for word := range strings.SplitSeq(words, "&") {
		if name, ok := strings.CutPrefix(word, "alias="); ok {
			return name
		}
	}
	if i := strings.LastIndexByte(number, ':'); i >= 0 {
		number = number[:i]
	}
	return number
}
