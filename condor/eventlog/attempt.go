package eventlog

// An Attempt is one time that a job had a machine. A time that the log does not have is
// zero.
type Attempt struct {
	Machine, Slot, System string // as named in the log

	InputQueued    Moment // it waits for its turn to transfer the inputs
	InputStarted   Moment
	InputFinished  Moment
	Executing      Moment // the program starts
	OutputQueued   Moment
	OutputStarted  Moment
	OutputFinished Moment
	End            Moment // zero for an attempt that has not ended

	Outcome Outcome
	Exit    Exit // if the program ended: Completed, Retried

	idle Moment // when the wait for the machine began
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

// Useful reports whether the program's time counts as computing, not as computing in vain: the
// program ended with status 0, or still runs, or HTCondor kept its files when the attempt was
// evicted.
func (a *Attempt) Useful() bool {
	switch a.Outcome {
	case Completed:
		return a.Exit.OK()
	case Evicted:
		return !a.OutputFinished.IsZero()
	}
	return a.Outcome == Lasting
}

// Begin returns the time of the attempt's first event.
func (a *Attempt) Begin() Moment {
	return first(a.InputQueued, a.InputStarted, a.InputFinished, a.Executing)
}

// Wait returns how long the job waited for the machine.
func (a *Attempt) Wait() Elapsed { return a.idle.Until(a.Begin()) }

// Queue returns how long the attempt waited for its turns to transfer inputs and outputs.
func (a *Attempt) Queue() Elapsed {
	return a.InputQueued.Until(a.InputStarted).Plus(a.OutputQueued.Until(a.OutputStarted))
}

// Input returns how long the transfer of the inputs took.
func (a *Attempt) Input() Elapsed {
	return a.InputStarted.Until(first(a.InputFinished, a.Executing))
}

// Compute returns how long the program ran, up to now if it still runs.
func (a *Attempt) Compute(now Moment) Elapsed {
	return a.Executing.Until(first(a.OutputQueued, a.OutputStarted, a.End, now))
}

// Output returns how long the transfer of the outputs took.
func (a *Attempt) Output() Elapsed {
	return a.OutputStarted.Until(first(a.OutputFinished, a.End))
}

// Total returns how long the job had the machine, up to now if it still has it.
func (a *Attempt) Total(now Moment) Elapsed { return a.Begin().Until(first(a.End, now)) }

// first returns the first of the times that is not zero.
func first(times ...Moment) Moment {
	for _, t := range times {
		if !t.IsZero() {
			return t
		}
	}
	return Moment{}
}
