package joblog

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"matpool/condor/eventlog"
	"matpool/internal/status"
	"matpool/internal/text"
)

// Summary describes the run in a line: its clusters, and how many jobs are in each state.
func (r *Run) Summary() string {
	line := r.Name() + ": " + Counts(r.Counts)
	if r.Superseded > 0 {
		line += fmt.Sprintf(" (not counted: %s for the same products)", text.Count(r.Superseded, "earlier job"))
	}
	switch {
	case r.Paused != "":
		line += "; more should enter the queue, but: " + text.Plain(r.Paused)
	case r.Later > 0:
		line += "; " + text.Number(r.Later) + " more will enter the queue"
	case r.Entering:
		line += "; more will enter the queue"
	case r.Incomplete:
		line += "; others never entered the queue"
	}
	return line
}

// Name returns the clusters of the run, and the number of its jobs.
func (r *Run) Name() string {
	jobs := text.Count(r.Counts.Total()+r.Later, "job")
	if len(r.Clusters) == 0 {
		return jobs
	}
	return list(r.Clusters) + ": " + jobs
}

// list names clusters, which must be in order.
func list(clusters []int) string {
	n := len(clusters)
	switch last := clusters[n-1]; {
	case n == 1:
		return fmt.Sprintf("cluster %d", last)
	case n <= 4:
		first := strings.Trim(strings.ReplaceAll(fmt.Sprint(clusters[:n-1]), " ", ", "), "[]")
		return fmt.Sprintf("clusters %s and %d", first, last)
	default:
		return fmt.Sprintf("%d clusters, %d to %d", n, clusters[0], last)
	}
}

// Unfinished returns an error of status Unfinished unless the run is done.
func (r *Run) Unfinished(names []string) error {
	if r.State() == Done {
		return nil
	}
	why := r.Summary()
	if r.Counts.Total() == 0 && r.Paused == "" {
		why = "no jobs"
	}
	return status.UnfinishedError(fmt.Errorf("%s: not all jobs are done: %s", strings.Join(names, ", "), why), "")
}

// Counts prints how many jobs are in each state.
func Counts(c eventlog.Counts) string {
	line := fmt.Sprintf("%s done, %s running, %s idle, %s held", text.Number(c.Done), text.Number(c.Running), text.Number(c.Idle), text.Number(c.Held))
	for _, part := range []struct {
		n    int
		what string
	}{{c.Waiting, "of them to be released by HTCondor"}, {c.Failed, "failed"}, {c.Removed, "removed"}, {c.Unknown, "unknown"}} {
		if part.n > 0 {
			line += ", " + text.Number(part.n) + " " + part.what
		}
	}
	return line
}

// Products returns the products that a job makes, 7 or 70-79, or the name of its DAG node,
// or "" if it has neither.
func Products(j *eventlog.Job) string {
	list := tasks(j)
	switch n := len(list); {
	case n == 0:
		return ""
	case n == 1:
		return cmp.Or(text.Plain(list[0].node), fmt.Sprint(list[0].product))
	default:
		return fmt.Sprintf("%d-%d", list[0].product, list[n-1].product)
	}
}

// ownReason matches the beginning of the hold reasons that matsubmit writes.
var ownReason = regexp.MustCompile(`^(product|job)s? \d+( to \d+)?: `)

// Trouble returns a line on why a job is held, failed or was removed, or "" for any other.
func Trouble(j *eventlog.Job) string {
	what, why := "", ""
	switch {
	case j.State == eventlog.Held:
		what, why = "held", text.Plain(j.Hold.Reason)
	case j.State == eventlog.Removed:
		what, why = "removed", text.Plain(j.Reason)
	case j.State == eventlog.Failed:
		what, why = "failed", "left the queue with "+j.Exit.String()
	default:
		return ""
	}
	if products := Products(j); products != "" && !ownReason.MatchString(why) {
		why = "product " + products + ": " + why
	}
	return fmt.Sprintf("%s: job %v: %s", what, j.ID, cmp.Or(why, "no reason is given"))
}

// A Cause is what jobs that are held, failed or removed have in common, although each has
// a reason in words of its own.
type Cause struct {
	state         eventlog.State
	code, subcode int
	waits         bool
}

// CauseOf returns a job's cause, and false for a job without trouble.
func CauseOf(j *eventlog.Job) (Cause, bool) {
	switch {
	case j.State == eventlog.Held:
		return Cause{j.State, j.Hold.Code, j.Hold.Subcode, j.WillBeReleased()}, true
	case j.State == eventlog.Removed, j.State == eventlog.Failed:
		return Cause{state: j.State}, true
	}
	return Cause{}, false
}

// String explains the cause, and what can be done about it.
func (c Cause) String() string {
	switch c.state {
	case eventlog.Removed:
		return "what was removed can be submitted again"
	case eventlog.Failed:
		return "a job that fails leaves the queue unless the submission says otherwise; see its stderr, and submit it again"
	}
	e := eventlog.ExplainHold(c.code, c.subcode)
	line := e.Meaning
	if e.Label != "" {
		line = fmt.Sprintf("%s, code %d, subcode %d: %s", e.Label, c.code, c.subcode, e.Meaning)
	}
	if c.waits {
		return line + "; HTCondor will release it by itself"
	}
	return line + "; what to do: " + e.Advice
}

// Explain returns a line for each job that is held, failed or was removed, up to a few for
// each cause, and after them an explanation of the cause.
func Explain(jobs []*eventlog.Job) (lines []string) {
	const few = 5
	byCause := map[Cause][]*eventlog.Job{}
	var causes []Cause
	for _, j := range jobs {
		if c, ok := CauseOf(j); ok {
			if byCause[c] == nil {
				causes = append(causes, c)
			}
			byCause[c] = append(byCause[c], j)
		}
	}
	for _, c := range causes {
		list := byCause[c]
		for _, j := range list[:min(few, len(list))] {
			lines = append(lines, Trouble(j))
		}
		if rest := len(list) - few; rest > 0 {
			lines = append(lines, fmt.Sprintf("… and %s for the same cause", text.Count(rest, "more job")))
		}
		lines = append(lines, "  "+c.String())
	}
	return lines
}
