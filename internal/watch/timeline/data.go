package timeline

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"matpool/condor/eventlog"
)

// Data is all attempts in a form that needs few bytes, for [Script]. Lists of numbers are texts: see [numbers].
type Data struct {
	Unit  float64  `json:"unit"` // the seconds in which times are counted
	Span  int      `json:"span"` // of all rows, in units
	Since string   `json:"since"`
	Noun  string   `json:"noun"` // what is numbered
	Rows  []string `json:"rows"` // the slots' names

	// Jobs has five numbers for each series of jobs: their number; the cluster, the job's number in it, and the first
	// product, each less what would continue the series before; and the products of each job. A job of a series has
	// the cluster of the one before and the next number or, if it is the job 0 of its cluster, the next cluster.
	Jobs string `json:"jobs"`

	// Kinds are what attempts can consist of: the outcome, then the phases.
	Kinds [][]int `json:"kinds"`
	// Attempts has a text for each row, with some numbers for each attempt: the place of the job less that of the
	// attempt before; the time since that ended; the kind; and how long each phase took.
	Attempts []string `json:"attempts"`

	Phases   []string `json:"phases"`   // the names of their classes
	Words    []string `json:"words"`    // and for the reader
	Outcomes []string `json:"outcomes"` // of attempts, for the reader
	Marks    []string `json:"marks"`    // the symbol for each outcome; "" for none
}

func (p *Picture) data() Data {
	unit := unitFor(p.span)
	d := Data{Unit: unit, Span: int(math.Ceil(p.span / unit)), Since: p.since, Jobs: p.series(), Phases: phaseClasses[:phases], Words: phaseNames[:]}
	domain := commonDomain(p.rows)
	kinds := map[string]int{}
	for _, r := range p.rows {
		d.Rows = append(d.Rows, shorten(r.slot, domain))
		var row numbers
		job, at := 0, 0
		for _, a := range r.attempts {
			kind := []int{int(a.outcome)}
			for _, piece := range a.pieces {
				kind = append(kind, int(piece.phase))
			}
			name := fmt.Sprint(kind)
			if _, ok := kinds[name]; !ok {
				kinds[name] = len(d.Kinds)
				d.Kinds = append(d.Kinds, kind)
			}
			from := int(math.Round(a.from / unit))
			row.add(a.job-job, from-at, kinds[name])
			job, at = a.job, from
			for _, piece := range a.pieces {
				to := int(math.Round(piece.to / unit))
				row.add(to - at)
				at = to
			}
		}
		d.Attempts = append(d.Attempts, row.String())
	}
	for o := range eventlog.Outcome(eventlog.Outcomes) {
		d.Outcomes = append(d.Outcomes, o.String())
		d.Marks = append(d.Marks, markClasses[markOf(o)])
	}
	if i := slices.IndexFunc(p.jobs, func(j *eventlog.Job) bool { note, ok := j.Note(); return ok && note.Unit != "" }); i >= 0 {
		note, _ := p.jobs[i].Note()
		d.Noun = note.Unit
	}
	d.Noun = cmp.Or(d.Noun, "product")
	return d
}

// series returns the jobs as [Data] has them.
func (p *Picture) series() string {
	type job struct{ cluster, proc, first, count int }
	next := func(j job) job { // what continues a series
		n := job{j.cluster, j.proc + 1, j.first + j.count, j.count}
		if j.proc == 0 {
			n.cluster, n.proc = j.cluster+1, 0
		}
		return n
	}
	of := func(j *eventlog.Job) job {
		note, _ := j.Note()
		return job{j.Cluster, j.Proc, note.First, note.Count}
	}
	var list numbers
	expected := job{}
	for i := 0; i < len(p.jobs); {
		begin := of(p.jobs[i])
		// Job 0 of a cluster can be followed by job 1 or by the next cluster.
		n, last := 1, begin
		for i+n < len(p.jobs) {
			j := of(p.jobs[i+n])
			if j != next(last) {
				break
			}
			n, last = n+1, j
		}
		list.add(n, begin.cluster-expected.cluster, begin.proc-expected.proc, begin.first-expected.first, begin.count)
		i, expected = i+n, next(last)
	}
	return list.String()
}

// Numbers are integers as source maps have them ("Source Map Revision 3 Proposal"): digits of six bits, the lowest
// first, of which one says that another digit follows. The lowest bit of the number is its sign.
type numbers struct{ strings.Builder }

func (s *numbers) add(list ...int) {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	for _, n := range list {
		u := uint(n) << 1
		if n < 0 {
			u = uint(-n)<<1 | 1
		}
		for ; u >= 32; u >>= 5 {
			s.WriteByte(digits[u&31|32])
		}
		s.WriteByte(digits[u])
	}
}
