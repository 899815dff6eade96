package joblog

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"matpool/condor"
	"matpool/internal/status"
	"matpool/internal/text"
)

// Summary says in a line which clusters the run is, and how many jobs do what.
func (r *Run) Summary() string {
	line := r.Name() + ": " + Counts(r.Counts)
	if r.Again > 0 {
		line += fmt.Sprintf(" (not counted: %s for the same products)", text.Count(r.Again, "earlier job"))
	}
	switch {
	case r.Paused != "":
		line += "; more should enter the queue, but: " + text.Plain(r.Paused)
	case r.Later > 0:
		line += fmt.Sprintf("; %d more will enter the queue", r.Later)
	case r.Entering:
		line += "; more will enter the queue"
	case r.Incomplete:
		line += "; others never entered the queue"
	}
	return line
}

// Name says which clusters the run is, and how many jobs.
func (r *Run) Name() string {
	jobs := text.Count(r.Counts.Total()+r.Later, "job")
	if len(r.Clusters) == 0 {
		return jobs
	}
	return list(r.Clusters) + ": " + jobs
}

// list names clusters, which are in order.
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

// Unfinished returns an error of that status unless the run is done.
func (r *Run) Unfinished(names []string) error {
	if r.State() == Done {
		return nil
	}
	text := r.Summary()
	if r.Counts.Total() == 0 && r.Paused == "" {
		text = "no jobs"
	}
	return status.UnfinishedError(fmt.Errorf("%s: not all jobs are done: %s", strings.Join(names, ", "), text), "")
}

// Counts says how many jobs do what.
func Counts(c condor.Counts) string {
	text := fmt.Sprintf("%d done, %d running, %d idle, %d held", c.Done, c.Running, c.Idle, c.Held)
	for _, part := range []struct {
		n    int
		what string
	}{{c.Waiting, "of them to be released by HTCondor"}, {c.Failed, "failed"}, {c.Removed, "removed"}, {c.Unknown, "unknown"}} {
		if part.n > 0 {
			text += fmt.Sprintf(", %d %s", part.n, part.what)
		}
	}
	return text
}

// Products returns the products that a job makes, 7 or 70-79, or the DAG's node that
// it is, or nothing where neither is known.
func Products(j *condor.JobHistory) string {
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

// ownReason is what the reasons that matsubmit's jobs are held for begin with.
var ownReason = regexp.MustCompile(`^(product|job)s? \d+( to \d+)?: `)

// Trouble says why a job is held or gone, or nothing of any other.
func Trouble(j *condor.JobHistory) string {
	what, why := "", ""
	switch {
	case j.State == condor.Holding:
		what, why = "held", text.Plain(j.Hold.Reason)
	case j.State == condor.Removed:
		what, why = "removed", text.Plain(j.Reason)
	case j.State == condor.Done && !j.Exit.OK():
		what, why = "failed", "left the queue with "+j.Exit.String()
	default:
		return ""
	}
	if products := Products(j); products != "" && !ownReason.MatchString(why) {
		why = "product " + products + ": " + why
	}
	return fmt.Sprintf("%s: job %v: %s", what, j.ID, cmp.Or(why, "no reason is given"))
}

// A Cause is why jobs are held or gone: what they share, whatever the reasons that are
// given for each.
type Cause struct {
	state         condor.State
	code, subcode int
	waits         bool
}

// CauseOf returns a job's cause, and false for a job that has none.
func CauseOf(j *condor.JobHistory) (Cause, bool) {
	switch {
	case j.State == condor.Holding:
		return Cause{j.State, j.Hold.Code, j.Hold.Subcode, j.WillBeReleased()}, true
	case j.State == condor.Removed, j.State == condor.Done && !j.Exit.OK():
		return Cause{state: j.State}, true
	}
	return Cause{}, false
}

// String explains the cause, and what can be done.
func (c Cause) String() string {
	switch c.state {
	case condor.Removed:
		return "what was removed can be submitted again"
	case condor.Done:
		return "a job that fails leaves the queue where the submission does not say otherwise; see its stderr, and submit it again"
	}
	e := condor.ExplainHold(c.code, c.subcode)
	text := e.Means
	if e.Label != "" {
		text = fmt.Sprintf("%s, code %d, subcode %d: %s", e.Label, c.code, c.subcode, e.Means)
	}
	if c.waits {
		return text + "; HTCondor will release it by itself"
	}
	return text + "; what to do: " + e.Do
}

// Explain says of each job that is held or gone why, a few for each cause, and under
// them what the cause means and what can be done.
func Explain(jobs []*condor.JobHistory) (lines []string) {
	const few = 5
	byCause := map[Cause][]*condor.JobHistory{}
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
