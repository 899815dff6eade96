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
	Exit    Exit   // if the program ended: Completed, Retried
	Reason  string // why it ended if it was Evicted or Lost; "" if the log does not have it

	idle   Moment  // when the wait for the machine began
	pauses []pause // in which the job was suspended
}

// A pause is a suspension: to is zero until the job continues.
type pause struct{ from, to Moment }

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

// Total returns how long the job had the machine, up to now if it still has it: the sum of
// the attempt's pieces.
func (a *Attempt) Total(now Moment) (sum Elapsed) {
	for p := range a.Pieces(now) {
		sum = sum.Plus(p.Elapsed)
	}
	return sum
}

// Time returns how long the attempt did one thing, up to now if it has not ended.
func (a *Attempt) Time(what Activity, now Moment) (sum Elapsed) {
	for p := range a.Pieces(now) {
		if p.Activity == what {
			sum = sum.Plus(p.Elapsed)
		}
	}
	return sum
}

// An Activity is what happens in a part of an attempt.
type Activity int

const (
	Queueing   Activity = iota // the job waits for its turn to transfer inputs or outputs
	Inputs                     // inputs are transferred
	Computing                  // the program runs
	Suspension                 // the program is suspended
	Outputs                    // outputs are transferred
	Overhead                   // HTCondor starts the program or ends the attempt

	Activities int = iota // the number of activities
)

// A Piece is a part of an attempt.
type Piece struct {
	Activity
	From, To Moment
	Elapsed  // from From to To
}

// Pieces yields the parts of an attempt, up to now if it has not ended, in order and without
// gaps: each time counts for one activity. Events of several writers can be out of order by
// a moment. An event that is earlier than the one that it must follow counts as simultaneous.
func (a *Attempt) Pieces(now Moment) func(yield func(Piece) bool) {
	return func(yield func(Piece) bool) {
		at, doing, more := a.Begin(), Overhead, true
		until := func(t Moment, next Activity) {
			if !more || t.IsZero() { // the log does not have it
				return
			}
			if elapsed := at.Until(t); elapsed != (Elapsed{}) {
				more = yield(Piece{doing, at, t, elapsed})
				at = t
			}
			doing = next
		}
		until(a.InputQueued, Queueing)
		until(a.InputStarted, Inputs)
		until(a.InputFinished, Overhead)
		until(a.Executing, Computing)
		stop := first(a.OutputQueued, a.OutputStarted, a.OutputFinished, a.End, now)
		for _, p := range a.pauses {
			if !stop.IsZero() && !p.from.Before(at) && p.from.Before(stop) && doing == Computing {
				until(p.from, Suspension)
				if !p.to.IsZero() && p.to.Before(stop) {
					until(p.to, Computing)
				}
			}
		}
		until(a.OutputQueued, Queueing)
		until(a.OutputStarted, Outputs)
		until(a.OutputFinished, Overhead)
		until(first(a.End, now), Overhead)
	}
}

// first returns the first of the times that is not zero.
func first(times ...Moment) Moment {
	for _, t := range times {
		if !t.IsZero() {
			return t
		}
	}
	return Moment{}
}
