package joblog

import (
	"cmp"
	"context"
	"path/filepath"
	"slices"
	"time"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/condor/queue"
)

// Logged returns what HTCondor is asked about a job that is in the queue, according to a log; false if it need not be
// asked: the job is not in its queue, or has never been.
func Logged(log string, j *eventlog.Job) (queue.Logged, bool) {
	if note, _ := j.Note(); note.Local || j.Ended() {
		return queue.Logged{}, false
	}
	return queue.Logged{ID: j.ID, Log: log, Schedd: j.Schedd, Submitted: j.Submitted}, true
}

// Queued returns those jobs of a run, and of the ones that it supersedes, and its DAGMan that are in the queue according
// to their logs, for [queue.Gone]. (If a job was removed, one that it superseded may count again.)
func (j *Journal) Queued(r *Run) (list []queue.Logged) {
	for _, job := range slices.Concat(r.Jobs, r.Superseded) {
		if q, ok := Logged(j.log(job.ID), job); ok {
			list = append(list, q)
		}
	}
	if r.DAG.File == "" {
		return list
	}
	if dagman := j.latestDAGMan(r.DAG.File); dagman != nil {
		if q, ok := Logged(dagmanLog(r.DAG.File), dagman); ok {
			list = append(list, q)
		}
	}
	return list
}

// End notes jobs that have left the queue, as HTCondor says. The next [Journal.Read] gives them the event that their logs
// lack, unless it reads one.
func (j *Journal) End(gone []queue.Left) {
	for _, g := range gone {
		if g.Log == j.log(g.ID()) {
			j.gone = append(j.gone, g)
		} else {
			j.dagmans = append(j.dagmans, g)
		}
	}
}

// Ask asks HTCondor whether the jobs of a run are in the queue that should be there according to the logs, and adds what
// has become of the others. If there is no answer, the logs count.
func (j *Journal) Ask(ctx context.Context, r *Run) error {
	gone, err := queue.Gone(ctx, j.Queued(r))
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil || gone == nil {
		return nil
	}
	j.End(gone)
	return j.Read(func(*eventlog.Event) {})
}

// end adds the events that the logs lack.
func (j *Journal) end(each func(*eventlog.Event)) {
	for _, g := range j.gone {
		if e := addLast(j.History, g); e != nil {
			j.Missing++
			each(e)
		}
	}
	j.gone = nil
}

// addLast adds the event that a job's log lacks, and returns it; nil if the log does not lack it, or not have the job.
func addLast(h *eventlog.History, g queue.Left) *eventlog.Event {
	job := h.Job(g.ID())
	if job == nil || job.Ended() {
		return nil
	}
	e := lastEvent(g.Job)
	e.File = g.Log
	h.AddMissing(e)
	return e
}

// lastEvent returns the event that a job's log lacks.
func lastEvent(j queue.Job) *eventlog.Event {
	e := &eventlog.Event{ID: j.ID(), Time: time.Unix(j.EnteredCurrentStatus, 0)}
	switch {
	case !j.Completed():
		e.Number, e.Detail = 9, eventlog.JobAborted{Reason: cmp.Or(j.RemoveReason, "no reason given") + " (condor_history says so; the log lacks it)"}
	case j.ExitBySignal:
		e.Number, e.Detail = 5, eventlog.JobTerminated{Exit: eventlog.Exit{Signal: j.ExitSignal}}
	default:
		e.Number, e.Detail = 5, eventlog.JobTerminated{Exit: eventlog.Exit{Status: j.ExitCode}}
	}
	return e
}

// log returns the name of a job's log.
func (j *Journal) log(id condor.ID) string {
	if name, ok := j.logOf[id]; ok {
		return name
	}
	return j.Names[0]
}

// folder returns the folder of a job's log.
func (j *Journal) folder(id condor.ID) string { return filepath.Dir(j.log(id)) }
