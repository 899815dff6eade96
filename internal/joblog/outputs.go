package joblog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/internal/base/file"
)

// A Presence says whether an output came back from its job.
type Presence int

const (
	Absent   Presence = iota
	Empty             // or no regular file: HTCondor creates an empty file before it sends an output
	Outdated          // older than its job or its inputs
	Present
)

// Look looks for an output, which must not be older than a time.
func Look(name string, since time.Time) (Presence, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Absent, nil
	case err != nil:
		return Absent, fmt.Errorf("%s: %w", name, file.Cause(err))
	case !info.Mode().IsRegular() || info.Size() == 0:
		return Empty, nil
	case info.ModTime().Before(since):
		return Outdated, nil
	}
	return Present, nil
}

// Outputs is what is known of the outputs of a run's jobs that are done.
type Outputs struct {
	Unknown string                 // why it is not known whether all are there, or ""
	Missing map[condor.ID][]string // those of each job that are not, with the reason unless it is absent

	first []string // some of the names
	jobs  int
}

// unnamed is why the outputs of a log are unknown if it promises none.
const unnamed = "it does not name the outputs"

// CheckOutputs looks for the outputs of a run's jobs that are done, which their notes name
// relative to the log's folder. A log that somebody copied elsewhere has no outputs there: if
// neither one of them nor the submit description is there, nothing is known.
func (j *Journal) CheckOutputs(r *Run) {
	var list []output
	newest := map[int]*eventlog.Job{} // of each product: a later job may have made it again
	for _, job := range r.Jobs {
		note, _ := job.Note()
		for i := range note.Count {
			newest[note.First+i] = job
		}
	}
	description := ""
	for _, job := range r.Jobs {
		note, _ := job.Note()
		names := note.OutputNames()
		if job.State != eventlog.Done || names == nil {
			continue
		}
		folder := j.folder(job.ID)
		for i, name := range names {
			if note.Sum || newest[note.First+i%note.Count] == job {
				list = append(list, output{job: job, name: inFolder(folder, name)})
			}
		}
		if note.Description != "" {
			description = inFolder(folder, note.Description)
		}
	}
	r.Outputs = &Outputs{}
	if len(list) == 0 {
		r.Outputs.Unknown = unnamed
		return
	}
	lookForAll(list)
	r.Outputs.judge(list, description)
}

// judge draws the conclusions from what was found.
func (o *Outputs) judge(list []output, description string) {
	var found [Present + 1]int
	for _, out := range list {
		if out.err != nil {
			o.Unknown = out.err.Error()
			return
		}
		found[out.Presence]++
	}
	_, err := os.Stat(description)
	switch inPlace := description != "" && err == nil; {
	case found[Present] == 0 && found[Outdated] > 0: // the clocks, or time zones, are not the same
		o.Unknown = "its times are later than those of the outputs"
		return
	case found[Present] == 0 && !inPlace:
		o.Unknown = "it is not where the outputs are"
		return
	}
	o.Missing = map[condor.ID][]string{}
	for _, out := range list {
		if out.Presence == Present {
			continue
		}
		name := out.name
		switch out.Presence {
		case Empty:
			name += " (which is empty)"
		case Outdated:
			name += " (which is older)"
		}
		if o.Missing[out.job.ID] == nil {
			o.jobs++
		}
		o.Missing[out.job.ID] = append(o.Missing[out.job.ID], name)
		o.first = append(o.first, name)
	}
}

// An output is one of a job that is done.
type output struct {
	job  *eventlog.Job
	name string
	Presence
	err error
}

// lookForAll looks for all outputs, several at a time, since that mostly waits for the disk.
func lookForAll(list []output) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range 4 * runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for {
				i := int(next.Add(1) - 1)
				if i >= len(list) {
					return
				}
				list[i].Presence, list[i].err = Look(list[i].name, list[i].job.Submitted.Truncate(time.Second))
			}
		})
	}
	wg.Wait()
}

// inFolder returns a name that is relative to a folder.
func inFolder(folder, name string) string {
	name = filepath.FromSlash(name)
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(folder, name)
}
