package request

import (
	"fmt"
	"path/filepath"

	"matpool/condor/jobfile"
	"matpool/internal/base/file"
	"matpool/internal/record"
	"matpool/internal/status"
)

// Latest returns the latest run of a simplified submission file that is recorded beside its outputs, beside
// the file or in the current folder.
func Latest(name string, q *jobfile.Request) (run record.Run, ok bool, err error) {
	dirs := []string{filepath.Dir(name), "."}
	for _, output := range q.Outputs() {
		dirs = append([]string{filepath.Dir(output)}, dirs...)
	}
	for _, dir := range dirs {
		folder, err := record.Load(dir)
		if err != nil {
			return run, false, err
		}
		if run, ok = folder.Latest(filepath.ToSlash(file.From(dir, name))); ok {
			return run, true, nil
		}
	}
	return run, false, nil
}

// Differences returns how the numbers of the latest run of a file differ from what the file says now, errors of status
// Data that name the line and the flag. What each output was made from its record says.
func Differences(name string, q *jobfile.Request, run record.Run) (errs []error) {
	add := func(hint, format string, args ...any) {
		errs = append(errs, status.DataError(fmt.Errorf("%s "+format, append([]any{name}, args...)...), hint))
	}
	const again = "or make the others: matsubmit %s -resubmit"
	number := func(attribute string, now, then int, what string) {
		if now != then {
			add(fmt.Sprintf("add -%s=%d, "+again, attribute, then, name), "says %s = %d, but its last run %s %d", attribute, now, what, then)
		}
	}
	number("total_jobs", q.TotalJobs, run.Total, "made")
	number("first_index", q.FirstIndex, run.First, "began with")
	if q.Sum != run.Sum {
		is := map[bool]string{true: "yes", false: "no"}
		add(fmt.Sprintf("add -sum=%s, "+again, is[run.Sum], name), "says sum = %s, but its last run had sum = %s", is[q.Sum], is[run.Sum])
	}
	if then := PerJob(run); q.Sum && run.Sum && then > 0 && q.ProductsPerJob > 0 {
		number("products_per_job", q.ProductsPerJob, then, "had")
	}
	return errs
}

// PerJob returns how many products each job of a run has, except perhaps the last one; 0 if it has no jobs.
func PerJob(run record.Run) int {
	if len(run.Jobs) == 0 {
		return 0
	}
	job := run.Jobs[0]
	if job.Index > 0 { // jobs that were submitted again need not begin with the first
		return (job.First - run.First) / job.Index
	}
	return job.Count
}
