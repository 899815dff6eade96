package eventlog

import "time"

// An Attempt is one time that a job had a machine. A time that the log does not have is
// zero.
type Attempt struct {
	Machine, Slot, System string // as named in the log

	InputQueued    time.Time // it waits for its turn to transfer the inputs
	InputStarted   time.Time
	InputFinished  time.Time
	Executing      time.Time // the program starts
	OutputQueued   time.Time
	OutputStarted  time.Time
	OutputFinished time.Time
	End            time.Time // zero for an attempt that has not ended

	Outcome Outcome
	Exit    Exit // if the program ended: Completed, Retried

	idle time.Time // when the wait for the machine began
}

// An Outcome is how an attempt ended.
type Outcome int

const (
	Lasting        Outcome = iota // it has not ended
	Completed                     // the job has left the queue, done or failed
	Retried                       // the program failed, and the job is back in the queue
	EndedByHold                   // the job was held
	EndedByRemoval                // the job was removed
	Evicted                       // the machine was needed for something else
	Lost                          // the machine was lost, or HTCondor failed

	Outcomes int = iota // the number of outcomes
)

func (o Outcome) String() string {
	return [...]string{"lasting", "completed", "retried", "held", "removed", "evicted", "lost"}[o]
}

// Useful reports whether the program's time counts as computing, not as computing in vain:
// the program ended with status 0 or still runs.
func (a *Attempt) Useful() bool {
	return a.Outcome == Lasting || a.Outcome == Completed && a.Exit.OK()
}

// Begin returns the time of the attempt's first event.
func (a *Attempt) Begin() time.Time {
	return first(a.InputQueued, a.InputStarted, a.InputFinished, a.Executing)
}

// Wait returns how long the job waited for the machine.
func (a *Attempt) Wait() time.Duration { return span(a.idle, a.Begin()) }

// Queue returns how long the attempt waited for its turns to transfer inputs and outputs.
func (a *Attempt) Queue() time.Duration {
	return span(a.InputQueued, a.InputStarted) + span(a.OutputQueued, a.OutputStarted)
}

// Input returns how long the transfer of the inputs took.
func (a *Attempt) Input() time.Duration {
	return span(a.InputStarted, first(a.InputFinished, a.Executing))
}

// Compute returns how long the program ran, up to now if it still runs.
func (a *Attempt) Compute(now time.Time) time.Duration {
	return span(a.Executing, first(a.OutputQueued, a.OutputStarted, a.End, now))
}

// Output returns how long the transfer of the outputs took.
func (a *Attempt) Output() time.Duration {
	return span(a.OutputStarted, first(a.OutputFinished, a.End))
}

// Total returns how long the job had the machine, up to now if it still has it.
func (a *Attempt) Total(now time.Time) time.Duration { return span(a.Begin(), first(a.End, now)) }

// first returns the first of the times that is not zero.
func first(times ...time.Time) time.Time {
	for _, t := range times {
		if !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

// span returns the time from a to b. It is 0 if either is unknown or b is earlier: two
// programs write the log, and clocks are set back.
func span(a, b time.Time) time.Duration {
	if a.IsZero() || b.IsZero() || b.Before(a) {
		return 0
	}
	return b.Sub(a)
}
