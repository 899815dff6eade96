package joblog

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"matpool/condor/eventlog"
	"matpool/internal/status"
)

// A Journal is the content of one or more logs.
type Journal struct {
	Names   []string // of the logs
	History *eventlog.History
	Latest  time.Time // the time of the latest event
	Events  int
	Faults  []error // the first places in the logs that could not be read
	Faulty  int     // how many there were

	logs []*log
}

// maxFaults limits the faults that are kept: a file can be full of them.
const maxFaults = 20

// Open opens logs, without reading them.
func Open(names ...string) (*Journal, error) {
	j := &Journal{Names: names, History: eventlog.NewHistory()}
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

// Read reads what has been written since the last call. It adds each event to the history
// and then calls each. A file that is not a log is an error of status Data.
func (j *Journal) Read(each func(*eventlog.Event)) error {
	for _, l := range j.logs {
		if err := l.read(func(e *eventlog.Event) {
			j.History.Add(e)
			j.Events++
			if e.Time.After(j.Latest) {
				j.Latest = e.Time
			}
			each(e)
		}, j.fault); err != nil {
			return err
		}
	}
	return nil
}

// Lacks returns an error if one of the clusters is not in the logs, but others are.
func (j *Journal) Lacks(clusters []int) error {
	there := j.History.Clusters()
	for _, id := range clusters {
		if len(there) > 0 && !slices.Contains(there, id) {
			return status.DataError(fmt.Errorf("%s: there is no cluster %d, but %s", strings.Join(j.Names, ", "), id, list(there)), "")
		}
	}
	return nil
}

func (j *Journal) fault(err error) {
	j.Faulty++
	if len(j.Faults) < maxFaults {
		j.Faults = append(j.Faults, err)
	}
}
