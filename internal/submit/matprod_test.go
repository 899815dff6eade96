package submit

import (
	"strings"
	"testing"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/condor/jobfile"
	"matpool/internal/status"
)

// What a job gets or returns once, whatever the number of its products, counts once: a factor that they have in
// common, and the sum of them. Inputs that are made in the job count nothing.
func TestChooseWithWhatIsThereOnce(t *testing.T) {
	made := square(1000)
	made.in = 0
	half := square(1000)
	half.in /= 2
	for _, test := range []struct {
		what   string
		m      product
		common int64
		r      jobfile.Request
		perJob int
		why    string
	}{
		{"both factors: files of 44 fit", square(1000), 0, jobfile.Request{}, 44, "16.0 MB in, 8.0 MB back, 2 GFLOP."},
		{"one factor is fixed: files of 66 fit", half, 8e6, jobfile.Request{}, 66, "Once for a job: 8.0 MB in, nothing back."},
		{"random: only products of 134", made, 0, jobfile.Request{}, 134, "nothing in, 8.0 MB back, 2 GFLOP."},
		{"their sum: five minutes", made, 0, jobfile.Request{Sum: true, Random: &jobfile.Random{Size: 1000, Seed: "1", Distribution: "uniform"}}, 2942, "Once for a job: nothing in, 16.0 MB back."},
		{"sums of files", square(1000), 0, jobfile.Request{Sum: true}, 66, "Once for a job: nothing in, 16.0 MB back."},
		{"a fixed factor larger than a job's files should be", half, 2 << 30, jobfile.Request{}, 1, ""},
	} {
		w := workOf(100_000, test.r, test.m)
		w.common = test.common
		perJob, why := choosePerJob(w, slotCount{count: defaultSlots})
		if perJob != test.perJob || !strings.HasSuffix(why[0], test.why) {
			t.Errorf("%s: %d (%s); want %d, %s", test.what, perJob, why[0], test.perJob, test.why)
		}
	}
}

// No time of a file shows which random inputs an output is of, so the log has to.
func TestOutputsOfOtherRandomInputsAreNotMixed(t *testing.T) {
	random := &jobfile.Random{Size: 10, Seed: "42", Distribution: "uniform"}
	job := func(note string) *eventlog.Job {
		h := eventlog.NewHistory()
		r := eventlog.NewReader("log", strings.NewReader("000 (001.000.000) 2026-07-01 12:00:00 Job submitted from host: <x>\n    "+note+"\n...\n"))
		for r.Scan() {
			if e, ok := r.Record().(*eventlog.Event); ok {
				h.Add(e)
			}
		}
		return h.Jobs()[0]
	}
	for _, test := range []struct {
		random *jobfile.Random
		note   string
		says   string
	}{
		{random, "first=0 count=1 starts=4 jobs=1 random=42/10/uniform", ""},
		{random, "first=0 count=1 starts=4 jobs=1 random=43/10/uniform", "job 1.0 is for random inputs 43/10/uniform, and the new ones for random inputs 42/10/uniform"},
		{random, "first=0 count=1 starts=4 jobs=1", "job 1.0 is for inputs in files"},
		{nil, "first=0 count=1 starts=4 jobs=1", ""},
		{nil, "first=0 count=1 starts=4 jobs=1 random=42/10/uniform", "and the new ones for inputs in files"},
	} {
		earlier := past{logs: []string{"log"}, latest: makersOf(job(test.note))}
		err := earlier.checkSameInputs(workOf(1, jobfile.Request{Random: test.random}, product{}))
		if (test.says == "") != (err == nil) || err != nil && (status.Of(err) != status.Usage || !strings.Contains(err.Error(), test.says)) {
			t.Errorf("%q: %v, want %q", test.note, err, test.says)
		}
	}
}

// The command makes the same files as the jobs, or the same norm. There is none for products
// that are not one range, and for names that a shell would not take as they are.
func TestHereCommand(t *testing.T) {
	for _, test := range []struct {
		r       jobfile.Request
		dag     bool
		batches []batch
		want    string
	}{
		{jobfile.Request{}, false, []batch{{first: 0, count: 7}, {first: 7, count: 3}}, "matprod -count 10"},
		{jobfile.Request{}, false, []batch{{first: 7, count: 3}}, "matprod -first 7 -count 3"},
		{jobfile.Request{}, false, []batch{{first: 0, count: 1}, {first: 2, count: 1}}, ""},
		{jobfile.Request{IndexedOutputs: []string{"out/c.npy"}}, false, []batch{{first: 0, count: 7}}, "matprod -count 7 inputA.npy inputB.npy out/c.npy"},
		{jobfile.Request{IndexedOutputs: []string{"my c.npy"}}, false, []batch{{first: 0, count: 7}}, ""},
		{jobfile.Request{Sum: true}, false, []batch{{first: 0, count: 7}}, "matprod -serial -jobs 7"},
		{jobfile.Request{}, true, []batch{{first: 0, count: 7}}, "matprod -serial -jobs 7"},
		{jobfile.Request{}, true, []batch{{first: 1, count: 7}}, "matprod -serial -first 1 -jobs 7"},
		{jobfile.Request{Gram: true, IndexedInputs: []string{"x.npy"}}, false, []batch{{first: 0, count: 7}}, "matprod -gram -count 7 x.npy output.npy"},
		{jobfile.Request{Transpose: true, Sum: true}, false, []batch{{first: 0, count: 7}}, "matprod -transpose a -serial -jobs 7"},
		{jobfile.Request{Check: true}, false, []batch{{first: 0, count: 7}}, "matprod -check -count 7"},
		{jobfile.Request{Grid: jobfile.Grid{Rows: 2, Cols: 2}, Sum: true}, false, []batch{{first: 0, count: 8}}, ""},
		{jobfile.Request{IndexedInputs: []string{"b.npy"}, Inputs: []string{"A.npy"}, Fixed: jobfile.Fixed{Factor: "a", Name: "A.npy"}}, false, []batch{{first: 0, count: 7}}, ""},
	} {
		tk := taskOf(10, test.r)
		tk.DAG = test.dag
		if got := tk.commandHere(test.batches); got != test.want {
			t.Errorf("%+v: %q, want %q", test, got, test.want)
		}
	}
}

// The command after -local adds what the jobs made: it names the submission file if that has the whole range.
func TestCommandToCombine(t *testing.T) {
	for _, test := range []struct {
		r         jobfile.Request
		overrides []condor.Setting
		want      string
	}{
		{jobfile.Request{ProductsPerJob: 4}, nil, "matcombine run"},
		{jobfile.Request{ProductsPerJob: 4, Sum: true}, nil, "matcombine run"},
		{jobfile.Request{Sum: true}, nil, "matcombine -first 0 -jobs 3 partial.npz"},
		{jobfile.Request{}, nil, "matcombine run"},
		{jobfile.Request{FirstIndex: 5}, []condor.Setting{{Name: "total_jobs", Value: "10"}}, "matcombine -first 5 -jobs 10 output.npy"},
		{jobfile.Request{Grid: jobfile.Grid{Rows: 2, Cols: 5}}, []condor.Setting{{Name: "grid", Value: "2x5"}}, "matcombine -grid 2x5 output.npy"},
		{jobfile.Request{IndexedOutputs: []string{"my c.npy"}}, []condor.Setting{{Name: "total_jobs", Value: "10"}}, ""},
	} {
		tk := taskOf(10, test.r)
		tk.Overrides = test.overrides
		tk.division = tk.divide(4)
		if got := tk.commandToCombine(); got != test.want {
			t.Errorf("%+v: %q, want %q", test, got, test.want)
		}
	}
	other := task{Options: Options{File: "run"}, work: otherWork(10, jobfile.Request{IndexedOutputs: []string{"a.txt"}}, product{})}
	if got := other.commandToCombine(); got != "" {
		t.Errorf("another program: %q", got)
	}
}
