package timeline

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"matpool/condor"
	"matpool/internal/report"
)

// A phase is what a slot does. The order is that of the legend.
type phase int

const (
	queued    phase = iota // the job waits for its turn to transfer files
	input                  // its inputs are sent
	computing              // the program runs, and does what it is to do
	vain                   // it runs, and fails or is stopped
	output                 // outputs come back
	other                  // HTCondor starts the program, or ends the job
	phases
)

// A piece is a time in which a slot does one thing, in seconds from the beginning.
type piece struct {
	from, to float64
	phase    phase
}

// A mark is where a run has ended otherwise than well.
type mark struct {
	at   float64
	kind condor.Outcome // Retried, WasHeld, or WasLost for all that were cut short
}

// A row is what a slot has done.
type row struct {
	machine, system, slot string
	begins                []float64 // of runs
	pieces                []piece
	marks                 []mark
}

// rows returns what each slot has done since begin, in the order of their names. Jobs
// that had no slot yet when they were held are not in it.
func rows(r *report.Report, begin time.Time) []*row {
	bySlot := map[[2]string]*row{}
	var list []*row
	for _, j := range r.Run.Jobs {
		for i := range j.Runs {
			x := &j.Runs[i]
			slot := cmp.Or(x.Slot, x.Machine)
			if slot == "" {
				continue
			}
			// A machine that two systems share has two slots of that name.
			key := [2]string{slot, x.System}
			if bySlot[key] == nil {
				bySlot[key] = &row{machine: x.Machine, system: x.System, slot: slot}
				list = append(list, bySlot[key])
			}
			bySlot[key].add(x, begin, r.Latest)
		}
	}
	for _, r := range list {
		slices.Sort(r.begins)
		slices.SortStableFunc(r.pieces, func(a, b piece) int { return cmp.Compare(a.from, b.from) })
		slices.SortStableFunc(r.marks, func(a, b mark) int { return cmp.Compare(a.at, b.at) })
	}
	slices.SortFunc(list, func(a, b *row) int {
		return cmp.Or(natural(a.machine, b.machine), cmp.Compare(a.system, b.system), natural(a.slot, b.slot))
	})
	return list
}

// add adds a run, up to now if it lasts.
func (r *row) add(x *condor.Run, begin, now time.Time) {
	works := vain
	if x.Outcome == condor.Lasting || x.Outcome == condor.Completed && x.Exit.OK() {
		works = computing
	}
	end := x.End
	if end.IsZero() {
		end = now
	}
	at, doing := x.Begin(), other
	r.begins = append(r.begins, at.Sub(begin).Seconds())
	until := func(t time.Time, next phase) {
		if t.IsZero() {
			return // the log does not tell
		}
		if t.After(end) {
			t = end
		}
		if t.After(at) {
			r.pieces = append(r.pieces, piece{at.Sub(begin).Seconds(), t.Sub(begin).Seconds(), doing})
			at = t
		}
		doing = next
	}
	until(x.InputQueued, queued)
	until(x.InputStarted, input)
	until(x.InputFinished, other)
	until(x.Executing, works)
	until(x.OutputQueued, queued)
	until(x.OutputStarted, output)
	until(x.OutputFinished, other)
	until(end, other)
	switch x.Outcome {
	case condor.Retried, condor.WasHeld:
		r.marks = append(r.marks, mark{end.Sub(begin).Seconds(), x.Outcome})
	case condor.WasEvicted, condor.WasLost, condor.WasRemoved:
		r.marks = append(r.marks, mark{end.Sub(begin).Seconds(), condor.WasLost})
	}
}

// coarse returns pieces of which none is shorter than least: shorter ones are joined to
// those beside them, and what the slot did for most of that time, nothing perhaps, stands
// for all of it.
func coarse(pieces []piece, least float64) []piece {
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

// natural compares names in which numbers count as numbers: slot1_2 before slot1_10.
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

// digits returns how many digits a text begins with.
func digits(s string) int {
	return len(s) - len(strings.TrimLeft(s, "0123456789"))
}
