package submit

import (
	"fmt"
	"math"
	"time"

	"matpool/internal/base/text"
	"matpool/internal/forecast"
	"matpool/internal/status"
)

// The largest numbers of a job's numbered inputs and outputs with which HTCondor was seen to work
// (23.9.6). With twice as many, each attempt ends with "FileTransfer::Download called during active
// transfer!", and the job runs again for ever.
const (
	mostInputs  = 5000
	mostOutputs = 2500
)

// mostPerJob returns the largest number of products in a job whose files HTCondor transfers.
func (w work) mostPerJob() int {
	most := math.MaxInt
	if n := len(w.IndexedInputFiles()); n > 0 {
		most = mostInputs / n
	}
	if n := len(w.files.Names); n > 0 && !w.files.Sums {
		most = min(most, mostOutputs/n)
	}
	return max(most, 1)
}

// checkFileCount returns an error if a job was requested to have too many files.
func checkFileCount(t task) error {
	perJob, most := min(t.ProductsPerJob, t.TotalJobs), t.mostPerJob()
	if perJob <= most {
		return nil
	}
	hint := fmt.Sprintf("set products_per_job to %s or less, or put more into each file, as in a stack of matrices", text.Number(most))
	if t.kind.records() && t.combines() && !t.files.Sums {
		hint += "; with sum = yes a job returns one file"
	}
	return status.DataError(fmt.Errorf("%s: products_per_job: a job with %s has too many files: HTCondor fails with more than %s inputs or %s outputs in a job",
		t.File, text.Count(perJob, t.kind.unit()), text.Number(mostInputs), text.Number(mostOutputs)), hint)
}

// checkRunTime returns an error if a job of some batches is expected to compute for longer than
// max_run_time, after which it would be held and its work be lost.
func checkRunTime(t task, batches []batch) error {
	var longest time.Duration
	var worst batch
	for _, b := range batches {
		var l forecast.Load
		for _, m := range t.products[b.first-t.FirstIndex:][:b.count] {
			l.Flops += m.flops
		}
		if d := time.Duration(min(l.Seconds(t.Cpus), 1e9) * float64(time.Second)); d > longest {
			longest, worst = d, b
		}
	}
	if longest <= t.MaxRunTime {
		return nil
	}
	whole := func(d time.Duration) string { return text.Duration(max(d.Round(time.Second), time.Second)) }
	hint := fmt.Sprintf("set max_run_time = %dm, twice what is expected", int(math.Ceil(2*longest.Minutes())))
	if worst.count > 1 {
		hint += "; or lower products_per_job"
	}
	return status.DataError(fmt.Errorf("%s: max_run_time: job %d is expected to compute for %s, longer than %s: it would be held",
		t.File, worst.index, whole(longest), text.Duration(t.MaxRunTime)), hint)
}
