package page

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"matpool/condor/eventlog"
	"matpool/internal/base/text"
	"matpool/internal/watch/report"
)

// A machine is slow if its typical job computes slowFactor times as long as that of all machines, and not by a second
// only, since most logs have whole seconds.
const (
	slowFactor = 1.5
	slowLeast  = time.Second
)

func isSlow(m *report.Machine, all time.Duration) bool {
	return m.Computed > all+slowLeast && m.Computed.Seconds() > slowFactor*all.Seconds()
}

// slow says which machines were slow.
func slow(r *report.Report) string {
	all := r.Spans.Compute.Median
	list := slices.DeleteFunc(slices.Clone(r.Machines), func(m *report.Machine) bool { return m.Ends[eventlog.Completed] == m.Failed })
	switch len(list) {
	case 0:
		return "Which machine is slow is unknown: no job is done."
	case 1:
		return fmt.Sprintf("All jobs that are done ran on %s: their median is %s of computing.", name(r, list[0]), text.Duration(all))
	}
	slices.SortStableFunc(list, func(a, b *report.Machine) int { return cmp.Compare(b.Computed, a.Computed) })
	var names []string
	for _, m := range list {
		if isSlow(m, all) {
			names = append(names, fmt.Sprintf("%s (%s a job)", name(r, m), text.Duration(m.Computed)))
		}
	}
	if fast, slow := list[len(list)-1].Computed, list[0].Computed; fast == slow {
		return fmt.Sprintf("No machine was slower than the others: on each, the median job computes %s.", text.Duration(all))
	}
	if names == nil {
		return fmt.Sprintf("No machine was much slower than the others: the median job computes %s; it takes from %s on %s to %s on %s.", text.Duration(all),
			text.Duration(list[len(list)-1].Computed), name(r, list[len(list)-1]), text.Duration(list[0].Computed), name(r, list[0]))
	}
	return fmt.Sprintf("Slow: %s, while the median of all jobs is %s of computing.", text.First(names, ", "), text.Duration(all))
}

// failures says on which machines attempts did not come to their end.
func failures(r *report.Report) string {
	type failing struct {
		*report.Machine
		n int
	}
	var list []failing
	for _, m := range r.Machines {
		if n := m.Failed + m.Ends[eventlog.Retried] + m.Ends[eventlog.EndedByHold] + m.Ends[eventlog.Lost]; n > 0 {
			list = append(list, failing{m, n})
		}
	}
	if list == nil {
		return "No attempt failed, was held or was lost."
	}
	slices.SortStableFunc(list, func(a, b failing) int { return cmp.Compare(b.n, a.n) })
	var names []string
	for _, f := range list {
		names = append(names, fmt.Sprintf("%s (%s of %s)", name(r, f.Machine), text.Number(f.n), text.Count(f.Attempts, "attempt")))
	}
	return fmt.Sprintf("Failed, held or lost: %s.", text.First(names, ", "))
}

// name returns a machine's name, with its system if there are several of this name.
func name(r *report.Report, m *report.Machine) string {
	name, _, _ := strings.Cut(m.Name, "?")
	name = cmp.Or(text.Plain(name), "a machine without a name")
	if slices.ContainsFunc(r.Machines, func(other *report.Machine) bool { return other != m && other.Name == m.Name }) {
		name += " with " + cmp.Or(text.Plain(strings.ToLower(m.System)), "an unknown system")
	}
	return name
}

// machines is the report's table, with the median of a job, by which one sees who is slow.
func machines(r *report.Report) report.Table {
	t := r.ByMachine()
	if len(t.Rows) == 0 {
		return t
	}
	at := slices.Index(t.Rows[0], "computed")
	for i, row := range t.Rows {
		what := "a job, median"
		if i > 0 {
			what = "-"
			m := r.Machines[i-1]
			if m.Ends[eventlog.Completed] > m.Failed {
				what = text.Duration(m.Computed)
			}
			if isSlow(m, r.Spans.Compute.Median) {
				what += " (slow: " + strconv.FormatFloat(m.Computed.Seconds()/max(r.Spans.Compute.Median.Seconds(), 0.01), 'f', 1, 64) + " ×)"
			}
		}
		t.Rows[i] = slices.Insert(slices.Clone(row), at, what)
	}
	return t
}
