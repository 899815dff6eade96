package joblog

import (
	"fmt"
	"path/filepath"
	"strings"

	"matpool/condor/eventlog"
	"matpool/internal/base/text"
	"matpool/internal/status"
)

// Summary describes the run in one line: its clusters, and the number of jobs in each state.
func (r *Run) Summary() string {
	line := r.Name() + ": " + r.counts()
	var not []string
	if n := len(r.Superseded); n > 0 {
		not = append(not, text.Count(n, "earlier job")+" for the same products")
	}
	if r.Others > 0 {
		not = append(not, text.Count(r.Others, "job")+" of other runs")
	}
	if not != nil {
		line += " (not counted: " + strings.Join(not, ", ") + ")"
	}
	switch {
	case r.Paused != "":
		line += "; more should enter the queue, but it is paused: " + text.Plain(r.Paused)
	case r.Later > 0:
		line += "; " + text.Number(r.Later) + " more will enter the queue"
	case r.DAG.alive():
		line += "; DAGMan is at work"
	case r.Entering:
		line += "; more will enter the queue"
	case r.Never > 0:
		line += "; " + text.Number(r.Never) + " never entered the queue"
	case r.Incomplete:
		line += "; some never entered the queue"
	}
	switch {
	case r.Abandoned:
		line += "; matsubmit, which ran them, is gone"
	case r.DAG.Why != "":
		line += fmt.Sprintf("; DAGMan %v: %s", r.DAG.DAGMan, text.Plain(r.DAG.Why))
	case r.DAG.Lacks != "":
		line += "; " + text.Plain(r.DAG.Lacks) + " is missing"
	}
	return line
}

// Proviso returns a line that says what is not known, or "": whether DAGMan will submit more jobs, or why the outputs of
// jobs that are done were not checked. A log that names no outputs, such as another program's, promises none.
func (r *Run) Proviso() string {
	if n := len(r.Jobs); n > 0 && r.Jobs[n-1].Node() != "" && r.DAG.DAGMan == eventlog.Unknown {
		return "the jobs are nodes of a DAG, whose own log, FILE.dag.dagman.log, is not beside this one: DAGMan may submit more"
	}
	if r.Outputs == nil || r.Outputs.Unknown == "" || r.Counts.Done == 0 || r.Outputs.Unknown == unnamed {
		return ""
	}
	return `"done" is based on the log alone: ` + r.Outputs.Unknown
}

// counts describes the number of jobs in each state, and of those that are done without an output.
func (r *Run) counts() string {
	n := r.WithoutOutput()
	if n == 0 {
		return Counts(r.Counts)
	}
	c := r.Counts
	c.Done -= n
	done, others, _ := strings.Cut(Counts(c), " done")
	return fmt.Sprintf("%s done, %s done without %s%s", done, text.Number(n), text.First(r.Outputs.first, ", "), others)
}

// Name returns the clusters of the run and the number of its jobs.
func (r *Run) Name() string {
	jobs := text.Count(r.All(), "job")
	if len(r.Clusters) == 0 {
		return jobs
	}
	return list(r.Clusters) + ": " + jobs
}

// All returns the number of jobs, with those that have yet to enter the queue or never will.
func (r *Run) All() int { return r.Counts.Total() + r.Later + r.Never }

// list returns the names of clusters, which must be in order.
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
	hint := ""
	switch {
	case r.Abandoned:
		hint = "matsubmit FILE -local -resubmit runs the rest"
	case r.DAG.DAGMan == eventlog.Failed, r.DAG.DAGMan == eventlog.Removed:
		hint = "condor_submit_dag " + filepath.Base(r.DAG.File) + " continues the DAG where it stopped"
	case r.WithoutOutput() > 0:
		hint = "matsubmit FILE -resubmit makes the missing outputs again"
	}
	return status.UnfinishedError(fmt.Errorf("%s: not all jobs are done: %s", strings.Join(names, ", "), why), hint)
}

// Counts describes the number of jobs in each state.
func Counts(c eventlog.Counts) string {
	line := fmt.Sprintf("%s done, %s running, %s idle, %s held", text.Number(c.Done), text.Number(c.Running), text.Number(c.Idle), text.Number(c.Held))
	for _, part := range []struct {
		n    int
		what string
	}{{c.Suspended, "suspended"}, {c.Waiting, "of them to be released by HTCondor"}, {c.Failed, "failed"}, {c.Removed, "removed"}, {c.Unknown, "unknown"}} {
		if part.n > 0 {
			line += ", " + text.Number(part.n) + " " + part.what
		}
	}
	return line
}

// Products returns a job's products, 7 or 70-79, or the name of its DAG node, or "" if the
// log has neither.
func Products(j *eventlog.Job) string {
	note, ok := j.Note()
	switch {
	case !ok:
		return text.Plain(j.Node())
	case note.Count == 1:
		return fmt.Sprint(note.First)
	}
	return fmt.Sprintf("%d-%d", note.First, note.First+note.Count-1)
}
