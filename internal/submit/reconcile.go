package submit

import (
	"context"
	"errors"
	"fmt"

	"matpool/condor"
	"matpool/internal/status"
	"matpool/internal/text"
)

// A plan is what is to be done, given what exists.
type plan struct {
	batches []batch     // to be submitted
	held    []condor.ID // jobs to be removed, which the new ones replace
	notes   []string    // for the user, of what was found
}

// reconcile compares the jobs with the outputs and the jobs in the queue that exist: these
// are an error, or with -resubmit reduce the jobs to what is missing.
func reconcile(ctx context.Context, t task, s survey, d division) (p plan, err error) {
	p.notes = sharedStreams(t, d)
	kept, err := findAsides(t)
	if err != nil {
		return p, err
	}
	if !t.Force || len(kept) > 0 {
		q, err := readLogs(t, d)
		if err != nil {
			return p, err
		}
		p.notes = append(p.notes, q.notes...)
		healed, err := heal(kept, t, d, q)
		if err != nil {
			return p, err
		}
		p.notes = append(p.notes, healed...)
		if t.Resubmit {
			p.held = q.held
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

// againHint says how to go on if something is made or in the queue already.
func againHint(t task) string {
	if t.DAG {
		return "-force makes all of it again"
	}
	return "-resubmit submits what is missing, -force makes all of it again"
}

// checkOutputs makes sure that the jobs would replace no output.
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
	return status.UsageError(fmt.Errorf("%s: %s already; nothing was submitted", text.First(names, ", "), verb), againHint(t))
}

// sharedStreams returns a note for each file that all jobs overwrite.
func sharedStreams(t task, d division) (notes []string) {
	for _, stream := range []struct {
		name string
		condor.Template
	}{{"stdout", t.Stdout}, {"stderr", t.Stderr}} {
		if len(d.batches) > 1 && !stream.PerJob() {
			notes = append(notes, fmt.Sprintf("%s: all jobs write to %s, and the last one's stays; indexed_%s gives each its own",
				stream.name, stream.Expand(0, 0, 1), stream.name))
		}
	}
	return notes
}
