package submit

import (
	"fmt"
	"time"

	"matpool/internal/text"
)

// How long a job takes, from the sizes of its files:
//
//	t = a + (bytes in)/in + (bytes out)/out + flops/speed
//
// The constants are those of an ordinary machine; what is measured with a pool of
// one's own may differ by a factor, and the choice below not be far off all the same.
const (
	jobSeconds     = 0.7   // a: HTCondor's own time for a job
	inPerSecond    = 300e6 // bytes sent to a machine in a second
	outPerSecond   = 440e6 // … and back
	flopsPerSecond = 20e9  // additions and multiplications in a second, of one processor
)

// What products_per_job = auto aims at. HTCondor's manual calls jobs of minutes
// efficient, and pools ask for five minutes where there are many jobs. But a job's files
// must have room on a machine.
const (
	aim      = 5 * time.Minute
	jobFiles = 1 << 30 // bytes
)

// seconds returns how long a product takes in a job.
func (m product) seconds(cpus int) float64 {
	return float64(m.in)/inPerSecond + float64(m.out)/outPerSecond + float64(m.flops)/flopsPerSecond/float64(cpus)
}

// deal chooses how many products a job computes, and deals them out.
func (p *plan) deal() {
	p.perJob = p.job.ProductsPerJob
	if p.perJob == 0 {
		p.choose()
	}
	p.all = ranges(p.job.FirstIndex, p.job.TotalJobs, p.perJob)
	if p.job.Sum {
		for i := range p.all { // a partial sum has its job's number, also where that is one product
			p.all[i].Index = i
		}
	}
}

// choose chooses the number of products of a job: as many as make it last as long as
// is aimed at, and have room, and leave a job for each slot.
func (p *plan) choose() {
	var mean product
	for _, m := range p.products {
		mean.in, mean.out, mean.flops = mean.in+m.in, mean.out+m.out, mean.flops+m.flops
	}
	total := len(p.products)
	n := int64(total)
	mean.in, mean.out, mean.flops = mean.in/n, mean.out/n, mean.flops/n
	t := mean.seconds(p.job.Cpus)
	length := min(aim, p.job.MaxRunTime/2) // what is twice as slow must not be held

	byTime := atMost(total, (length.Seconds()-jobSeconds)/t)
	byFiles := atMost(total, jobFiles/float64(mean.in+mean.out))
	bySlots := (total + p.job.Slots - 1) / p.job.Slots
	for bySlots > 1 && jobs(total, bySlots) < p.job.Slots {
		bySlots--
	}
	p.perJob = min(byTime, byFiles, bySlots)
	// As many jobs as that makes, but all alike.
	p.perJob = (total + jobs(total, p.perJob) - 1) / jobs(total, p.perJob)

	p.why = []string{
		fmt.Sprintf("products_per_job = auto: %s. A product is expected to take %.2g s: %s in, %s back, %.2g GFLOP.",
			text.Number(p.perJob), t, text.Size(mean.in), text.Size(mean.out), float64(mean.flops)/1e9),
		fmt.Sprintf("So that a job takes no longer than %.3g min, it has up to %s; its files no more than %s, up to %s; and %d slots a job each, up to %s.",
			length.Minutes(), text.Number(byTime), text.Size(jobFiles), text.Number(byFiles), p.job.Slots, text.Number(bySlots)),
	}
}

// atMost returns the number of products, from 1 to all, of which x say how many there
// may be.
func atMost(total int, x float64) int {
	if !(x < float64(total)) { // also where a product takes no time
		return total
	}
	return max(1, int(x))
}

// jobs returns how many jobs total products make.
func jobs(total, perJob int) int { return (total + perJob - 1) / perJob }
