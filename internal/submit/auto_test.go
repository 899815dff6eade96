package submit

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"matpool/condor/jobfile"
	"matpool/internal/forecast"
)

// square is a product of n×n matrices.
func square(n int64) product {
	return product{in: 16 * n * n, out: 8 * n * n, flops: 2 * n * n * n, shape: []int{int(n), int(n)}, factors: 16 * n * n, result: 8 * n * n, sum: 16 * n * n}
}

// requestOf returns a request for products, with defaults for everything else.
func requestOf(total int, r jobfile.Request) *jobfile.Request {
	r.TotalJobs = total
	r.Cpus = max(r.Cpus, 1)
	if r.Slots == 0 {
		r.Slots = 8
	}
	if r.MaxRunTime == 0 {
		r.MaxRunTime = time.Hour
	}
	return &r
}

// workOf returns a work of matprod's, with products that are all alike.
func workOf(total int, r jobfile.Request, m product) work {
	q := requestOf(total, r)
	if q.IndexedInputs == nil && q.Random == nil {
		q.IndexedInputs = []string{"inputA.npy", "inputB.npy"}
	}
	q.Matprod = true
	w, err := newWork(q, "run")
	if err != nil {
		panic(err)
	}
	w.products = products{}.with(w.FirstIndex, total, m)
	return w
}

// otherWork returns a work of another program's.
func otherWork(total int, r jobfile.Request, m product) work {
	r.ProductsPerJob = max(r.ProductsPerJob, 1)
	w, err := newWork(requestOf(total, r), "run")
	if err != nil {
		panic(err)
	}
	w.products = products{}.with(w.FirstIndex, total, m)
	return w
}

// taskOf returns a task for a work of matprod's.
func taskOf(total int, r jobfile.Request) task {
	return task{Options: Options{File: "run"}, work: workOf(total, r, product{})}
}

// The number of products in a job is the largest for which no job exceeds the target time, its
// files fit, and each slot has a job.
func TestChoose(t *testing.T) {
	long := product{in: 1000, out: 1000, flops: 60e9}
	for _, test := range []struct {
		what   string
		total  int
		m      product
		r      jobfile.Request
		perJob int
	}{
		{"100 of 1000×1000 are little work: a job for each slot", 100, square(1000), jobfile.Request{}, 13},
		{"… of two slots: 44 to a job fit, which makes three jobs", 100, square(1000), jobfile.Request{Slots: 2}, 34},
		{"10 for 8 slots: two to a job would leave three slots without", 10, square(1000), jobfile.Request{}, 1},
		{"16 for 8 slots", 16, square(1000), jobfile.Request{}, 2},
		{"fewer products than slots", 5, square(1000), jobfile.Request{}, 1},
		{"10,000 of 1000×1000: the files of 44 take a gigabyte", 10_000, square(1000), jobfile.Request{}, 44},
		{"1000 of 5000×5000", 1000, square(5000), jobfile.Request{Slots: 4}, 1},
		{"100,000 of 3 s each: five minutes", 100_000, long, jobfile.Request{}, 99},
		{"… on two processors, in half the time", 100_000, long, jobfile.Request{Cpus: 2}, 199},
		{"half of max_run_time, if that is less", 100_000, long, jobfile.Request{MaxRunTime: time.Minute}, 9},
		{"one that lasts longer than the target", 100, product{flops: 6e15}, jobfile.Request{}, 1},
		{"of nothing", 80, product{}, jobfile.Request{}, 10},
	} {
		w := workOf(test.total, test.r, test.m)
		perJob, why := choosePerJob(w, slotCount{count: w.Slots})
		if perJob != test.perJob {
			t.Errorf("%s: %d, want %d", test.what, perJob, test.perJob)
		}
		if n := jobCount(test.total, perJob); n < min(w.Slots, test.total) {
			t.Errorf("%s: %d jobs, fewer than slots", test.what, n)
		}
		if begin := fmt.Sprintf("products_per_job = auto: %d.", test.perJob); len(why) != 2 || !strings.HasPrefix(why[0], begin) {
			t.Errorf("%s: the reasons are %q, want the first to begin with %q", test.what, why, begin)
		}
	}
}

// For any number of products and slots, the jobs have all products, and they are at least as
// many as the slots, with at most one more than necessary.
func TestJobsForEachSlot(t *testing.T) {
	for total := 1; total <= 70; total++ {
		for slots := 1; slots <= 20; slots++ {
			d := workOf(total, jobfile.Request{Slots: slots}, product{in: 1}).divideFor(forecast.Offer{})
			n := len(d.batches)
			if n < min(slots, total) {
				t.Errorf("%d products: %d jobs for %d slots", total, n, slots)
			}
			if more := d.perJob + 1; total > slots && jobCount(total, more) >= slots && jobCount(total, more) < n {
				t.Errorf("%d products, %d slots: %d a job, although %d would do", total, slots, d.perJob, more)
			}
			next := 0
			for _, b := range d.batches {
				if b.first != next {
					t.Errorf("%d products, %d slots: a job begins with %d, want %d", total, slots, b.first, next)
				}
				next += b.count
			}
			if next != total {
				t.Errorf("%d products, %d slots: the jobs have %d", total, slots, next)
			}
		}
	}
}

// The numbers of jobs.
func TestDivide(t *testing.T) {
	for _, test := range []struct {
		what string
		r    jobfile.Request
		want string // index:first+count
	}{
		{"a product each", jobfile.Request{ProductsPerJob: 1, FirstIndex: 5}, "5:5+1 6:6+1 7:7+1"},
		{"two each", jobfile.Request{ProductsPerJob: 2, FirstIndex: 5}, "0:5+2 1:7+1"},
		{"sums of one", jobfile.Request{ProductsPerJob: 1, FirstIndex: 5, Sum: true}, "0:5+1 1:6+1 2:7+1"},
	} {
		if got := spellBatches(workOf(3, test.r, product{}).divideFor(forecast.Offer{}).batches); got != test.want {
			t.Errorf("%s: %s, want %s", test.what, got, test.want)
		}
	}
}

func spellBatches(batches []batch) string {
	var words []string
	for _, b := range batches {
		words = append(words, fmt.Sprintf("%d:%d+%d", b.index, b.first, b.count))
	}
	return strings.Join(words, " ")
}

// A job for some of another's products has a unique number, whatever is missing now and was
// missing before.
func TestPieceIndicesAreUnique(t *testing.T) {
	d := workOf(60, jobfile.Request{}, product{}).divide(7)
	seen := map[int]bool{}
	for _, b := range d.batches {
		seen[b.index] = true
	}
	for first := range 60 {
		b := d.subBatch(first, 1)
		if seen[b.index] {
			t.Errorf("product %d: job %d exists", first, b.index)
		}
		seen[b.index] = true
	}
}
