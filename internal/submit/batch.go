package submit

import (
	"fmt"
	"time"

	"matpool/condor/jobfile"
	"matpool/internal/text"
)

// A batch is the products of one job.
type batch struct {
	index int // the job's number: that of its product if jobs have one each, else from 0 on
	first int // the number of its first product
	count int
}

// A division is the products divided among jobs.
type division struct {
	perJob  int      // the most products of a job
	batches []batch  // all jobs, whether they are to be submitted or not
	why     []string // how perJob was chosen, if it was
}

// divide divides the products among jobs.
func divide(r *jobfile.Request, products []product) division {
	d := division{perJob: r.ProductsPerJob}
	if d.perJob == 0 {
		c := choose(r, products)
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

// piece returns a job for some of the products of another. Its index is one that no job
// has had for other products and no job in the queue can have: it follows those of all
// jobs, by its first product.
func (d division) piece(first, count int) batch {
	return batch{index: len(d.batches) + first, first: first, count: count}
}

// The time that a product takes in a job is modelled from the sizes of its files:
//
//	t = bytes in / inPerSecond + bytes out / outPerSecond + flops / flopsPerSecond / cpus
//
// The constants are those of an ordinary machine. A pool's own may differ by a factor
// without spoiling the choice below.
const (
	jobSeconds     = 0.7   // HTCondor's own time for a job
	inPerSecond    = 300e6 // bytes sent to a machine in a second
	outPerSecond   = 440e6 // … and back
	flopsPerSecond = 20e9  // additions and multiplications in a second, of one processor
)

// What products_per_job = auto aims at. HTCondor's manual calls jobs of minutes
// efficient, and pools ask for five minutes if there are many jobs. But a job's files
// must fit on a machine.
const (
	targetTime  = 5 * time.Minute
	targetFiles = 1 << 30 // bytes
)

// seconds returns how long a product takes in a job.
func (m product) seconds(cpus int) float64 {
	return float64(m.in)/inPerSecond + float64(m.out)/outPerSecond + float64(m.flops)/flopsPerSecond/float64(cpus)
}

// A choice is a number of products for each job.
type choice struct {
	perJob int
	limit  limit // which limit decides
	why    []string
}

// A limit is what keeps a job from having more products.
type limit string

const (
	byTime  limit = "time"  // it would take longer than targetTime
	byFiles limit = "files" // its files would be larger than targetFiles
	bySlots limit = "slots" // some slots would have no job
)

// choose returns the largest number of products for a job that keeps all limits.
func choose(r *jobfile.Request, products []product) choice {
	var mean product
	for _, m := range products {
		mean.in, mean.out, mean.flops = mean.in+m.in, mean.out+m.out, mean.flops+m.flops
	}
	total := len(products)
	n := int64(total)
	mean.in, mean.out, mean.flops = mean.in/n, mean.out/n, mean.flops/n
	seconds := mean.seconds(r.Cpus)
	target := min(targetTime, r.MaxRunTime/2) // a machine half as fast must not exceed max_run_time

	most := map[limit]int{
		byTime:  clampCount(total, (target.Seconds()-jobSeconds)/seconds),
		byFiles: clampCount(total, targetFiles/float64(mean.in+mean.out)),
		bySlots: (total + r.Slots - 1) / r.Slots,
	}
	for most[bySlots] > 1 && jobCount(total, most[bySlots]) < r.Slots {
		most[bySlots]--
	}
	c := choice{perJob: most[bySlots], limit: bySlots}
	for _, l := range []limit{byFiles, byTime} {
		if most[l] < c.perJob {
			c.perJob, c.limit = most[l], l
		}
	}
	// That many jobs, but all alike.
	c.perJob = (total + jobCount(total, c.perJob) - 1) / jobCount(total, c.perJob)
	c.why = []string{
		fmt.Sprintf("products_per_job = auto: %s. A product is expected to take %.2g s: %s in, %s back, %.2g GFLOP.",
			text.Number(c.perJob), seconds, text.Size(mean.in), text.Size(mean.out), float64(mean.flops)/1e9),
		fmt.Sprintf("The limits: %s to keep a job under %s, %s to keep its files under %s, %s to give each of %d slots a job.",
			text.Number(most[byTime]), text.Duration(target), text.Number(most[byFiles]), text.Size(targetFiles), text.Number(most[bySlots]), r.Slots),
	}
	return c
}

// clampCount returns x as a number of products, from 1 to total.
func clampCount(total int, x float64) int {
	if !(x < float64(total)) { // also if a product takes no time
		return total
	}
	return max(1, int(x))
}

// jobCount returns how many jobs total products make.
func jobCount(total, perJob int) int { return (total + perJob - 1) / perJob }
