package submit

import (
	"testing"
	"time"

	"matpool/condor/jobfile"
	"matpool/internal/text"
)

// planOf returns a plan for products that are all alike.
func planOf(total int, m product, job jobfile.Request) *plan {
	job.TotalJobs = total
	if job.Slots == 0 {
		job.Slots = 8
	}
	if job.MaxRunTime == 0 {
		job.MaxRunTime = time.Hour
	}
	job.Cpus = max(job.Cpus, 1)
	p := &plan{job: &job}
	for range total {
		p.products = append(p.products, m)
	}
	return p
}

// square is a product of n×n matrices.
func square(n int64) product {
	return product{in: 16 * n * n, out: 8 * n * n, flops: 2 * n * n * n, rows: int(n), cols: int(n)}
}

// The number of products of a job is the largest with which none lasts longer than is
// aimed at, its files have room, and there is a job for each slot.
func TestChoice(t *testing.T) {
	for _, test := range []struct {
		what    string
		plan    *plan
		perJob  int
		because string
	}{
		{"100 of 1000×1000 are little work: a job for each slot", planOf(100, square(1000), jobfile.Request{}), 13, "slots"},
		{"… of two slots: three jobs have room, so a third each", planOf(100, square(1000), jobfile.Request{Slots: 2}), 34, "files"},
		{"10 for 8 slots: two to a job would leave three slots without", planOf(10, square(1000), jobfile.Request{}), 1, "slots"},
		{"16 for 8 slots", planOf(16, square(1000), jobfile.Request{}), 2, "slots"},
		{"fewer products than slots", planOf(5, square(1000), jobfile.Request{}), 1, "slots"},
		{"10,000 of 1000×1000: a job's files take a gigabyte", planOf(10_000, square(1000), jobfile.Request{}), 44, "files"},
		{"1000 of 5000×5000 take 15 s each", planOf(1000, square(5000), jobfile.Request{Slots: 4}), 1, "files"},
		{"100,000 that compute much: five minutes", planOf(100_000, product{in: 1000, out: 1000, flops: 60e9}, jobfile.Request{}), 99, "time"},
		{"… on two processors, in half the time", planOf(100_000, product{in: 1000, out: 1000, flops: 60e9}, jobfile.Request{Cpus: 2}), 199, "time"},
		{"half of max_run_time, if that is less", planOf(100_000, product{in: 1000, out: 1000, flops: 60e9}, jobfile.Request{MaxRunTime: time.Minute}), 9, "time"},
		{"one that lasts longer than is aimed at", planOf(100, product{flops: 6e15}, jobfile.Request{}), 1, "time"},
		{"of nothing", planOf(80, product{}, jobfile.Request{}), 10, "slots"},
	} {
		test.plan.deal()
		if test.plan.perJob != test.perJob {
			t.Errorf("%s: %d (%v), want %d (%s)", test.what, test.plan.perJob, test.plan.why, test.perJob, test.because)
		}
		if n := len(test.plan.all); n < min(test.plan.job.Slots, test.plan.job.TotalJobs) {
			t.Errorf("%s: %d jobs, fewer than slots", test.what, n)
		}
		if len(test.plan.why) != 2 {
			t.Errorf("%s: it is not said why", test.what)
		}
	}
}

// For any number of products and slots: no fewer jobs than slots, all products, and as
// few jobs as that allows, to one.
func TestJobsForEachSlot(t *testing.T) {
	for total := 1; total <= 70; total++ {
		for slots := 1; slots <= 20; slots++ {
			p := planOf(total, product{in: 1}, jobfile.Request{Slots: slots})
			p.deal()
			n := len(p.all)
			if n < min(slots, total) {
				t.Errorf("%d products: %d jobs for %d slots", total, n, slots)
			}
			if more := p.perJob + 1; total > slots && jobs(total, more) >= slots && jobs(total, more) < n {
				t.Errorf("%d products, %d slots: %d a job, where %d would do", total, slots, p.perJob, more)
			}
			sum := 0
			for _, row := range p.all {
				sum += row.Count
			}
			if sum != total {
				t.Errorf("%d products, %d slots: %d dealt out", total, slots, sum)
			}
		}
	}
}

func TestSizes(t *testing.T) {
	for n, want := range map[int64]string{0: "0.0 kB", 1300: "1.3 kB", 8_000_128: "8.0 MB", 2_500_000_000: "2.5 GB"} {
		if got := text.Size(n); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
