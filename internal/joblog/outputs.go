package joblog

import (
	"context"
	"os"
	"path/filepath"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/internal/outputs"
	"matpool/internal/record"
)

// Outputs is what is known of the outputs of a run's jobs that are done.
type Outputs struct {
	Unknown string                 // why it is not known whether all are there, or ""
	Missing map[condor.ID][]string // those of each job that are not, with the reason unless it is absent

	Files      []Output // all of them
	Submission string   // the submission file, by the jobs' notes, which need not be there; "" if they do not say

	first []string // some of the names
	jobs  int
}

// An Output is one of a job that is done.
type Output struct {
	Job  condor.ID
	Name string
	outputs.Found
}

// unnamed is why the outputs of a log are unknown if it promises none.
const unnamed = "it does not name the outputs"

// CheckOutputs looks for the outputs of a run's jobs that are done, which their notes name
// relative to the log's folder. A log that somebody copied elsewhere has no outputs there: if
// neither one of them nor the submit description is there, nothing is known.
func (j *Journal) CheckOutputs(r *Run) {
	newest := makersOf(r.Jobs).products // a later job may have made it again
	description, submission := "", ""
	var list []Output
	var files []outputs.Output
	for _, job := range r.Jobs {
		note, _ := job.Note()
		names := note.OutputNames()
		if job.State != eventlog.Done || names == nil {
			continue
		}
		folder := j.folder(job.ID)
		for i, name := range names {
			if note.Sum || newest.Of(note.First+i%note.Count) == job {
				o := outputs.Output{Name: outputs.InFolder(folder, name), Since: outputs.Submitted(job.Submitted), Any: note.Unit != ""}
				files = append(files, o)
				list = append(list, Output{Job: job.ID, Name: o.Name})
			}
		}
		if note.Description != "" {
			description = outputs.InFolder(folder, note.Description)
			name, _ := submissionOf(note)
			submission = outputs.InFolder(folder, name)
		}
	}
	r.Outputs = &Outputs{Submission: submission}
	folders := map[string]*outputs.Records{}
	if len(list) == 0 {
		r.Outputs.Unknown = unnamed
		return
	}
	for i, found := range outputs.LookAll(context.Background(), files) {
		if found.State == outputs.Outdated && isRecorded(folders, files[i].Name) {
			found.State = outputs.Valid
		}
		list[i].Found = found
	}
	r.Outputs.Files = list
	r.Outputs.judge(description)
}

// isRecorded reports whether a file is what its record says, which matters more than its time. No file is read but the
// records of its folder, once.
func isRecorded(folders map[string]*outputs.Records, name string) bool {
	dir := filepath.Dir(name)
	if folders[dir] == nil {
		folders[dir] = outputs.NewRecords(dir, &record.Cache{})
	}
	list, err := folders[dir].Of(filepath.Base(name))
	if err != nil || len(list) == 0 {
		return false
	}
	f, err := folders[dir].Hashes.Quick(name, list, record.Expected{})
	return err == nil && f.Outcome == record.Valid
}

// judge draws the conclusions from what was found.
func (o *Outputs) judge(description string) {
	var found [outputs.States]int
	for _, out := range o.Files {
		if out.Err != nil {
			o.Unknown = out.Err.Error()
			return
		}
		found[out.State]++
	}
	_, err := os.Stat(description)
	switch inPlace := description != "" && err == nil; {
	case found[outputs.Valid] == 0 && found[outputs.Outdated] > 0: // the clocks, or time zones, are not the same
		o.Unknown = "its times are later than those of the outputs"
		return
	case found[outputs.Valid] == 0 && !inPlace:
		o.Unknown = "it is not where the outputs are"
		return
	}
	o.Missing = map[condor.ID][]string{}
	for _, out := range o.Files {
		if out.State == outputs.Valid {
			continue
		}
		name := out.Name
		if why := out.State.Why(); why != "" {
			name += " (" + why + ")"
		}
		if o.Missing[out.Job] == nil {
			o.jobs++
		}
		o.Missing[out.Job] = append(o.Missing[out.Job], name)
		o.first = append(o.first, name)
	}
}
