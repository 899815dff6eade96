package submit

import (
	"context"
	"fmt"
	"path/filepath"

	"matpool/condor/eventlog"
	"matpool/internal/forecast"
	"matpool/internal/joblog"
	"matpool/internal/status"
)

// Left is what [Run] leaves to do.
type Left struct {
	InQueue   bool // jobs are in the queue, or will enter it
	Submitted bool // by this call

	task task
}

// Logs returns the names of the jobs' event logs.
func (l Left) Logs() []string { return logs(l.task) }

// Identity returns what the notes of the jobs in the logs have in common.
func (l Left) Identity() string { return l.task.id.String() }

// DAG returns the name of the DAG whose DAGMan submits the jobs, or "".
func (l Left) DAG() string {
	if !l.task.DAG {
		return ""
	}
	return l.task.dagFile()
}

// TypedLog returns the name of the log that all jobs have in common as one types it in a shell, or "".
func (l Left) TypedLog() string { return l.task.typedLog() }

// Combines reports whether the outputs can be added, or their tiles joined.
func (l Left) Combines() bool { return l.task.combines() }

// Matprod reports whether the jobs run matprod.
func (l Left) Matprod() bool { return l.task.Matprod }

// Jobs returns the number of jobs for all products, without regard to what was submitted again.
func (l Left) Jobs() int { return len(l.task.batches) }

// Outputs returns the names of all outputs, or of the folder that has them.
func (l Left) Outputs() []string {
	if l.task.files.Folder != "" {
		return []string{filepath.FromSlash(l.task.files.Folder)}
	}
	return l.task.makesAll(l.task.batches)
}

// Here returns how many seconds this machine will need for all products, or false if that is not known.
func (l Left) Here(ctx context.Context) (seconds float64, known bool) {
	speed, _, err := l.task.kind.here(ctx, l.task, l.task.batches)
	if err != nil || speed == (forecast.Speed{}) {
		return 0, false
	}
	return speed.Here(l.task.load(l.task.batches)), true
}

// checkFollowed makes sure that somebody can follow the jobs: a log of each job must begin when all are submitted.
func checkFollowed(t task) error {
	if t.Continue && t.Log.PerJob() && (t.DAG || t.MaxIdle > 0) {
		return status.UsageError(fmt.Errorf("%s: with -run, a log for each job can't be combined with -dag or max_idle", t.File), "write log = NAME instead of indexed_log")
	}
	return nil
}

// continues reports whether the call continues an earlier one, if there was one.
func (o Options) continues() bool { return o.Continue && !o.Force }

// underWay reports whether an earlier call has submitted all jobs, and some that are missing may yet enter the queue. It
// makes a DAG continue that stopped before its end.
func (h handover) underWay(ctx context.Context, earlier past) (bool, error) {
	t := h.task
	switch {
	case isQueued(joblog.AskDAGMan(ctx, t.dagFile())), earlier.entering:
		return true, nil
	case t.DAG && len(t.rescueFiles()) > 0:
		fmt.Fprintf(h.messages, "%s: continues where it stopped\n", t.dagFile())
		return true, h.run(ctx, h.messages, dagCommand(t, t.MaxIdle, t.dagFile())...)
	}
	// What is missing of unnamed outputs is not known.
	for made := range earlier.latest.In(t.FirstIndex, t.TotalJobs) {
		if t.files.Folder != "" && made.Job.State != eventlog.Removed {
			return true, nil
		}
	}
	return false, nil
}
