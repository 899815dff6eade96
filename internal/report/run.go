package report

import (
	"matpool/condor"
	"matpool/internal/joblog"
)

// Run reads logs as they stand, and writes the report of the clusters (those of
// [joblog.Select]) in each of some ways. Unless all jobs are done, it returns an error.
func Run(names []string, clusters []int, write ...func(*Report) error) error {
	j, err := joblog.Open(names...)
	if err != nil {
		return err
	}
	defer j.Close()
	if err := j.Read(func(*condor.Event) {}); err != nil {
		return err
	}
	if err := j.Lacks(clusters); err != nil {
		return err
	}
	run := joblog.Select(j.History, clusters)
	r := New(j, run)
	for _, write := range write {
		if err := write(r); err != nil {
			return err
		}
	}
	return run.Unfinished(names)
}
