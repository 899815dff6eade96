package submit

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
