package timeline

import (
	"cmp"
	"slices"
	"strings"

	"matpool/condor/eventlog"
	"matpool/internal/watch/report"
)

// A phase is what a slot does: an [eventlog.Activity], or computing in vain. The order is that
// of the legend.
type phase int

const (
	queued    phase = iota // the job waits for its turn to transfer files
	input                  // inputs are sent
	computing              // the program runs
	vain                   // the program runs, but fails later or is stopped
	suspended              // the program is suspended
	output                 // outputs come back
	other                  // HTCondor starts the program or ends the attempt
	phases
)

var phaseOf = [eventlog.Activities]phase{
	eventlog.Queueing: queued, eventlog.Inputs: input, eventlog.Computing: computing,
	eventlog.Suspension: suspended, eventlog.Outputs: output, eventlog.Overhead: other,
}

// A piece is a time interval in one phase, in seconds from the beginning.
type piece struct {
	from, to float64
	phase    phase
}

// A mark is the end of an attempt that was not completed.
type mark struct {
	at   float64
	kind eventlog.Outcome // Retried, EndedByHold, or Lost for all others
}

// A row is the history of a slot.
type row struct {
	machine, system, slot string
	begins                []float64 // of attempts
	pieces                []piece
	marks                 []mark
	attempts              []attempt // in the order in which they began
}

// An attempt is all that one did, and of which job it was.
type attempt struct {
	job     int // its place in the run
	from    float64
	pieces  []piece
	outcome eventlog.Outcome
}

// rows returns a row for each slot, from begin on, in the order of their names, and the number
// of attempts that it omits because a time is unknown. It also omits attempts that ended
// before the log had their slot.
func rows(r *report.Report, begin eventlog.Moment) (list []*row, untimed int) {
	bySlot := map[[2]string]*row{}
	for n, j := range r.Run.Jobs {
		for i := range j.Attempts {
			a := &j.Attempts[i]
			slot := cmp.Or(a.Slot, a.Machine)
			if slot == "" {
				continue
			}
			// Two systems on one machine have slots of the same name.
			key := [2]string{slot, a.System}
			if bySlot[key] == nil {
				bySlot[key] = &row{machine: a.Machine, system: a.System, slot: slot}
				list = append(list, bySlot[key])
			}
			if !bySlot[key].add(n, a, begin, r.Latest) {
				untimed++
			}
		}
	}
	for _, r := range list {
		slices.Sort(r.begins)
		slices.SortStableFunc(r.pieces, func(a, b piece) int { return cmp.Compare(a.from, b.from) })
		slices.SortStableFunc(r.marks, func(a, b mark) int { return cmp.Compare(a.at, b.at) })
		slices.SortStableFunc(r.attempts, func(a, b attempt) int { return cmp.Compare(a.from, b.from) })
	}
	slices.SortFunc(list, func(a, b *row) int {
		return cmp.Or(natural(a.machine, b.machine), cmp.Compare(a.system, b.system), natural(a.slot, b.slot))
	})
	return list, untimed
}

// add adds an attempt of a job, up to now if it has not ended. It returns false, and adds nothing, if
// a time of the attempt is unknown.
func (r *row) add(job int, a *eventlog.Attempt, begin, now eventlog.Moment) bool {
	start, total := begin.Until(a.Begin()), a.Total(now)
	if start.Unknown || total.Unknown {
		return false
	}
	at := start.Seconds()
	r.begins = append(r.begins, at)
	shown := attempt{job: job, from: at, outcome: a.Outcome}
	for p := range a.Pieces(now) {
		doing := phaseOf[p.Activity]
		if doing == computing && !a.Useful() {
			doing = vain
		}
		to := at + p.Seconds()
		shown.pieces = append(shown.pieces, piece{at, to, doing})
		at = to
	}
	r.pieces = append(r.pieces, shown.pieces...)
	r.attempts = append(r.attempts, shown)
	if kind := markOf(a.Outcome); kind != eventlog.Lasting {
		r.marks = append(r.marks, mark{at, kind})
	}
	return true
}

// markOf returns which mark shows an outcome: Retried, EndedByHold, Lost, or Lasting for none.
func markOf(o eventlog.Outcome) eventlog.Outcome {
	switch o {
	case eventlog.Retried, eventlog.EndedByHold:
		return o
	case eventlog.Evicted, eventlog.Lost, eventlog.EndedByRemoval:
		return eventlog.Lost
	}
	return eventlog.Lasting
}

// merge joins pieces that are shorter than least with their neighbours. It replaces such a
// group by a single piece of the longest phase, or by none if most of the time has no phase.
func merge(pieces []piece, least float64) []piece {
	var list []piece
	emit := func(p piece) {
		if n := len(list); n > 0 && list[n-1].phase == p.phase && list[n-1].to >= p.from {
			list[n-1].to = max(list[n-1].to, p.to)
			return
		}
		list = append(list, p)
	}
	var group piece
	var spent [phases]float64
	flush := func() {
		idle := group.to - group.from
		most, longest := phase(0), 0.0
		for i, d := range spent {
			idle -= d
			if d > longest {
				most, longest = phase(i), d
			}
		}
		if longest > 0 && longest >= idle {
			emit(piece{group.from, group.to, most})
		}
		group, spent = piece{}, [phases]float64{}
	}
	for _, p := range pieces {
		if group.to > 0 && (p.from-group.to > least || group.to-group.from >= least) {
			flush()
		}
		if group.to == 0 && p.to-p.from >= least {
			emit(p)
			continue
		}
		if group.to == 0 {
			group.from = p.from
		}
		group.to = max(group.to, p.to)
		spent[p.phase] += p.to - p.from
	}
	flush()
	return list
}

// natural compares names by the numbers in them: slot1_2 before slot1_10.
func natural(a, b string) int {
	for a != "" && b != "" {
		i, j := digits(a), digits(b)
		if i == 0 || j == 0 {
			if a[0] != b[0] {
				return cmp.Compare(a[0], b[0])
			}
			a, b = a[1:], b[1:]
			continue
		}
		x, y := strings.TrimLeft(a[:i], "0"), strings.TrimLeft(b[:j], "0")
		if c := cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y)); c != 0 {
			return c
		}
		a, b = a[i:], b[j:]
	}
	return cmp.Compare(len(a), len(b))
}

// digits returns the number of digits at the beginning of s.
func digits(s string) int {
	return len(s) - len(strings.TrimLeft(s, "0123456789"))
}
