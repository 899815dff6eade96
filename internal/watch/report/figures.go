// Package report prints where and when the jobs of a run ran, and how the time was spent, as text, CSV or JSON.
package report

import (
	"cmp"
	"slices"
	"time"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/internal/joblog"
)

// A Report is a run and its figures, up to the latest event of the log.
type Report struct {
	Names     []string // of the logs
	Run       *joblog.Run
	Submitted eventlog.Moment // the first submission; zero if the log does not have it
	First     eventlog.Moment // the first time that a job had a machine; zero if none had one
	Latest    eventlog.Moment // the latest event

	WholeSeconds  bool // the log has no fractions of seconds
	Unordered     bool // some times are unknown
	ClockWentBack bool // because the times of the log go back by more than a moment
	YearAssumed   bool // the log has no years
	Faults        []error
	FaultCount    int

	Machines []*Machine // by the time they computed, longest first
	Total    Machine
	Spans    Spans
}

// A Machine is the work of one machine, or of all machines together.
type Machine struct {
	Name, System string // "" if the log does not have it
	Slots        int    // the number of slots that had jobs
	Attempts     int
	Ends         [eventlog.Outcomes]int // attempts by [eventlog.Outcome]
	Failed       int                    // those of Completed whose program failed
	Untimed      int                    // attempts with an unknown time; the sums below lack them

	Standing string // what other machines found of its outputs, as it is recorded; "" if nothing

	Computed time.Duration // by a typical job of a machine: the median of those that ended with status 0; 0 if none has, or of all machines together

	Busy  time.Duration                      // the time that slots had a job: the sum of the times below
	Spent [eventlog.Activities]time.Duration // without Vain
	Vain  time.Duration                      // computed by other programs than [eventlog.Attempt.Useful] ones
}

// Overhead returns the share of Busy that is not spent on useful computing.
func (m *Machine) Overhead() float64 {
	if m.Busy == 0 {
		return 0
	}
	return 1 - float64(m.Spent[eventlog.Computing])/float64(m.Busy)
}

func (m *Machine) add(a *eventlog.Attempt, now eventlog.Moment) {
	m.Attempts++
	m.Ends[a.Outcome]++
	if a.Outcome == eventlog.Completed && !a.Exit.OK() {
		m.Failed++
	}
	total := a.Total(now)
	if total.Unknown {
		m.Untimed++
		return
	}
	m.Busy += total.Duration
	for piece := range a.Pieces(now) {
		if piece.Activity == eventlog.Computing && !a.Useful() {
			m.Vain += piece.Duration
		} else {
			m.Spent[piece.Activity] += piece.Duration
		}
	}
}

// Spans are statistics of the attempts that ended with status 0.
type Spans struct{ Wait, Input, Compute, Output Span }

// A Span is the median and the maximum of durations, and the job with the maximum.
type Span struct {
	Median, Max time.Duration
	Job         condor.ID
	all         []time.Duration
}

func (s *Span) add(e eventlog.Elapsed, id condor.ID) {
	if e.Unknown {
		return
	}
	d := e.Duration
	if s.all = append(s.all, d); d > s.Max || len(s.all) == 1 {
		s.Max, s.Job = d, id
	}
}

func (s *Span) close() {
	if slices.Sort(s.all); len(s.all) > 0 {
		s.Median = s.all[(len(s.all)-1)/2]
	}
	s.all = nil
}

// New returns the report of a run in the journal.
func New(j *joblog.Journal, run *joblog.Run) *Report {
	r := &Report{Names: j.Names, Run: run, Latest: j.History.Latest(),
		WholeSeconds: true, ClockWentBack: j.History.ClockWentBack, YearAssumed: j.History.YearAssumed, Faults: j.Faults, FaultCount: j.FaultCount}
	machines := map[[2]string]*Machine{}
	slots := map[[2]string]bool{}
	computed := map[*Machine]*Span{}
	for _, job := range run.Jobs {
		r.Submitted = r.Submitted.Earlier(job.SubmittedAt())
		for i := range job.Attempts {
			a := &job.Attempts[i]
			r.First = r.First.Earlier(a.Begin())
			r.WholeSeconds = r.WholeSeconds && a.Begin().Time().Nanosecond() == 0 && a.End.Time().Nanosecond() == 0
			r.Unordered = r.Unordered || a.Wait().Unknown
			r.Total.add(a, r.Latest)
			key := [2]string{a.Machine, a.System}
			m := machines[key]
			if m == nil {
				m = &Machine{Name: a.Machine, System: a.System}
				machines[key] = m
				r.Machines = append(r.Machines, m)
				computed[m] = &Span{}
			}
			m.add(a, r.Latest)
			if slot := [2]string{a.Slot, a.System}; a.Slot != "" && !slots[slot] {
				slots[slot] = true
				m.Slots++
				r.Total.Slots++
			}
			if a.Outcome == eventlog.Completed && a.Exit.OK() {
				r.Spans.Wait.add(a.Wait(), job.ID)
				r.Spans.Input.add(a.Time(eventlog.Inputs, r.Latest), job.ID)
				r.Spans.Compute.add(a.Time(eventlog.Computing, r.Latest), job.ID)
				computed[m].add(a.Time(eventlog.Computing, r.Latest), job.ID)
				r.Spans.Output.add(a.Time(eventlog.Outputs, r.Latest), job.ID)
			}
		}
	}
	r.Unordered = r.Unordered || r.Total.Untimed > 0 || r.Makespan().Unknown
	for _, s := range []*Span{&r.Spans.Wait, &r.Spans.Input, &r.Spans.Compute, &r.Spans.Output} {
		s.close()
	}
	for m, s := range computed {
		s.close()
		m.Computed = s.Median
	}
	slices.SortFunc(r.Machines, func(a, b *Machine) int {
		return cmp.Or(cmp.Compare(b.Spent[eventlog.Computing], a.Spent[eventlog.Computing]), cmp.Compare(b.Attempts, a.Attempts), cmp.Compare(a.Name, b.Name), cmp.Compare(a.System, b.System))
	})
	return r
}

// Makespan returns the time from the first submission to the latest event.
func (r *Report) Makespan() eventlog.Elapsed {
	return r.Submitted.Earlier(r.First).Until(r.Latest)
}

// Between returns the total time that the slots had no job, from the first time that one had
// a job to the latest event.
func (r *Report) Between() eventlog.Elapsed {
	span := r.First.Until(r.Latest)
	if span.Unknown || r.Total.Untimed > 0 {
		return eventlog.Elapsed{Unknown: true}
	}
	return eventlog.Elapsed{Duration: max(0, time.Duration(r.Total.Slots)*span.Duration-r.Total.Busy)}
}
