package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/internal/base/text"
	"matpool/internal/joblog"
)

const (
	maxJobs   = 100 // a larger run lists only the jobs that had problems
	maxListed = 40  // the number of such jobs, and of machines, that are listed
)

func (r *Report) Print(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "%s: %s\n", strings.Join(r.Names, ", "), r.Run.Summary())
	if proviso := r.Run.Proviso(); proviso != "" {
		fmt.Fprintln(out, proviso)
	}
	for _, line := range r.Times() {
		fmt.Fprintln(out, line)
	}
	for _, t := range []Table{r.Spending(), r.Typical(), r.ByMachine(), r.ByJob()} {
		t.print(out)
	}
	r.printHolds(out)
	r.printInterruptions(out)
	r.printFaults(out)
	return out.Flush()
}

const timeFormat = "2006-01-02 15:04:05"

// Times returns when the run was submitted and how long it took, and what is unknown of its times, a line each.
func (r *Report) Times() (lines []string) {
	line := ""
	if !r.Submitted.IsZero() {
		line = fmt.Sprintf("submitted %s, ", r.Submitted.Time().Format(timeFormat))
	}
	if !r.Latest.IsZero() {
		line += fmt.Sprintf("last event %s, makespan %s", r.Latest.Time().Format(timeFormat), duration(r.Makespan()))
		if r.YearAssumed {
			line += " (the log has no years: the latest possible are assumed)"
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	if r.Unordered {
		why := "events are out of order"
		if r.ClockWentBack {
			why = "the times in the log go back, at the end of summer time or when a clock was corrected"
		}
		line := "unknown: " + why
		if n := r.Total.Untimed; n > 0 {
			line += fmt.Sprintf("; the totals lack %s", text.Count(n, "attempt"))
		}
		lines = append(lines, line)
	}
	return lines
}

// Spending is the table of what the slots did.
func (r *Report) Spending() (t Table) {
	if r.Total.Attempts == 0 {
		return t
	}
	between := r.Between()
	whole := r.Total.Busy + between.Duration
	t.Left = 1
	heading := "how the time was spent" // the log may not have the slots yet
	if r.Total.Slots > 0 {
		heading = "how " + text.Count(r.Total.Slots, "slot") + " spent the time"
	}
	t.row(heading, "total", "share")
	line := func(what string, d time.Duration) {
		if d != 0 {
			t.row("  "+what, d, share(d, whole))
		}
	}
	spent := &r.Total.Spent
	line("computing", spent[eventlog.Computing])
	line("computing in vain: failed, held, lost, removed, or evicted and nothing kept", r.Total.Vain)
	line("suspended", spent[eventlog.Suspension])
	line("waiting for a turn to transfer files", spent[eventlog.Queueing])
	line("inputs", spent[eventlog.Inputs])
	line("outputs", spent[eventlog.Outputs])
	line("starting and ending", spent[eventlog.Overhead])
	const without = "without a job of this run"
	if between.Unknown {
		t.row("  "+without, between, "-")
	} else {
		line(without, between.Duration)
	}
	t.Note = "overhead: " + overhead(&r.Total)
	if !r.Total.sum(0).Unknown {
		t.Note += " of the time with a job"
	}
	if r.WholeSeconds {
		t.Note += " (the log has whole seconds)"
	}
	return t
}

// Typical is the table of how long the jobs took that are done.
func (r *Report) Typical() Table {
	s := r.Spans
	t := Table{Left: 1}
	t.row("jobs that are done", "median", "longest", "job")
	for _, span := range []struct {
		what string
		Span
	}{{"  waited for a machine", s.Wait}, {"  inputs", s.Input}, {"  computed", s.Compute}, {"  outputs", s.Output}} {
		if span.Job != (condor.ID{}) {
			t.row(span.what, span.Median, span.Max, span.Job)
		}
	}
	if len(t.Rows) == 1 {
		return Table{}
	}
	return t
}

// ByMachine is the table of the machines that worked most.
func (r *Report) ByMachine() (t Table) {
	if len(r.Machines) == 0 {
		return t
	}
	t.Left = 2
	t.row("machine", "system", "slots", "attempts", "done", "failed", "retried", "held", "cut short", "computed", "in vain", "transfers", "overhead")
	judged := slices.ContainsFunc(r.Machines, func(m *Machine) bool { return m.Standing != "" })
	if judged {
		t.Rows[0] = append(t.Rows[0], "others found")
	}
	for _, m := range r.Machines[:min(maxListed, len(r.Machines))] {
		t.row(cmp.Or(short(m.Name), "(unknown)"), strings.ToLower(m.System), m.Slots, m.Attempts, m.Ends[eventlog.Completed]-m.Failed, m.Failed, m.Ends[eventlog.Retried], m.Ends[eventlog.EndedByHold],
			m.Ends[eventlog.Evicted]+m.Ends[eventlog.Lost]+m.Ends[eventlog.EndedByRemoval], m.sum(m.Spent[eventlog.Computing]), m.sum(m.Vain),
			m.sum(m.Spent[eventlog.Inputs]+m.Spent[eventlog.Outputs]+m.Spent[eventlog.Queueing]), overhead(m))
		if judged {
			t.Rows[len(t.Rows)-1] = append(t.Rows[len(t.Rows)-1], cmp.Or(m.Standing, "-"))
		}
	}
	if rest := len(r.Machines) - maxListed; rest > 0 {
		t.Note = fmt.Sprintf("… and %s", text.Count(rest, "more machine"))
	}
	return t
}

// ByJob is the table of the jobs or, if there are many, of the first that had problems.
func (r *Report) ByJob() (t Table) {
	jobs := r.Run.Jobs
	if len(jobs) > maxJobs {
		var problems []*eventlog.Job
		for _, j := range jobs {
			if _, ok := joblog.CauseOf(j); ok || j.Retries+j.Evictions+len(j.Holds)+len(r.Run.MissingOutputs(j)) > 0 {
				problems = append(problems, j)
			}
		}
		t.Title = fmt.Sprintf("%s of %d had problems; -csv lists all jobs", text.Count(len(problems), "job"), len(jobs))
		jobs = problems[:min(maxListed, len(problems))]
		if rest := len(problems) - len(jobs); rest > 0 {
			t.Title += fmt.Sprintf("; the first %d", len(jobs))
		}
	}
	if len(jobs) == 0 {
		return t
	}
	t.Left = 4
	numbers := "product"
	if note, ok := jobs[0].Note(); ok && note.Unit != "" {
		numbers = "index"
	}
	t.row("job", numbers, "state", "last slot", "attempts", "began", "ended", "waited", "inputs", "computed", "outputs")
	clock := r.Clock()
	for _, j := range jobs {
		var wait, input, compute, output eventlog.Elapsed
		began, ended, where := "-", "-", "-"
		for i := range j.Attempts {
			a := &j.Attempts[i]
			spent := func(what eventlog.Activity) eventlog.Elapsed { return a.Time(what, r.Latest) }
			wait, input, compute, output = wait.Plus(a.Wait()), input.Plus(spent(eventlog.Inputs)), compute.Plus(spent(eventlog.Computing)), output.Plus(spent(eventlog.Outputs))
			if i == 0 {
				began = a.Begin().Time().Format(clock)
			}
			if i == len(j.Attempts)-1 {
				where = cmp.Or(a.Slot, short(a.Machine), "-")
				if !a.End.IsZero() {
					ended = a.End.Time().Format(clock)
				}
			}
		}
		what := state(j)
		if r.Run.MissingOutputs(j) != nil {
			what = "no output"
		}
		t.row(j.ID, cmp.Or(joblog.Products(j), "-"), what, where, len(j.Attempts), began, ended, wait, input, compute, output)
	}
	return t
}

// Clock returns the layout of times: without the date if the run took at most a day.
func (r *Report) Clock() string {
	if r.Latest.Time().Sub(r.Submitted.Earlier(r.First).Time()) > 24*time.Hour {
		return "01-02 15:04"
	}
	return "15:04:05"
}

// sum returns a sum of times, which is unknown if that of each attempt is.
func (m *Machine) sum(d time.Duration) eventlog.Elapsed {
	return eventlog.Elapsed{Duration: d, Unknown: m.Untimed > 0 && m.Untimed == m.Attempts}
}

func overhead(m *Machine) string {
	if m.sum(m.Busy).Unknown {
		return "unknown"
	}
	return percent(m.Overhead())
}

// short cuts a machine's name at a question mark: if the log has no name, this is an address
// with parameters.
func short(machine string) string {
	name, _, _ := strings.Cut(machine, "?")
	return name
}

func state(j *eventlog.Job) string {
	switch {
	case j.State == eventlog.Held:
		return "held " + strconv.Itoa(j.Hold.Code) + "/" + strconv.Itoa(j.Hold.Subcode)
	case j.State == eventlog.Failed:
		return "failed: " + j.Exit.String()
	}
	return j.State.String()
}

func (r *Report) printHolds(w io.Writer) {
	lines := joblog.Explain(r.Run.Jobs)
	if len(lines) > 0 {
		fmt.Fprintln(w)
	}
	for _, line := range lines {
		fmt.Fprintln(w, line)
	}
}

func (r *Report) printInterruptions(w io.Writer) {
	list := r.Run.Interruptions()
	if len(list) > 0 {
		fmt.Fprintln(w)
	}
	for _, i := range list[:min(maxListed, len(list))] {
		fmt.Fprintln(w, i)
	}
}

func (r *Report) printFaults(w io.Writer) {
	if r.FaultCount == 0 {
		return
	}
	fmt.Fprintf(w, "\nskipped: %s in the log that cannot be read\n", text.Count(r.FaultCount, "place"))
	for _, err := range r.Faults {
		fmt.Fprintln(w, " ", err)
	}
	if rest := r.FaultCount - len(r.Faults); rest > 0 {
		fmt.Fprintf(w, "  … and %d more\n", rest)
	}
}
