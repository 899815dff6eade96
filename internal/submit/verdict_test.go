package submit

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"matpool/condor/eventlog"
	"matpool/condor/jobfile"
)

// gigaflops is a machine of two processors.
func gigaflops(perProcessor float64) speed {
	return speed{all: 2 * perProcessor * 1e9, one: perProcessor * 1e9}
}

// taskOf returns a task of matprod, or of another program.
func taskOf(r jobfile.Request, total int) task {
	if r.IndexedInputs == nil {
		r.IndexedInputs = []string{"inputA.npy", "inputB.npy"}
	}
	t := task{Request: requestOf(total, r)}
	t.outputs = outputsOf(t.Request, "run")
	return t
}

// The line says what is known, and names a command only if this machine is as fast as the pool.
func TestVerdict(t *testing.T) {
	matprod, tool := jobfile.Request{Matprod: true}, jobfile.Request{}
	usual := pace{start: 2, factor: 1}
	for _, test := range []struct {
		r           jobfile.Request
		l           load
		o           offer
		match, free int
		p           pace
		from        *earlier
		want        string
	}{
		{matprod, load{jobs: 100, products: 100, in: 16e8, out: 8e8, local: 24e8, flops: 2e11}, offer{}, 412, 412, usual, nil,
			"100 products: about 3s here; about 12s on the pool (412 slots match, 2.4 GB through this machine). matprod -count 100 does it here."},
		{matprod, load{jobs: 100, products: 100, in: 16e8, out: 8e8, local: 24e8, flops: 2e13}, offer{}, 412, 412, usual, nil,
			"100 products: about 3m20s here; about 16s on the pool (412 slots match, 2.4 GB through this machine)."},
		{matprod, load{jobs: 100, products: 100, in: 16e8, flops: 2e11, local: 16e8}, offer{}, 4, 1, usual, nil,
			"100 products: about 3s here; about 49s on the pool (4 slots match, 3 of them in use by others, 1.6 GB through this machine). matprod -count 100 does it here."},
		{matprod, load{jobs: 1, products: 100, in: 16e8, flops: 2e11}, offer{unjudged: true}, 1, 0, usual, nil,
			"100 products: about 2s here; on the pool at least about 10s (up to 1 slot matches, all in use by others, 1.6 GB through this machine). matprod -count 100 does it here."},
		{matprod, load{jobs: 100, products: 100, flops: 1e9}, offer{}, 0, 0, usual, nil,
			"100 products: less than 1s here; on the pool no slot matches. matprod -count 100 does it here."},
		{matprod, load{jobs: 100, products: 100, flops: 1e9}, offer{unknown: "condor_status did not answer within 2s"}, 0, 0, usual, nil,
			"100 products: less than 1s here; on the pool unknown: condor_status did not answer within 2s. matprod -count 100 does it here."},
		{tool, load{jobs: 50, products: 100, in: 24e8}, offer{}, 412, 412, usual, nil,
			"50 jobs: their run time is unknown (412 slots match, 2.4 GB to send)."},
		{tool, load{jobs: 100, products: 100, in: 3e8}, offer{}, 10, 10, pace{start: 2, factor: 1, program: 60}, &earlier{cluster: 7},
			"100 jobs: about 10m on the pool (10 slots match, 300.0 MB to send, at the pace of cluster 7)."},
	} {
		got := verdict{task: taskOf(test.r, 100), batches: []batch{{first: 0, count: 100}}, load: test.l, speed: gigaflops(50),
			offer: test.o, match: test.match, free: test.free, pace: test.p, from: test.from}.String()
		if got != test.want {
			t.Errorf("%s\nwant\n%s", got, test.want)
		}
	}
}

func TestAbout(t *testing.T) {
	for seconds, want := range map[float64]string{
		0.02: "less than 1s", 1: "about 1s", 1.5: "about 2s", 9.6: "about 10s", 59: "about 59s", 63: "about 1m", 118: "about 2m",
		400: "about 7m", 3500: "about 58m", 4000: "about 1h10m", 86400 * 3.3: "about 3d07h",
	} {
		if got := about(seconds); got != want {
			t.Errorf("%v s: %s, want %s", seconds, got, want)
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
		{jobfile.Request{Matprod: true}, false, []batch{{first: 0, count: 7}, {first: 7, count: 3}}, "matprod -count 10"},
		{jobfile.Request{Matprod: true}, false, []batch{{first: 7, count: 3}}, "matprod -first 7 -count 3"},
		{jobfile.Request{Matprod: true}, false, []batch{{first: 0, count: 1}, {first: 2, count: 1}}, ""},
		{jobfile.Request{Matprod: true, IndexedOutputs: []string{"out/c.npy"}}, false, []batch{{first: 0, count: 7}}, "matprod -count 7 inputA.npy inputB.npy out/c.npy"},
		{jobfile.Request{Matprod: true, IndexedOutputs: []string{"my c.npy"}}, false, []batch{{first: 0, count: 7}}, ""},
		{jobfile.Request{Matprod: true, Sum: true}, false, []batch{{first: 0, count: 7}}, "matprod -serial -jobs 7"},
		{jobfile.Request{Matprod: true}, true, []batch{{first: 0, count: 7}}, "matprod -serial -jobs 7"},
		{jobfile.Request{Matprod: true}, true, []batch{{first: 1, count: 7}}, "matprod -serial -first 1 -jobs 7"},
		{jobfile.Request{Matprod: true, Gram: true, IndexedInputs: []string{"x.npy"}}, false, []batch{{first: 0, count: 7}}, "matprod -gram -count 7 x.npy output.npy"},
		{jobfile.Request{Matprod: true, Transpose: true, Sum: true}, false, []batch{{first: 0, count: 7}}, "matprod -transpose a -serial -jobs 7"},
		{jobfile.Request{Matprod: true, Grid: jobfile.Grid{Rows: 2, Cols: 2}, Sum: true}, false, []batch{{first: 0, count: 8}}, ""},
		{jobfile.Request{Matprod: true, Fixed: jobfile.Fixed{Factor: "a", Name: "A.npy"}}, false, []batch{{first: 0, count: 7}}, ""},
		{jobfile.Request{}, false, []batch{{first: 0, count: 7}}, ""},
	} {
		tk := taskOf(test.r, 10)
		tk.DAG = test.dag
		if got := hereCommand(tk, test.batches); got != test.want {
			t.Errorf("%+v: %q, want %q", test, got, test.want)
		}
	}
}

// Two jobs of two products each, on two slots: 4 s until the first starts, 20 s of work.
const twoJobs = `000 (007.000.000) 2020-11-24 06:00:00 Job submitted from host: <127.0.0.1:45339>
    first=0 count=2 starts=4 jobs=2
...
000 (007.001.000) 2020-11-24 06:00:00 Job submitted from host: <127.0.0.1:45339>
    first=2 count=2 starts=4 jobs=2
...
001 (007.000.000) 2020-11-24 06:00:04 Job executing on host: <127.0.0.2:1>
	SlotName: slot1_1@linux1
...
001 (007.001.000) 2020-11-24 06:00:05 Job executing on host: <127.0.0.2:1>
	SlotName: slot1_2@linux1
...
005 (007.000.000) 2020-11-24 06:00:14 Job terminated.
	(1) Normal termination (return value 0)
...
005 (007.001.000) 2020-11-24 06:00:24 Job terminated.
	(1) Normal termination (return value STATUS)
...
`

// latestOfLog returns the latest job of each of four products in a log.
func latestOfLog(t *testing.T, log string) []*eventlog.Job {
	t.Helper()
	h := eventlog.NewHistory()
	r := eventlog.NewReader("log", strings.NewReader(log))
	for r.Scan() {
		if e, ok := r.Record().(*eventlog.Event); ok {
			h.Add(e)
		}
	}
	q := queue{latest: make([]*eventlog.Job, 4)}
	for _, j := range h.Jobs() {
		q.add(taskOf(jobfile.Request{Matprod: true}, 4), "log.txt", j)
	}
	return q.latest
}

// A run in the log counts if it is done and the inputs are older.
func TestEarlier(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"inputA0.npy", "inputB0.npy"} {
		if err := os.WriteFile(name, nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	tk := taskOf(jobfile.Request{Matprod: true}, 4)
	done := strings.ReplaceAll(twoJobs, "STATUS", "0")
	if e, ok := findEarlier(tk, latestOfLog(t, done)); ok {
		t.Errorf("the inputs are newer: %+v", e)
	}
	names, _ := filepath.Glob("input*")
	for _, name := range names {
		if err := os.Chtimes(name, time.Time{}, time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC)); err != nil {
			t.Fatal(err)
		}
	}
	e, ok := findEarlier(tk, latestOfLog(t, done))
	if !ok || e.cluster != 7 || len(e.batches) != 2 || e.slots != 2 || e.waited != 4 || e.worked != 20 {
		t.Errorf("%+v, %v", e, ok)
	}
	for what, log := range map[string]string{
		"a job failed":  strings.ReplaceAll(twoJobs, "STATUS", "1"),
		"a job runs":    done[:strings.LastIndex(done, "005 ")],
		"there is none": "",
	} {
		if e, ok := findEarlier(tk, latestOfLog(t, log)); ok {
			t.Errorf("%s: %+v", what, e)
		}
	}

	// The same run is then expected to take as long again; twice the work on the same slots takes
	// as long as twice the work.
	s := survey{products: alike(4, square(1000))}
	p, _ := paceOf(tk, s, offer{cycle: 20}, latestOfLog(t, done), gigaflops(50))
	if got := p.onPool(loadOf(tk, s, e.batches), 2, 1, gigaflops(50)); math.Abs(got-24) > 1e-9 {
		t.Errorf("%v s, want 24", got)
	}
	// Of another program, this gives the run time.
	other := taskOf(jobfile.Request{}, 4)
	p, _ = paceOf(other, s, offer{cycle: 20}, latestOfLog(t, done), speed{})
	if got := p.onPool(loadOf(other, s, e.batches), 2, 1, speed{}); math.Abs(got-24) > 1e-9 {
		t.Errorf("another program: %v s, want 24", got)
	}
	if p, from := paceOf(tk, s, offer{cycle: 20}, nil, gigaflops(50)); from != nil || p.start != 6 || p.factor != 1 {
		t.Errorf("without a log: %+v", p)
	}
}
