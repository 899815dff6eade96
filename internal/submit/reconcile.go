package submit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/internal/base/text"
	"matpool/internal/outputs"
	"matpool/internal/status"
)

// A plan is what to do, given what exists.
type plan struct {
	batches []batch                // to submit
	held    []condor.ID            // held jobs to remove, which the new ones replace
	gone    map[string][]condor.ID // by log, the same of jobs that matsubmit ran itself
	notes   []string               // for the user
}

// reconcile compares the jobs with existing outputs and with jobs in the queue. If there are
// any, it returns an error, or, with -resubmit, a plan for the missing products.
func reconcile(ctx context.Context, t task, earlier past) (p plan, err error) {
	if err := checkWriters(t); err != nil {
		return p, err
	}
	p.batches, p.notes = t.batches, sharedStreams(t)
	if t.Try && !t.Resubmit {
		return p, nil
	}
	if err := checkJobFolders(t); err != nil {
		return p, err
	}
	if !t.Force || len(earlier.asides) > 0 {
		p.notes = append(p.notes, earlier.faults...)
		recovered, err := recoverAsides(t.work, earlier, t.normFile())
		if err != nil {
			return p, err
		}
		p.notes = append(p.notes, recovered...)
	}
	switch {
	case t.Resubmit:
		var found string
		p.held, p.gone = earlier.held, earlier.gone
		p.batches, found, err = chooseMissing(ctx, t, earlier)
		if p.notes = append(p.notes, earlier.elsewhere...); found != "" {
			p.notes = append(p.notes, found)
		}
		return p, err
	case !t.Force:
		return p, cmp.Or(earlier.checkQueue(t), checkOutputs(t))
	case t.submits():
		return p, earlier.checkQueue(t)
	}
	return p, nil
}

// conflictHint returns the hint for products that exist or are in the queue.
func conflictHint(t task) string {
	if t.DAG {
		return "-force makes everything again"
	}
	return "-resubmit submits what is missing; -force makes everything again"
}

// checkOutputs makes sure that the jobs do not replace outputs.
func checkOutputs(t task) error {
	names := outputs.Existing(t.makesAll(t.batches))
	if t.DAG && t.combines() && exists(t.normFile()) {
		names = append(names, t.normFile())
	}
	if len(names) == 0 {
		return nil
	}
	verb := "exist"
	if len(names) == 1 {
		verb = "exists"
	}
	return status.UsageError(fmt.Errorf("%s: already %s; nothing was submitted", text.First(names, ", "), verb), conflictHint(t))
}

// recoverAsides finishes the work of an interrupted call. It removes an old output that exists
// again, or whose job was submitted since, according to the log. It puts all others back, and
// leaves files alone that are not outputs of this work.
func recoverAsides(w work, earlier past, norm string) (notes []string, err error) {
	if len(earlier.asides) == 0 {
		return nil, nil
	}
	latest := map[string]*eventlog.Job{filepath.Clean(norm): nil} // of each output
	for _, b := range w.batches {
		for _, name := range w.makes(b) {
			latest[filepath.Clean(name)] = nil
		}
		for made := range earlier.latest.In(b.first, b.count) {
			part := b
			if !w.files.Sums {
				part.first, part.count = made.First, made.Count
			}
			for _, name := range w.makes(part) {
				if before := latest[filepath.Clean(name)]; before == nil || made.Job.SubmittedAfter(before) {
					latest[filepath.Clean(name)] = made.Job
				}
			}
		}
	}
	var restore, remove []outputs.Aside
	for _, a := range earlier.asides {
		switch job, ours := latest[filepath.Clean(a.Name)]; {
		case !ours:
		case exists(a.Name) || earlier.isNewer(job, a):
			remove = append(remove, a)
		default:
			restore = append(restore, a)
		}
	}
	if n := len(restore); n > 0 {
		notes = append(notes, putBackNote(n)+": an earlier call was interrupted before anything was submitted")
	}
	return notes, errors.Join(outputs.PutBack(restore), outputs.Discard(remove))
}

// isNewer reports whether a job was submitted after an output had been set aside: its event is behind the end that the
// log had then. The times decide if each job has its own log, or if the log has been replaced.
func (p *past) isNewer(job *eventlog.Job, a outputs.Aside) bool {
	switch {
	case job == nil || job.Submitted.IsZero():
		return false
	case a.Log < 0 || p.logSize < a.Log:
		return !job.Submitted.Before(a.When)
	}
	return job.Offset >= a.Log
}

// sharedStreams returns a note for each file that all jobs overwrite.
func sharedStreams(t task) (notes []string) {
	for _, stream := range []struct {
		name string
		condor.Template
	}{{"stdout", t.Stdout}, {"stderr", t.Stderr}} {
		if len(t.batches) > 1 && !stream.PerJob() {
			notes = append(notes, fmt.Sprintf("%s: all jobs overwrite %s, and only the last one's remains; indexed_%s gives each job its own",
				stream.name, stream.Expand(0, 0, 1), stream.name))
		}
	}
	return notes
}
