package submit

import (
	"fmt"
	"path/filepath"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/internal/base/text"
	"matpool/internal/outputs"
	"matpool/internal/status"
)

// rivals are jobs in the logs that make files with the same names as this work's outputs, but in another way:
// somebody has edited the submission file since, or another one has the same outputs.
type rivals struct {
	latest map[string]*eventlog.Job // for each output, the one that was done last
	queued []condor.ID              // those that are in the queue, or held there
	such   string                   // an output of one of these

	log  string          // of the first that is queued
	ours map[string]bool // this work's outputs, once there is a rival
}

// add adds a job of another run if it makes an output of this work.
func (r *rivals) add(w work, log string, j *eventlog.Job, note condor.Note) {
	queued := !j.Ended()
	if !queued && j.State != eventlog.Done {
		return
	}
	if r.ours == nil {
		r.ours = map[string]bool{}
		for _, name := range w.makesAll(w.batches) {
			r.ours[filepath.Clean(name)] = true
		}
	}
	for _, name := range note.OutputNames() {
		name = filepath.Clean(outputs.InFolder(filepath.Dir(log), name))
		switch {
		case !r.ours[name]:
		case queued:
			if r.queued == nil {
				r.log, r.such = log, name
			}
			if n := len(r.queued); n == 0 || r.queued[n-1] != j.ID {
				r.queued = append(r.queued, j.ID)
			}
		case r.latest[name] == nil || j.SubmittedAfter(r.latest[name]):
			r.latest[name] = j
		}
	}
}

// check makes sure that no such job is in the queue: it would replace an output of this work.
func (r *rivals) check() error {
	if len(r.queued) == 0 {
		return nil
	}
	return status.UsageError(fmt.Errorf("%s: according to this log, jobs of another run that make the same outputs, such as %s, are in the queue: %s (if they are gone, remove the log)",
		r.log, r.such, text.First(idStrings(r.queued), " ")), "wait for them, or remove them with condor_rm")
}
