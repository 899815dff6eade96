package submit

import (
	"fmt"
	"time"

	"matpool/internal/base/file"
	"matpool/internal/base/text"
	"matpool/internal/forecast"
)

// The targets of products_per_job = auto. HTCondor's manual calls jobs of several minutes
// efficient, and pools ask for five minutes if there are many jobs. But a job's files must
// fit on a machine.
const (
	targetTime  = 5 * time.Minute
	targetFiles = 1 << 30 // bytes
)

// defaultSlots is the number of slots for which auto provides jobs if no other is known.
const defaultSlots = 8

// A slotCount is the number of slots for which auto provides jobs, and where it comes from.
type slotCount struct {
	count  int
	origin string // for the reason of the choice, or ""
}

// slotsFor returns the number of slots for which products_per_job = auto provides jobs.
func slotsFor(w work, o forecast.Offer) slotCount {
	if w.Slots > 0 {
		return slotCount{count: w.Slots}
	}
	one := []batch{{first: w.FirstIndex, count: 1}} // the disk that more products need, a slot mostly has
	w.division = division{perJob: 1}
	if match, _ := o.Count(w.need(one)); match > 0 {
		return slotCount{count: match, origin: ", as many as match"}
	}
	return slotCount{count: defaultSlots, origin: ", a guess"}
}

// divideFor divides the products among jobs: as the file says, or, with products_per_job = auto, for
// what the pool offers.
func (w work) divideFor(o forecast.Offer) division {
	if w.ProductsPerJob > 0 {
		return w.divide(w.ProductsPerJob)
	}
	perJob, why := choosePerJob(w, slotsFor(w, o))
	return w.divide(perJob, why...)
}

// choosePerJob returns the largest number of products for a job within all limits, and the reason.
func choosePerJob(w work, slots slotCount) (perJob int, why []string) {
	mean := w.loadOf(batch{first: w.FirstIndex, count: w.TotalJobs}) // of a product
	once := forecast.Load{In: w.common}                              // whatever the number of products in a job
	for _, g := range w.products {
		_, sum := w.kind.returns(g.product)
		once.Out = max(once.Out, sum)
	}
	total := w.TotalJobs
	n := int64(total)
	mean.In, mean.Out, mean.Flops = mean.In/n, mean.Out/n, mean.Flops/float64(n)
	seconds := mean.Seconds(w.Cpus)
	target := min(targetTime, w.MaxRunTime/2) // max_run_time must suffice for a machine that is half as fast

	byTime := clampCount(total, (target.Seconds()-forecast.JobSeconds-once.Seconds(w.Cpus))/seconds)
	byFiles := clampCount(total, float64(targetFiles-once.In-once.Out)/float64(mean.In+mean.Out))
	byCount := min(total, w.mostPerJob()) // HTCondor must transfer the files
	bySlots := (total + slots.count - 1) / slots.count
	for bySlots > 1 && jobCount(total, bySlots) < slots.count {
		bySlots--
	}
	perJob = max(min(byTime, byFiles, byCount, bySlots), jobCount(total, file.MaxCount))
	// Keep the number of jobs, and make them equal.
	jobs := jobCount(total, perJob)
	perJob = (total + jobs - 1) / jobs
	what := ""
	if once.In+once.Out > 0 {
		what = fmt.Sprintf(" Once for a job: %s in, %s back.", sizeOrNothing(once.In), sizeOrNothing(once.Out))
	}
	checked := ""
	if w.Check {
		checked = " with its check"
	}
	count := ""
	if byCount < total {
		count = fmt.Sprintf("%s to keep their number down, ", text.Number(byCount))
	}
	return perJob, []string{
		fmt.Sprintf("products_per_job = auto: %s. A product is expected to take %.2g s: %s in, %s back, %.2g GFLOP%s.%s",
			text.Number(perJob), seconds, sizeOrNothing(mean.In), sizeOrNothing(mean.Out), mean.Flops/1e9, checked, what),
		fmt.Sprintf("The limits: %s to keep a job under %s, %s to keep its files under %s, %s%s to give each of %s a job%s.",
			text.Number(byTime), text.Duration(target), text.Number(byFiles), text.Size(targetFiles), count, text.Number(bySlots), text.Count(slots.count, "slot"), slots.origin),
	}
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
