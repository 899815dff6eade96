package submit

import (
	"context"
	"errors"
	"fmt"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/internal/base/text"
	"matpool/internal/status"
)

// A plan is what to do, given what exists.
type plan struct {
	batches []batch                // to submit
	held    []condor.ID            // held jobs to remove, which the new ones replace
	gone    map[string][]condor.ID // by log, the same of jobs that matsubmit ran itself
	notes   []string               // for the user

	// earlier is the latest job of each product, if the log was read; see [queue].
	earlier []*eventlog.Job
}

// reconcile compares the jobs with existing outputs and with jobs in the queue. If there are
// any, it returns an error, or, with -resubmit, a plan for the missing products.
func reconcile(ctx context.Context, t task, s survey, d division) (p plan, err error) {
	if err := checkWriters(t, d); err != nil {
		return p, err
	}
	p.notes = sharedStreams(t, d)
	if t.Try && !t.Resubmit { // it replaces nothing
		p.batches = d.batches
		return p, nil
	}
	if err := checkJobFolders(t, d); err != nil {
		return p, err
	}
	kept, err := findAsides(t)
	if err != nil {
		return p, err
	}
	if !t.Force || len(kept) > 0 {
		q, err := readLogs(t, d)
		if err != nil {
			return p, err
		}
		p.notes, p.earlier = append(p.notes, q.notes...), q.latest
		recovered, err := recoverAside(kept, t, d, q)
		if err != nil {
			return p, err
		}
		p.notes = append(p.notes, recovered...)
		if t.Resubmit {
			p.held, p.gone = q.held, q.gone
			var found string
			p.batches, found, err = chooseMissing(ctx, t, s, d, q)
			p.notes = append(p.notes, found)
			return p, err
		}
		if !t.Force {
			if err := errors.Join(checkQueue(t, d, q), checkOutputs(ctx, t, d)); err != nil {
				return p, err
			}
		}
	}
	p.batches = d.batches
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
func checkOutputs(ctx context.Context, t task, d division) error {
	names, err := t.outputs.existing(ctx, d.batches)
	if err != nil {
		return err
	}
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

// sharedStreams returns a note for each file that all jobs overwrite.
func sharedStreams(t task, d division) (notes []string) {
	for _, stream := range []struct {
		name string
		condor.Template
	}{{"stdout", t.Stdout}, {"stderr", t.Stderr}} {
		if len(d.batches) > 1 && !stream.PerJob() {
			notes = append(notes, fmt.Sprintf("%s: all jobs overwrite %s, and only the last one's remains; indexed_%s gives each job its own",
				stream.name, stream.Expand(0, 0, 1), stream.name))
		}
	}
	return notes
}
