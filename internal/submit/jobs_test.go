package submit

import (
	"strings"
	"testing"
	"time"

	"matpool/condor/jobfile"
	"matpool/internal/status"
)

// HTCondor takes 5,000 inputs and 2,500 outputs in a job, and not twice as many: auto stays below,
// and a number in the file is refused above.
func TestFilesOfJob(t *testing.T) {
	tiny := product{in: 272, out: 136, flops: 2}
	npz := []string{"in.npz:A", "in.npz:B"}
	for _, test := range []struct {
		what string
		r    jobfile.Request
		most int
	}{
		{"pairs", jobfile.Request{}, 2500},
		{"their sums", jobfile.Request{Sum: true}, 2500},
		{"one archive for a pair", jobfile.Request{IndexedInputs: npz}, 2500},
		{"sums of pairs in archives", jobfile.Request{IndexedInputs: npz, Sum: true}, 5000},
		{"Gram matrices", jobfile.Request{Gram: true, IndexedInputs: []string{"x.npy"}}, 2500},
		{"random", jobfile.Request{Random: &jobfile.Random{Size: 1, Seed: "1", Distribution: "uniform"}}, 2500},
		{"sums of random", jobfile.Request{Random: &jobfile.Random{Size: 1, Seed: "1", Distribution: "uniform"}, Sum: true}, 20_000},
	} {
		const total = 20_000
		test.r.Slots = 1
		perJob, why := choosePerJob(workOf(total, test.r, tiny), slotCount{count: 1})
		if perJob > test.most || perJob < test.most*9/10 {
			t.Errorf("%s: auto has %d in a job, want up to %d", test.what, perJob, test.most)
		}
		if files := strings.Contains(why[1], "to keep their number down"); files != (test.most < total) {
			t.Errorf("%s: %s", test.what, why[1])
		}
		for perJob, refused := range map[int]bool{test.most: false, test.most + 1: test.most < total, 2 * total: test.most < total} {
			test.r.ProductsPerJob = perJob
			err := checkFileCount(taskOf(total, test.r))
			if (err != nil) != refused || refused && status.Of(err) != status.Data {
				t.Errorf("%s: %d in a job: %v", test.what, perJob, err)
			}
		}
	}
	if err := checkFileCount(taskOf(2500, jobfile.Request{ProductsPerJob: 5000})); err != nil {
		t.Errorf("a job has no more than all: %v", err)
	}
	other := otherWork(9000, jobfile.Request{IndexedInputs: []string{"a", "b"}, IndexedOutputs: []string{"c"}}, product{})
	if most := other.mostPerJob(); most != 2500 {
		t.Errorf("another program: %d", most)
	}
}

// A job that would not end within max_run_time is refused, since HTCondor would hold it.
func TestRunTime(t *testing.T) {
	minute := product{flops: 1200e9} // by the model, on one processor
	for _, test := range []struct {
		r      jobfile.Request
		counts []int
		says   string
	}{
		{jobfile.Request{MaxRunTime: time.Minute}, []int{1, 1}, ""},
		{jobfile.Request{MaxRunTime: 59 * time.Second}, []int{1, 1}, "job 0 is expected to compute for 1m, longer than 59s: it would be held"},
		{jobfile.Request{MaxRunTime: 59 * time.Second, Cpus: 2}, []int{1, 1}, ""},
		{jobfile.Request{}, []int{60}, ""},
		{jobfile.Request{}, []int{60, 61}, "job 1 is expected to compute for 1h01m, longer than 1h: it would be held"},
	} {
		tk := taskOf(121, test.r)
		tk.products = products{}.with(0, 121, minute)
		var batches []batch
		for i, n := range test.counts {
			batches = append(batches, batch{index: i, first: 60 * i, count: n})
		}
		err := checkRunTime(tk, batches)
		if (err != nil) != (test.says != "") || err != nil && (status.Of(err) != status.Data || !strings.Contains(err.Error(), test.says)) {
			t.Errorf("%+v: %v, want %q", test, err, test.says)
		}
	}
}
