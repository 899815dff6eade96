package submit

import (
	"fmt"
	"math"
	"time"

	"matpool/internal/base/file"
	"matpool/internal/base/text"
	"matpool/internal/forecast"
	"matpool/internal/status"
)

// A batch is the products of one job.
type batch struct {
	index int // the job's number: its product's if each job has one product, otherwise from 0 on
	first int // the number of its first product
	count int
}

// A division is a division of the products among jobs.
type division struct {
	perJob  int      // the largest number of products in a job
	batches []batch  // of all jobs, whether or not they are submitted
	why     []string // the reason for perJob, if it was auto
}

// divide divides the products among jobs with a number of products each.
func (w work) divide(perJob int, why ...string) division {
	d := division{perJob: perJob, why: why}
	for done := 0; done < w.TotalJobs; done += perJob {
		b := batch{index: len(d.batches), first: w.FirstIndex + done, count: min(perJob, w.TotalJobs-done)}
		if perJob == 1 && !w.files.Sums { // a partial sum has its job's number
			b.index = b.first
		}
		d.batches = append(d.batches, b)
	}
	return d
}

// firstJob returns the work of the first job alone.
func (w work) firstJob() work {
	q := *w.Request
	q.TotalJobs = min(q.TotalJobs, max(1, q.ProductsPerJob))
	w.Request = &q
	return w
}

// subBatch returns a batch with some of the products of another. Its index is larger than
// those of all other batches and follows from its first product, so no job in the queue has
// the same index, and no job had it for other products.
func (d division) subBatch(first, count int) batch {
	return batch{index: len(d.batches) + first, first: first, count: count}
}

// jobCount returns the number of jobs for total products.
func jobCount(total, perJob int) int { return (total + perJob - 1) / perJob }

// productsIn returns the number of products of some jobs.
func productsIn(batches []batch) (n int) {
	for _, b := range batches {
		n += b.count
	}
	return n
}

// The largest numbers of a job's numbered inputs and outputs with which HTCondor was seen to work
// (23.9.6). With twice as many, each attempt ends with "FileTransfer::Download called during active
// transfer!", and the job runs again for ever.
const (
	mostInputs  = 5000
	mostOutputs = 2500
)

// mostPerJob returns the largest number of products in a job: HTCondor must transfer their files.
func (w work) mostPerJob() int {
	most := file.MaxCount
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
		l := forecast.Load{Flops: t.loadOf(b).Flops}
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
