package page

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/internal/base/text"
	"matpool/internal/joblog"
	"matpool/internal/watch/report"
)

// Problems are those of one kind: what happened, in which jobs, and what became of them.
type problems struct {
	What    string
	Meaning string // "" if the name says it
	Advice  string // what to do about those that are open; "" if none is
	Rows    []problem
	More    int // those that are not listed

	all int
}

type problem struct{ Job, Products, Where, When, Why, Became string }

// A history collects problems by their kind, in the order in which a kind first happened.
type history struct {
	*report.Report
	kinds []*problems
	later eventlog.Makers // which job makes a product now
}

// allProblems returns everything that went wrong, also in jobs that others have replaced.
func allProblems(r *report.Report) []problems {
	h := history{Report: r}
	jobs := slices.Concat(r.Run.Jobs, r.Run.Superseded)
	slices.SortFunc(jobs, func(a, b *eventlog.Job) int { return a.Compare(b.ID) })
	if len(r.Run.Superseded) > 0 {
		var made []eventlog.Made
		for _, j := range r.Run.Jobs {
			note, _ := j.Note()
			made = append(made, eventlog.Made{First: note.First, Count: note.Count, Job: j})
		}
		h.later = eventlog.NewMakers(made)
	}
	for _, j := range jobs {
		h.job(j)
	}
	var list []problems
	for _, k := range h.kinds {
		k.More = k.all - len(k.Rows)
		list = append(list, *k)
	}
	return list
}

func (h *history) add(what, meaning, advice string, p problem) {
	i := slices.IndexFunc(h.kinds, func(k *problems) bool { return k.What == what && k.Meaning == meaning })
	if i < 0 {
		i = len(h.kinds)
		h.kinds = append(h.kinds, &problems{What: what, Meaning: meaning})
	}
	k := h.kinds[i]
	k.Advice = cmp.Or(k.Advice, advice)
	if k.all++; len(k.Rows) < joblog.PerCause {
		k.Rows = append(k.Rows, p)
	}
}

// job adds the problems of a job.
func (h *history) job(j *eventlog.Job) {
	about := func(a *eventlog.Attempt, when eventlog.Moment, why, became string) problem {
		p := problem{Job: j.ID.String(), Products: cmp.Or(joblog.Products(j), "-"), Where: "-", When: "-", Why: text.Plain(why), Became: became}
		if a != nil {
			slot, _, _ := strings.Cut(cmp.Or(a.Slot, a.Machine), "?")
			p.Where = cmp.Or(text.Plain(slot), "unknown")
		}
		if !when.IsZero() {
			p.When = when.Time().Format(h.Clock())
		}
		return p
	}
	for i := range j.Attempts {
		if a := &j.Attempts[i]; a.Outcome == eventlog.Retried {
			h.add("failed, run again: "+a.Exit.String(), "", "", about(a, a.End, "see its stderr", h.after(j, i)))
		}
	}
	for i, hold := range j.Holds {
		was := *j
		was.Hold = hold.JobHeld
		rule := was.ExplainHold()
		what := fmt.Sprintf("held, code %d, subcode %d", hold.Code, hold.Subcode)
		if rule.Label != "" {
			what += " (" + rule.Label + ")"
		}
		var a *eventlog.Attempt
		if hold.Attempt >= 0 {
			a = &j.Attempts[hold.Attempt]
		}
		became, open := h.afterHold(j, i)
		if !open {
			rule.Advice = ""
		}
		h.add(what, rule.Meaning, rule.Advice, about(a, hold.At, cmp.Or(hold.Reason, "no reason given"), became))
	}
	var last *eventlog.Attempt
	if n := len(j.Attempts); n > 0 {
		last = &j.Attempts[n-1]
	}
	switch {
	case j.State == eventlog.Failed:
		cause, _ := joblog.CauseOf(j)
		what := "failed for good: " + j.Exit.String()
		if j.Post != nil {
			what = "failed for good: its POST script ended with " + j.Post.String()
		}
		h.add(what, cause.String(), "", about(last, j.Since, "see its stderr", cmp.Or(h.again(j), "left the queue")))
	case j.State == eventlog.Removed && !endedByHold(j):
		cause, _ := joblog.CauseOf(j)
		h.add("removed", cause.String(), "", about(last, j.Since, cmp.Or(j.Reason, "no reason given"), cmp.Or(h.again(j), "left the queue")))
	}
	if names := h.Run.MissingOutputs(j); names != nil {
		h.add("done, but an output is missing", "", "matsubmit FILE -resubmit makes the missing outputs again", about(last, j.Since, text.First(names, ", "), "missing"))
	}
}

// endedByHold reports whether a job was removed while it was held: what became of the hold says so.
func endedByHold(j *eventlog.Job) bool {
	n := len(j.Holds)
	return j.RemovedByHold() || n > 0 && j.Holds[n-1].Released.IsZero()
}

// after says what became of a job after an attempt.
func (h *history) after(j *eventlog.Job, attempt int) string {
	if attempt+1 >= len(j.Attempts) {
		return h.now(j)
	}
	next := &j.Attempts[attempt+1]
	slot, _, _ := strings.Cut(cmp.Or(next.Slot, next.Machine), "?")
	return "ran again on " + cmp.Or(text.Plain(slot), "an unknown machine") + "; " + h.now(j)
}

// afterHold says what became of a hold, and whether somebody has yet to do something about it.
func (h *history) afterHold(j *eventlog.Job, i int) (became string, open bool) {
	hold := j.Holds[i]
	switch {
	case !hold.Released.IsZero():
		after := "released"
		if d := hold.At.Until(hold.Released); !d.Unknown {
			after += " after " + text.Duration(d.Duration)
		}
		by := text.Plain(hold.By)
		if strings.HasPrefix(by, "The job attribute PeriodicRelease ") {
			by = "by HTCondor" // the expression says no more
		}
		if by != "" {
			after += " (" + by + ")"
		}
		if i+1 < len(j.Holds) {
			return after + "; held again", false
		}
		return after + "; " + h.now(j), false
	case i+1 < len(j.Holds):
		return "held again", false
	case h.again(j) != "":
		return h.again(j), false
	case j.WillBeReleased():
		return "HTCondor will release it", false
	}
	return h.now(j), j.State == eventlog.Held || j.RemovedByHold()
}

// now says in which state a job is.
func (h *history) now(j *eventlog.Job) string {
	if again := h.again(j); again != "" {
		return again
	}
	switch j.State {
	case eventlog.Held:
		return "still held"
	case eventlog.Removed:
		return "removed"
	}
	return "now " + j.State.String()
}

// again says which jobs make the products of a job that others have replaced; "" for other jobs.
func (h *history) again(j *eventlog.Job) string {
	if _, current := slices.BinarySearchFunc(h.Run.Jobs, j.ID, func(k *eventlog.Job, id condor.ID) int { return k.Compare(id) }); current {
		return ""
	}
	note, _ := j.Note()
	var states []string
	for made := range h.later.In(note.First, note.Count) {
		state := fmt.Sprintf("%v: %v", made.Job.ID, made.Job.State)
		if made.Job != j && !slices.Contains(states, state) {
			states = append(states, state)
		}
	}
	if states == nil {
		return "submitted again"
	}
	return "submitted again as job " + text.First(states, ", ")
}
