package joblog

import (
	"cmp"
	"fmt"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/internal/base/text"
)

// Problem returns a line on why a job is held, failed or was removed, or "" for any other
// job.
func Problem(j *eventlog.Job) string {
	what, why := "", ""
	switch {
	case j.State == eventlog.Held:
		what, why = "held", text.Plain(j.Hold.Reason)
	case j.State == eventlog.Removed:
		what, why = "removed", text.Plain(j.Reason)
	case j.State == eventlog.Failed:
		what, why = "failed", "left the queue with "+j.Exit.String()
		if j.Post != nil {
			why = "the POST script of its node ended with " + j.Post.String()
		}
	default:
		return ""
	}
	if subject := subject(j); subject != "" && !condor.IsOwnReason(why) {
		why = subject + ": " + why
	}
	return fmt.Sprintf("%s: job %v: %s", what, j.ID, cmp.Or(why, "no reason given"))
}

// subject names what a job computes, or its DAG node; it is "" if the log has neither.
func subject(j *eventlog.Job) string {
	if note, ok := j.Note(); ok {
		return note.Subject()
	}
	if node := j.Node(); node != "" {
		return "node " + text.Plain(node)
	}
	return ""
}

// A Cause identifies why jobs are held, failed or were removed. Many jobs can have the same
// cause, although the text of each one's reason differs.
type Cause struct {
	state         eventlog.State
	code, subcode int
	explanation   condor.Rule
	released      bool // HTCondor will release the job
	node          nodeKind
}

// A nodeKind says whether a job is a DAG's node, and of which DAG.
type nodeKind int

const (
	noNode      nodeKind = iota
	ownNode              // matsubmit's: it has no RETRY
	foreignNode          // of another program's DAG, which may have one
)

// CauseOf returns a job's cause, and false unless it is held, failed or was removed.
func CauseOf(j *eventlog.Job) (Cause, bool) {
	switch {
	case j.State == eventlog.Held, j.RemovedByHold():
		return Cause{j.State, j.Hold.Code, j.Hold.Subcode, j.ExplainHold(), j.WillBeReleased(), nodeOf(j)}, true
	case j.State == eventlog.Removed, j.State == eventlog.Failed:
		return Cause{state: j.State, node: nodeOf(j)}, true
	}
	return Cause{}, false
}

func nodeOf(j *eventlog.Job) nodeKind {
	_, noted := j.Note()
	switch {
	case j.Node() == "":
		return noNode
	case noted:
		return ownNode
	}
	return foreignNode
}

// String explains the cause, and what to do about it.
func (c Cause) String() string {
	again := "DAGMan tries the node again if the DAG has a RETRY for it; condor_submit_dag continues a DAG that has stopped"
	if c.node == ownNode {
		again = "when the DAG has stopped, condor_submit_dag continues it, and makes the node again"
	}
	switch {
	case c.explanation.Meaning != "": // of its hold
	case c.node != noNode && c.state == eventlog.Removed:
		return again
	case c.node != noNode && c.state == eventlog.Failed:
		return "see its stderr; " + again
	case c.state == eventlog.Removed:
		return "what was removed can be submitted again"
	case c.state == eventlog.Failed:
		return "a job that fails leaves the queue unless its submit description has another policy; see its stderr, and submit it again"
	}
	e := c.explanation
	line := e.Meaning
	if e.Label != "" {
		line = fmt.Sprintf("%s, code %d, subcode %d: %s", e.Label, c.code, c.subcode, e.Meaning)
	}
	if c.released {
		return line + "; HTCondor will release it by itself"
	}
	return line + "; what to do: " + e.Advice
}

// PerCause is the number of jobs with the same cause that get a line each.
const PerCause = 5

// Explain returns lines on jobs that are held, failed or were removed: for each cause, one
// line for each of the first few jobs, and then an explanation of the cause.
func Explain(jobs []*eventlog.Job) (lines []string) {
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
		for _, j := range list[:min(PerCause, len(list))] {
			lines = append(lines, Problem(j))
		}
		if rest := len(list) - PerCause; rest > 0 {
			lines = append(lines, fmt.Sprintf("… and %s with the same cause", text.Count(rest, "more job")))
		}
		lines = append(lines, "  "+c.String())
	}
	return lines
}
