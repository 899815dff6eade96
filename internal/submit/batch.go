package submit

import (
	"fmt"
	"time"

	"matpool/condor/jobfile"
	"matpool/internal/base/text"
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

// divide divides the products among jobs. The number of slots is for products_per_job = auto.
func divide(r *jobfile.Request, s survey, slots slotCount) division {
	d := division{perJob: r.ProductsPerJob}
	switch {
	case d.perJob == 0 && slots.earlier > 0:
		d.perJob = slots.earlier
		d.why = []string{fmt.Sprintf("products_per_job = auto: %s, as before.", text.Number(slots.earlier))}
	case d.perJob == 0:
		c := choosePerJob(r, s, slots)
		d.perJob, d.why = c.perJob, c.why
	}
	for done := 0; done < r.TotalJobs; done += d.perJob {
		b := batch{index: len(d.batches), first: r.FirstIndex + done, count: min(d.perJob, r.TotalJobs-done)}
		if d.perJob == 1 && !r.Sum { // a partial sum has its job's number
			b.index = b.first
		}
		d.batches = append(d.batches, b)
	}
	return d
}

// subBatch returns a batch with some of the products of another. Its index is larger than
// those of all other batches and follows from its first product, so no job in the queue has
// the same index, and no job had it for other products.
func (d division) subBatch(first, count int) batch {
	return batch{index: len(d.batches) + first, first: first, count: count}
}

// The targets of products_per_job = auto. HTCondor's manual calls jobs of several minutes
// efficient, and pools ask for five minutes if there are many jobs. But a job's files must
// fit on a machine.
const (
	targetTime  = 5 * time.Minute
	targetFiles = 1 << 30 // bytes
)

// A choice is a number of products for each job.
type choice struct {
	perJob int
	limit  limit // the smallest
	why    []string
}

// A limit is a limit on the number of products in a job.
type limit string

const (
	byTime  limit = "time"  // the job's time must not exceed targetTime
	byFiles limit = "files" // the size of its files must not exceed targetFiles
	bySlots limit = "slots" // every slot must have a job
)

// defaultSlots is the number of slots for which auto provides jobs if no other is known.
const defaultSlots = 8

// A slotCount is the number of slots for which auto provides jobs, and where it comes from.
type slotCount struct {
	count  int
	origin string // for the reason of the choice, or ""
	// earlier is the number of products that each job had before, if it has to remain.
	earlier int
}

// choosePerJob returns the largest number of products for a job within all limits.
func choosePerJob(r *jobfile.Request, s survey, slots slotCount) choice {
	var mean product
	for _, m := range s.products {
		mean.in, mean.out, mean.flops = mean.in+m.in, mean.out+m.out, mean.flops+m.flops
	}
	total := len(s.products)
	n := int64(total)
	mean.in, mean.out, mean.flops = mean.in/n, mean.out/n, mean.flops/n
	once := product{in: s.common} // whatever the number of products in a job
	if r.Sum {
		mean.out, once.out = 0, s.products[0].sum
	}
	seconds := mean.seconds(r.Cpus)
	target := min(targetTime, r.MaxRunTime/2) // max_run_time must suffice for a machine that is half as fast

	most := map[limit]int{
		byTime:  clampCount(total, (target.Seconds()-jobSeconds-once.seconds(r.Cpus))/seconds),
		byFiles: clampCount(total, float64(targetFiles-once.in-once.out)/float64(mean.in+mean.out)),
		bySlots: (total + slots.count - 1) / slots.count,
	}
	for most[bySlots] > 1 && jobCount(total, most[bySlots]) < slots.count {
		most[bySlots]--
	}
	c := choice{perJob: most[bySlots], limit: bySlots}
	for _, l := range []limit{byFiles, byTime} {
		if most[l] < c.perJob {
			c.perJob, c.limit = most[l], l
		}
	}
	// Keep the number of jobs, and make them equal.
	c.perJob = (total + jobCount(total, c.perJob) - 1) / jobCount(total, c.perJob)
	what := ""
	if once.in+once.out > 0 {
		what = fmt.Sprintf(" Once for a job: %s in, %s back.", sizeOrNothing(once.in), sizeOrNothing(once.out))
	}
	c.why = []string{
		fmt.Sprintf("products_per_job = auto: %s. A product is expected to take %.2g s: %s in, %s back, %.2g GFLOP.%s",
			text.Number(c.perJob), seconds, sizeOrNothing(mean.in), sizeOrNothing(mean.out), float64(mean.flops)/1e9, what),
		fmt.Sprintf("The limits: %s to keep a job under %s, %s to keep its files under %s, %s to give each of %s a job%s.",
			text.Number(most[byTime]), text.Duration(target), text.Number(most[byFiles]), text.Size(targetFiles), text.Number(most[bySlots]), text.Count(slots.count, "slot"), slots.origin),
	}
	return c
}

func sizeOrNothing(bytes int64) string {
	if bytes == 0 {
		return "nothing"
	}
	return text.Size(bytes)
}

// clampCount rounds x down to a number of products from 1 to total.
func clampCount(total int, x float64) int {
	if !(x < float64(total)) { // also for Inf and NaN, if a product takes no time
		return total
	}
	return max(1, int(x))
}

// jobCount returns the number of jobs for total products.
func jobCount(total, perJob int) int { return (total + perJob - 1) / perJob }
