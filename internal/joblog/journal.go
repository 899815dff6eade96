package joblog

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/condor/queue"
	"matpool/internal/base/file"
	"matpool/internal/outputs"
	"matpool/internal/status"
)

// A Journal is the content of one or more logs.
type Journal struct {
	Names   []string // of the logs
	History *eventlog.History

	Identity string // of the only run that counts, as in [condor.Note]; or ""

	Faults     []error // for the first places in the logs that could not be parsed
	FaultCount int     // the number of all such places
	Missing    int     // the number of last events that the logs lack, as HTCondor says; see [Journal.End]

	logs    []*log
	logOf   map[condor.ID]string // the name of each job's log, if there are several
	gone    []queue.Left         // see [Journal.End]
	dagmans []queue.Left         // those of other logs
}

// maxFaults limits the faults that a Journal keeps: a file can be full of them.
const maxFaults = 20

// Open opens logs. It does not read them.
func Open(names ...string) (*Journal, error) {
	j := &Journal{Names: names, History: eventlog.NewHistory(), logOf: map[condor.ID]string{}}
	for _, name := range names {
		l, err := open(name)
		if err != nil {
			j.Close()
			return nil, err
		}
		j.logs = append(j.logs, l)
	}
	return j, nil
}

// Close closes the logs.
func (j *Journal) Close() {
	for _, l := range j.logs {
		l.close()
	}
}

// Read reads the events that were written since the last call. It adds each to the history
// and then calls each. If a file is not a log, it returns an error of status Data.
func (j *Journal) Read(each func(*eventlog.Event)) error {
	for _, l := range j.logs {
		if err := l.read(func(e *eventlog.Event) {
			j.History.Add(e)
			if _, submitted := e.Detail.(eventlog.Submit); submitted && len(j.logs) > 1 {
				j.logOf[e.ID] = l.name
			}
			each(e)
		}, j.fault); err != nil {
			return err
		}
	}
	j.end(each)
	return nil
}

// CheckClusters returns an error of status Data if the logs have clusters, but not all of the
// given ones.
func (j *Journal) CheckClusters(clusters []int) error {
	found := j.History.Clusters()
	for _, id := range clusters {
		if len(found) > 0 && !slices.Contains(found, id) {
			return status.DataError(fmt.Errorf("%s: no cluster %d, only %s", strings.Join(j.Names, ", "), id, list(found)), "")
		}
	}
	return nil
}

func (j *Journal) fault(err error) {
	j.FaultCount++
	if len(j.Faults) < maxFaults {
		j.Faults = append(j.Faults, err)
	}
}

// Abandoned reports whether matsubmit ran the jobs of a run on this machine, but is gone: it
// locks the submission file while it runs them. If so, the log must be read once more: they may
// have ended just before.
func (j *Journal) Abandoned(r *Run) bool {
	here, err := os.Hostname()
	if err != nil {
		return false
	}
	for _, job := range r.Jobs {
		n := len(job.Attempts)
		if job.State != eventlog.Running || n == 0 || job.Attempts[n-1].Machine != here {
			continue
		}
		if note, _ := job.Note(); note.Local && note.Description != "" {
			return file.IsFree(outputs.InFolder(j.folder(job.ID), note.Description))
		}
	}
	return false
}
