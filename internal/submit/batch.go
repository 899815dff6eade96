package submit

import "matpool/condor/submitfile"

// ranges divides total products, numbered from first, among jobs of at most perJob each. If
// perJob is 1, a job has the number of its product; otherwise jobs are numbered from 0.
func ranges(first, total, perJob int) []submitfile.Job {
	batch := make([]submitfile.Job, 0, jobs(total, perJob))
	for done := 0; done < total; done += perJob {
		j := submitfile.Job{Index: len(batch), First: first + done, Count: min(perJob, total-done)}
		if perJob == 1 {
			j.Index = j.First
		}
		batch = append(batch, j)
	}
	return batch
}
