// Package report says where and when the jobs of a run ran, and what the time was spent on: for people, as CSV, as JSON.
package report

import (
	"cmp"
	"slices"
	"time"

	"matpool/condor"
	"matpool/internal/joblog"
)

// A Report is a run and its figures, up to the latest event of the log.
type Report struct {
	Names     []string // of the logs
	Run       *joblog.Run
	Submitted time.Time // the first of the jobs; zero if no log tells
	First     time.Time // when the first job had a machine; zero if none has yet
	Latest    time.Time
	Seconds   bool // the log tells no fractions of a second
	Years     bool // nor the year
	Faults    []error
	Faulty    int

	Machines []*Machine // in the order of what they have computed, most first
	Total    Machine
	Longest  Longest
}

// A Machine is what one machine has done, or all of them together.
type Machine struct {
	Name, System string // "" where the log does not tell
	Slots        int    // that had jobs
	Runs         int
	Ends         [condor.WasLost + 1]int // runs by their [condor.Outcome]

	// Busy is how long slots had a job. It is the sum of what follows, and of what
	// HTCondor needs before and after the program runs.
	Busy     time.Duration
	Queued   time.Duration // waiting for a turn to transfer files
	Input    time.Duration
	Output   time.Duration
	Computed time.Duration // by programs that did what they were to do, or still run
	Vain     time.Duration // by those that failed, or were stopped
}

// Overhead returns which share of the time that slots had a job was not computed in.
func (m *Machine) Overhead() float64 {
	if m.Busy == 0 {
		return 0
	}
	return 1 - float64(m.Computed)/float64(m.Busy)
}

// Rest returns what of Busy nothing accounts for.
func (m *Machine) Rest() time.Duration {
	return m.Busy - m.Queued - m.Input - m.Output - m.Computed - m.Vain
}

func (m *Machine) add(r *condor.Run, now time.Time) {
	m.Runs++
	m.Ends[r.Outcome]++
	m.Busy += r.Total(now)
	m.Queued += r.Queue()
	m.Input += r.Input()
	m.Output += r.Output()
	if useful(r) {
		m.Computed += r.Compute(now)
	} else {
		m.Vain += r.Compute(now)
	}
}

func useful(r *condor.Run) bool {
	return r.Outcome == condor.Lasting || r.Outcome == condor.Completed && r.Exit.OK()
}

// Longest tells of each span of a run that was done how long it mostly was, and the most.
type Longest struct{ Wait, Input, Compute, Output Span }

// A Span is the median of some durations, and the longest, with the job it was.
type Span struct {
	Median, Max time.Duration
	Job         condor.ID
	all         []time.Duration
}

func (s *Span) add(d time.Duration, id condor.ID) {
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

// New makes the report of a run that a journal tells of.
func New(j *joblog.Journal, run *joblog.Run) *Report {
	r := &Report{Names: j.Names, Run: run, Latest: j.Latest, Seconds: true, Years: !j.History.YearAssumed, Faults: j.Faults, Faulty: j.Faulty}
	machines := map[[2]string]*Machine{}
	slots := map[[2]string]bool{}
	for _, job := range run.Jobs {
		r.Submitted = earliest(r.Submitted, job.Submitted)
		for i := range job.Runs {
			x := &job.Runs[i]
			r.First = earliest(r.First, x.Begin())
			r.Seconds = r.Seconds && x.Begin().Nanosecond() == 0 && x.End.Nanosecond() == 0
			r.Total.add(x, r.Latest)
			key := [2]string{x.Machine, x.System}
			m := machines[key]
			if m == nil {
				m = &Machine{Name: x.Machine, System: x.System}
				machines[key] = m
				r.Machines = append(r.Machines, m)
			}
			m.add(x, r.Latest)
			if slot := [2]string{x.Slot, x.System}; x.Slot != "" && !slots[slot] {
				slots[slot] = true
				m.Slots++
				r.Total.Slots++
			}
			if x.Outcome == condor.Completed && x.Exit.OK() {
				r.Longest.Wait.add(x.Wait(), job.ID)
				r.Longest.Input.add(x.Input(), job.ID)
				r.Longest.Compute.add(x.Compute(r.Latest), job.ID)
				r.Longest.Output.add(x.Output(), job.ID)
			}
		}
	}
	for _, s := range []*Span{&r.Longest.Wait, &r.Longest.Input, &r.Longest.Compute, &r.Longest.Output} {
		s.close()
	}
	slices.SortFunc(r.Machines, func(a, b *Machine) int {
		return cmp.Or(cmp.Compare(b.Computed, a.Computed), cmp.Compare(b.Runs, a.Runs), cmp.Compare(a.Name, b.Name), cmp.Compare(a.System, b.System))
	})
	return r
}

// earliest returns the earlier of two times, either of which may not be known.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// Makespan returns the time from the first submission to the last event.
func (r *Report) Makespan() time.Duration {
	if from := earliest(r.Submitted, r.First); !from.IsZero() {
		return r.Latest.Sub(from)
	}
	return 0
}

// Between returns how long the slots had no job, from the first begin of a job to the
// last event.
func (r *Report) Between() time.Duration {
	if r.First.IsZero() {
		return 0
	}
	return max(0, time.Duration(r.Total.Slots)*r.Latest.Sub(r.First)-r.Total.Busy)
}
