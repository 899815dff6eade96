package joblog

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/condor/queue"
	"matpool/internal/outputs"
)

// A DAG is what is known of a run whose jobs DAGMan submits. Only DAGMan knows whether it will
// submit more, and whether it succeeded; the log says how it goes on with DAGMan itself.
type DAG struct {
	File   string         // the input of condor_submit_dag; "" if the run is none
	DAGMan eventlog.State // the state of the DAGMan job; Unknown if its log is not beside the DAG
	Why    string         // why DAGMan is held, failed or was removed
	Lacks  string         // the norm that the last node should have written, if it is not there
}

// alive reports whether DAGMan is in the queue, and not held.
func (d *DAG) alive() bool {
	return d.DAGMan == eventlog.Idle || d.DAGMan == eventlog.Running || d.DAGMan == eventlog.Suspended
}

// Select returns the run of the given clusters, or the latest run with the journal's identity, with its DAG.
func (j *Journal) Select(clusters []int) *Run {
	r := selectRun(j.History, clusters, j.Identity)
	if clusters == nil {
		r.follow(j.DAG(r))
	}
	return r
}

// DAG looks at DAGMan's log for the DAG of a run. The latest job names its submit description:
// run.node.sub if it is a node of run.dag. A job of run.sub may precede a DAG that has not
// submitted anything yet.
func (j *Journal) DAG(r *Run) DAG {
	if len(r.Jobs) == 0 {
		return DAG{}
	}
	last := r.Jobs[len(r.Jobs)-1]
	note, _ := last.Note()
	base, node := submissionOf(note)
	d := DAG{}
	switch {
	case base != "":
		base = outputs.InFolder(j.folder(last.ID), base)
		d.File = base + ".dag"
	case last.Node() != "":
		d.File = dagOf(j.folder(last.ID), last.Node())
		node = true
	}
	if d.File == "" {
		return DAG{}
	}
	if dagman := j.latestDAGMan(d.File); dagman != nil {
		d.DAGMan = dagman.State
		switch dagman.State {
		case eventlog.Held:
			d.Why = dagman.Hold.Reason
		case eventlog.Failed:
			d.Why = dagman.Exit.String()
		case eventlog.Removed:
			d.Why = dagman.Reason
		}
	}
	if !node && !d.alive() {
		return DAG{}
	}
	if base != "" && d.DAGMan == eventlog.Done && isFile(base+".combine.sub") && !isFile(base+".norm") {
		d.Lacks = filepath.Base(base) + ".norm"
	}
	return d
}

// submissionOf returns the submission file of a job as its note names the description, or "", and whether the job is a
// DAG's node. matsubmit -o may have given the description another name.
func submissionOf(note condor.Note) (name string, node bool) {
	if note.Local {
		return note.Description, false
	}
	if name, node = strings.CutSuffix(note.Description, ".node.sub"); !node {
		name = strings.TrimSuffix(note.Description, ".sub")
	}
	return name, node
}

// dagOf returns the DAG in a folder that has the node and whose DAGMan was submitted last, or "": that of jobs
// without notes of matsubmit.
func dagOf(folder, node string) (dag string) {
	const end = ".dagman.log"
	entries, _ := os.ReadDir(folder)
	has := regexp.MustCompile(`(?m)^[ \t]*(?i:JOB|FINAL|SERVICE|PROVISIONER)[ \t]+` + regexp.QuoteMeta(node) + `[ \t]`)
	var latest *eventlog.Job
	for _, entry := range entries {
		name, ok := strings.CutSuffix(entry.Name(), end)
		if !ok {
			continue
		}
		file := filepath.Join(folder, name)
		if content, err := os.ReadFile(file); err != nil || !has.Match(content) {
			continue
		}
		if dagman := LatestDAGMan(file); dagman != nil && (latest == nil || dagman.Submitted.After(latest.Submitted)) {
			dag, latest = file, dagman
		}
	}
	return dag
}

// LatestDAGMan returns the job of the DAGMan that was submitted last for a DAG, by its log beside the
// DAG's file; nil if there is none.
func LatestDAGMan(dag string) *eventlog.Job { return latestIn(dagmanLog(dag), nil) }

// AskDAGMan does the same, and asks HTCondor whether the job is in the queue if it should be there according to the log.
// If there is no answer, the log counts.
func AskDAGMan(ctx context.Context, dag string) *eventlog.Job {
	dagman := LatestDAGMan(dag)
	if dagman == nil {
		return nil
	}
	q, ok := Logged(dagmanLog(dag), dagman)
	if !ok {
		return dagman
	}
	gone, _ := queue.Gone(ctx, []queue.Logged{q})
	return latestIn(q.Log, gone)
}

// latestDAGMan does the same with what HTCondor was asked before.
func (j *Journal) latestDAGMan(dag string) *eventlog.Job { return latestIn(dagmanLog(dag), j.dagmans) }

func dagmanLog(dag string) string { return dag + ".dagman.log" }

// latestIn returns the job of a log that was submitted last, or nil. DAGMan's log has a job for
// each call of condor_submit_dag. Some jobs have left the queue, as HTCondor says, even if the log does not say so.
func latestIn(name string, gone []queue.Left) (latest *eventlog.Job) {
	l, err := open(name)
	if err != nil {
		return nil
	}
	defer l.close()
	h := eventlog.NewHistory()
	if err := l.readFile(l.reader, h.Add, func(error) {}); err != nil {
		return nil
	}
	for _, g := range gone {
		if g.Log == name {
			addLast(h, g)
		}
	}
	for _, j := range h.Jobs() {
		if latest == nil || j.SubmittedAfter(latest) {
			latest = j
		}
	}
	return latest
}

// isFile reports whether a file is there and is not empty.
func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular() && info.Size() > 0
}

// follow adds what the DAG says of the jobs that are not in the log. Each node's note has the
// number of nodes.
func (r *Run) follow(d DAG) {
	r.DAG = d
	if d.File == "" {
		return
	}
	nodes, all := map[int]bool{}, 0
	for _, j := range r.Jobs {
		if note, ok := j.Note(); ok && j.Node() != "" {
			nodes[note.First] = true
			all = note.Jobs
		}
	}
	missing := max(0, all-len(nodes))
	if d.alive() || d.DAGMan == eventlog.Unknown {
		r.Later, r.Entering = missing, missing > 0 || d.alive()
	} else {
		r.Never = missing
	}
}
