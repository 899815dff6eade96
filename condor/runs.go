package condor

import (
	"strings"
	"time"
)

// A Run is one time that a job had a machine. Times that the log does not tell are zero.
type Run struct {
	Machine, Slot, System string // by the names in the log; Host tells apart what has the same
	Host                  string

	Idle           time.Time // since when the job had been waiting
	InputQueued    time.Time // waiting to send its inputs
	InputStarted   time.Time
	InputFinished  time.Time
	Executing      time.Time // the program begins
	OutputQueued   time.Time
	OutputStarted  time.Time
	OutputFinished time.Time
	End            time.Time // zero while it lasts

	Outcome Outcome
	Exit    Exit // if the program ended: Completed, Retried
}

// An Outcome is how a run ended.
type Outcome int

const (
	Lasting   Outcome = iota // it has not ended
	Completed                // the job is done
	Retried                  // the program failed, and is run again
	WasHeld                  // the job was held
	WasRemoved
	WasEvicted // the machine wanted the job to go
	WasLost    // the machine was lost, or HTCondor failed
)

func (o Outcome) String() string {
	return [...]string{"lasting", "completed", "retried", "held", "removed", "evicted", "lost"}[o]
}

// Begin returns when the run began, by its first event.
func (r *Run) Begin() time.Time {
	return first(r.InputQueued, r.InputStarted, r.InputFinished, r.Executing)
}

// Wait returns how long the job had waited for the machine.
func (r *Run) Wait() time.Duration { return span(r.Idle, r.Begin()) }

// Queue returns how long the run waited for its turn to send inputs and outputs.
func (r *Run) Queue() time.Duration {
	return span(r.InputQueued, r.InputStarted) + span(r.OutputQueued, r.OutputStarted)
}

// Input returns how long it took to send the inputs.
func (r *Run) Input() time.Duration {
	return span(r.InputStarted, first(r.InputFinished, r.Executing))
}

// Compute returns how long the program ran, up to now if it still does.
func (r *Run) Compute(now time.Time) time.Duration {
	if r.End.IsZero() {
		return span(r.Executing, first(r.OutputQueued, r.OutputStarted, now))
	}
	return span(r.Executing, first(r.OutputQueued, r.OutputStarted, r.End))
}

// Output returns how long it took to send the outputs back.
func (r *Run) Output() time.Duration {
	return span(r.OutputStarted, first(r.OutputFinished, r.End))
}

// Total returns how long the run had its machine, up to now if it still has.
func (r *Run) Total(now time.Time) time.Duration { return span(r.Begin(), first(r.End, now)) }

// first returns the first time of those that are known.
func first(times ...time.Time) time.Time {
	for _, t := range times {
		if !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

// span returns the time from a to b: none where either is not known, or where
// b is earlier, since two programs write the log, and clocks are put back.
func span(a, b time.Time) time.Duration {
	if a.IsZero() || b.IsZero() || b.Before(a) {
		return 0
	}
	return b.Sub(a)
}

// apply changes what is known of a job by an event.
func (h *History) apply(j *JobHistory, e *Event) {
	switch d := e.Detail.(type) {
	case Submitted:
		j.Submitted = e.Time
		for _, note := range d.Notes {
			j.Notes = append(j.Notes, strings.Clone(note))
		}
		j.become(Idle, e.Time)
	case Transfer:
		h.transfer(j, e.Time, d)
	case Executing:
		h.execute(j, e.Time, d)
	case Evicted:
		j.evict(e.Time, d)
	case Terminated:
		j.endRun(e.Time, Completed, d.Exit)
		j.Exit = d.Exit
		j.become(Done, e.Time)
	case Skipped:
		j.Skipped = true
		j.become(Done, e.Time)
	case Aborted:
		j.cutShort(e.Time, WasRemoved)
		j.Reason = strings.Clone(d.Reason)
		j.become(Removed, e.Time)
	case Held:
		j.cutShort(e.Time, WasHeld)
		j.Hold = Held{strings.Clone(d.Reason), d.Code, d.Subcode}
		j.Holds++
		j.become(Holding, e.Time)
	case Released:
		j.become(Idle, e.Time)
	case ShadowException:
		j.LastError = strings.Clone(d.Message)
		if j.endRun(e.Time, WasLost, Exit{}) {
			j.Evictions++
			j.become(Idle, e.Time)
		}
	case RemoteError:
		j.LastError = strings.Clone(d.Message)
	case Disconnected:
		j.Disconnected = true
	case Reconnected:
		j.Disconnected = false
	case ReconnectFailed:
		j.LastError = strings.Clone(d.Reason)
		if j.endRun(e.Time, WasLost, Exit{}) {
			j.Evictions++
			j.become(Idle, e.Time)
		}
	case Suspended:
		j.Suspended = true
	case Unsuspended:
		j.Suspended = false
	case ImageSize:
		j.MemoryMB = max(j.MemoryMB, d.MemoryMB)
	}
}

func (j *JobHistory) become(s State, when time.Time) {
	j.State, j.Since = s, when
	if s != Running {
		j.Suspended, j.Disconnected = false, false
	}
	j.idle = time.Time{}
	if s == Idle {
		j.idle = when
	}
}

// run returns the run that lasts, which begins now if none does. A job that has left
// the queue has none.
func (j *JobHistory) run(when time.Time) *Run {
	if n := len(j.Runs); n > 0 && j.Runs[n-1].Outcome == Lasting {
		return &j.Runs[n-1]
	}
	j.Runs = append(j.Runs, Run{Idle: j.idle})
	j.become(Running, when)
	return &j.Runs[len(j.Runs)-1]
}

// endRun ends the run that lasts. It returns false if none does.
func (j *JobHistory) endRun(when time.Time, how Outcome, exit Exit) bool {
	n := len(j.Runs)
	if n == 0 || j.Runs[n-1].Outcome != Lasting {
		return false
	}
	r := &j.Runs[n-1]
	r.End, r.Outcome, r.Exit = when, how, exit
	return true
}

// cutShort ends the run of a job that is held or removed. Where that is somebody's
// wish, HTCondor writes first that the job was evicted, in the same moment.
func (j *JobHistory) cutShort(when time.Time, how Outcome) {
	if j.endRun(when, how, Exit{}) || len(j.Runs) == 0 {
		return
	}
	if r := &j.Runs[len(j.Runs)-1]; r.Outcome == WasEvicted && j.State == Idle && span(r.End, when) <= time.Second {
		r.Outcome = how
		j.Evictions--
	}
}

func (h *History) transfer(j *JobHistory, when time.Time, d Transfer) {
	// The last events of a run may come after its end: two programs write the log.
	last := len(j.Runs) - 1
	lasts := last >= 0 && j.Runs[last].Outcome == Lasting
	if !lasts && (d.Output || d.Phase == Finished) {
		return
	}
	if lasts && !d.Output && d.Phase != Finished && !j.Runs[last].Executing.IsZero() {
		// Inputs are sent again: how the run before ended is not in the log.
		j.endRun(when, WasLost, Exit{})
	}
	r := j.run(when)
	queued, started, finished := &r.InputQueued, &r.InputStarted, &r.InputFinished
	if d.Output {
		queued, started, finished = &r.OutputQueued, &r.OutputStarted, &r.OutputFinished
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

func (h *History) execute(j *JobHistory, when time.Time, d Executing) {
	if n := len(j.Runs); n > 0 && j.Runs[n-1].Outcome == Lasting && !j.Runs[n-1].Executing.IsZero() {
		// How the run before ended is not in the log.
		j.endRun(when, WasLost, Exit{})
	}
	r := j.run(when)
	r.Executing = when
	r.Machine, r.Slot, r.Host = h.name(d.Machine()), h.name(d.Slot), h.name(d.Host)
	if system, ok := d.Attr("OpSys"); ok {
		r.System = h.name(system)
	}
	j.Starts++
}

func (j *JobHistory) evict(when time.Time, d Evicted) {
	if d.Requeued {
		j.endRun(when, Retried, d.Exit)
		j.Retries++
		j.become(Idle, when)
		return
	}
	if j.endRun(when, WasEvicted, Exit{}) {
		j.Evictions++
	}
	if j.State != Holding && j.State != Removed && j.State != Done {
		j.become(Idle, when)
	}
}
