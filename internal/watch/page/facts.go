package page

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/internal/base/text"
	"matpool/internal/joblog"
	"matpool/internal/record"
	"matpool/internal/watch/report"
)

const unknown = "unknown: "

// facts answers what a reader asks first.
func facts(r *report.Report, m made) []fact {
	return []fact{complete(r), norm(m), multiplied(r, m), computedBy(m), checked(m), took(r, m)}
}

func complete(r *report.Report) fact {
	f := fact{Question: "Complete"}
	c, all := r.Run.Counts, text.Count(r.Run.All(), "job")
	switch r.Run.State() {
	case joblog.Done:
		f.Answer = "yes: " + all + " done"
		if r.Run.All() > 1 {
			f.Answer = "yes: all " + all + " are done"
		}
		if r.Run.Outputs != nil && r.Run.Outputs.Unknown == "" {
			f.Answer += ", and their outputs are there"
		} else {
			f.Answer += "; their outputs were not looked for"
		}
	case joblog.Going:
		f.Answer = "not yet: " + joblog.Counts(c)
	default:
		f.Answer = fmt.Sprintf("no: %s of %s done", text.Number(c.Done-r.Run.WithoutOutput()), all)
	}
	return f
}

func norm(m made) fact {
	f := fact{Question: "Norm"}
	switch n := m.recordedNorm; {
	case n.Value != "":
		f.Answer = n.Value
		f.More = []string{fmt.Sprintf("of these %s, by %s on %s", text.Count(n.Files, "output"), text.Plain(n.By), n.Time.UTC().Format("2006-01-02 15:04 UTC"))}
		if m.bySize > 0 {
			f.More = append(f.More, "if they are what their records say: some were compared by their size alone")
		}
	case m.norm != "" && m.stale:
		f.Answer = unknown + "outputs have changed since " + text.Plain(filepath.Base(m.normFile)) + " was written; matcombine computes it"
	case m.norm != "":
		f.Answer, f.More = m.norm, []string{"from " + text.Plain(m.normFile) + ", which the last node of the DAG wrote"}
	case m.normFile != "":
		f.Answer = unknown + "it is not recorded, and there is no " + text.Plain(filepath.Base(m.normFile)) + "; matcombine computes it"
	default:
		f.Answer = unknown + "the log does not name the submission file; matcombine computes it"
	}
	return f
}

// multiplied says what the jobs computed.
func multiplied(r *report.Report, m made) fact {
	f := fact{Question: "What was computed"}
	first, last, sum, unit := numbers(r)
	if first < 0 {
		f.Answer = unknown + "matsubmit did not submit these jobs"
		return f
	}
	if m.family.IsZero() {
		f.Answer = unknown + "there are no records of it (" + record.FileName + ")"
	} else {
		f.Answer, f.Code = formula(m.family), m.family.String()
	}
	what := fmt.Sprintf("%ss %d to %d", unit, first, last)
	if first == last {
		what = fmt.Sprintf("%s %d", unit, first)
	}
	if sum {
		what += "; each job returned the sum of its " + unit + "s"
	}
	f.More = append(f.More, what)
	if m.submission != "" {
		f.More = append(f.More, "submission file: "+text.Plain(m.submission))
	}
	return f
}

// numbers returns the numbers of the first and the last product, -1 if the log has none, and what they are.
func numbers(r *report.Report) (first, last int, sum bool, unit string) {
	first, last = -1, -1
	for _, j := range r.Run.Jobs {
		if note, ok := j.Note(); ok {
			if first < 0 || note.First < first {
				first = note.First
			}
			last = max(last, note.First+note.Count-1)
			sum, unit = note.Sum, note.Unit
		}
	}
	return first, last, sum, cmp.Or(unit, "product")
}

// formula describes a family in the signs of mathematics.
func formula(r record.Recipe) string {
	transposed := func(name string) string {
		if r.Get("transpose") == "a" {
			return name + "ᵀ"
		}
		return name
	}
	random := ""
	if r.Get("random") != "" {
		random = fmt.Sprintf(" of random %s×%[1]s matrices (%s, seed %s, %s, %s)", r.Get("size"), r.Get("random"), cmp.Or(r.Get("seed"), "unknown"), r.Get("dist"), r.Get("dtype"))
	}
	switch r.Op() {
	case "product":
		if random != "" {
			return transposed("A") + " · B" + random
		}
		return transposed(text.Plain(r.Get("a"))) + " · " + text.Plain(r.Get("b"))
	case "gram":
		if random != "" {
			return "Xᵀ · X" + random
		}
		return text.Plain(r.Get("x")) + "ᵀ · " + text.Plain(r.Get("x"))
	case "program":
		return strings.TrimSpace("what the program " + text.Plain(r.Get("name")) + " makes, called with " + cmp.Or(text.Plain(r.Get("args")), "no arguments"))
	}
	return r.Op()
}

func computedBy(m made) fact {
	f := fact{Question: "Program, version and kernel"}
	switch {
	case len(m.by) > 0:
		f.Answer = m.programs()
	case m.unknown != "":
		f.Answer = unknown + m.unknown
	default:
		f.Answer = unknown + "the outputs have no records"
	}
	if m.run.By != "" {
		f.More = append(f.More, "submitted by "+text.Plain(m.run.By))
	}
	return f
}

// checked says whether the results are what the programs made, and whether these checked them.
func checked(m made) fact {
	f := fact{Question: "Checked"}
	if m.unknown != "" {
		f.Answer = unknown + m.unknown
		return f
	}
	files := text.Count(m.files, "output")
	switch {
	case len(m.wrong) > 0:
		f.Answer = fmt.Sprintf("%s not what the records say", notAre(len(m.wrong), files))
		f.More = append(f.More, m.wrong[:min(len(m.wrong), 10)]...)
		if rest := len(m.wrong) - 10; rest > 0 {
			f.More = append(f.More, fmt.Sprintf("… and %d more", rest))
		}
	case m.recorded == 0:
		f.Answer = "no: the outputs have no records to compare them with"
	case m.bySize > 0:
		f.Answer = fmt.Sprintf("in part: %s of %s are what their records say, %s of them by their size alone; matwatch -check reads all", text.Number(m.recorded), files, text.Number(m.bySize))
	default:
		f.Answer = fmt.Sprintf("yes: %s of %s are, byte for byte, what their records say", text.Number(m.recorded), files)
	}
	switch {
	case m.recorded == 0:
	case m.checked == m.recorded:
		f.More = append(f.More, "matprod checked each product when it was computed (check = yes)")
	case m.checked > 0:
		f.More = append(f.More, fmt.Sprintf("matprod checked the products in %s of them when they were computed", text.Number(m.checked)))
	default:
		f.More = append(f.More, "the products were not checked when they were computed: check = yes was not set")
	}
	return f
}

func notAre(n int, of string) string {
	if n == 1 {
		return "no: 1 of " + of + " is"
	}
	return "no: " + text.Number(n) + " of " + of + " are"
}

// took compares how long the run took with what matsubmit said.
func took(r *report.Report, m made) fact {
	f := fact{Question: "Time", Answer: unknown + "the times in the log are out of order", More: nil}
	span := r.Makespan()
	if !span.Unknown {
		f.Answer = text.Duration(span.Duration)
		if r.Run.State() != joblog.Done {
			f.Answer += " so far"
		}
	}
	switch expected := m.run.Expected; {
	case expected == 0:
		f.Answer += "; no estimate of matsubmit is recorded"
	case span.Unknown:
		f.Answer += "; matsubmit had estimated " + text.Duration(expected)
	default:
		f.Answer += fmt.Sprintf("; matsubmit had estimated %s", text.Duration(expected))
		if ratio := span.Seconds() / expected.Seconds(); r.Run.State() == joblog.Done {
			f.Answer += fmt.Sprintf(" (it took %.1f × as long)", ratio)
		}
		if n := len(r.Run.Clusters); n > 1 {
			f.More = append(f.More, fmt.Sprintf("the estimate is from when the first of %d clusters was submitted", n))
		}
	}
	for _, line := range r.Times() {
		if !strings.HasPrefix(line, unknown) {
			f.More = append(f.More, line)
		}
	}
	return f
}

// share returns which part of the slots' time the jobs spent on something, in words.
func share(what string, d, whole time.Duration) string {
	if whole <= 0 {
		return ""
	}
	return fmt.Sprintf("%s %s (%.0f%%)", what, text.Duration(d), 100*d.Seconds()/whole.Seconds())
}

// timeSpent sums up how the jobs spent their time.
func timeSpent(r *report.Report) string {
	t := &r.Total
	if t.Busy == 0 {
		return ""
	}
	transfers := t.Spent[eventlog.Inputs] + t.Spent[eventlog.Outputs] + t.Spent[eventlog.Queueing]
	parts := []string{share("computing", t.Spent[eventlog.Computing], t.Busy), share("transfers", transfers, t.Busy)}
	if t.Vain > 0 {
		parts = append(parts, share("computing in vain", t.Vain, t.Busy))
	}
	line := fmt.Sprintf("With a machine, the jobs spent %s: %s.", text.Duration(t.Busy), strings.Join(parts, ", "))
	if wait := r.Spans.Wait; wait.Job != (condor.ID{}) {
		line += fmt.Sprintf(" Before that, a typical job waited %s for its machine, and the longest wait was %s.", text.Duration(wait.Median), text.Duration(wait.Max))
	}
	return line
}
