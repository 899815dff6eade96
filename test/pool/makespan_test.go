//go:build pool

package pool

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"matpool/condor/eventlog"
)

// The Python flow, with one product per job, is compared with ours in batches, on the same four
// slots of an idle pool. It takes some three times as long (bench/runs has figures). Other programs may use this
// machine, and other tests may have left work behind, so the test only requires that it takes longer. If it does not,
// it runs again right after ours, up to three times.
func TestMakespan(t *testing.T) {
	const pairs = 100
	f := inputs(t, pairs, 1000)
	for _, name := range []string{"testdata/python_job.sh", "testdata/python.sub", "../../bench/numpy/product.py", "../../bench/numpy/combine.py"} {
		f.copy(name, name[strings.LastIndex(name, "/")+1:])
	}

	flow := func() time.Duration {
		t.Helper()
		f.run("condor_submit", "python.sub")
		defer f.remove("python.log")
		return f.makespan("Python, a product a job", "python.log", pairs)
	}
	python := flow()
	theirs := f.run("/usr/bin/python3", "combine.py")

	want := f.serial(pairs)
	for _, per := range []string{"10", "auto"} {
		ours := func(log string) time.Duration {
			t.Helper()
			f.run("matsubmit", "run_product", "-force", "-products_per_job", per, "-operating_systems=linux", "-log", log)
			h := f.settle(log)
			span := f.makespan("matprod, products_per_job = "+per, log, eventlog.Count(h.Jobs()).Total())
			if norm := f.run("matcombine", "-quiet"); norm != want {
				t.Errorf("products_per_job = %s: norm %s, want the serial check's %s", per, norm, want)
			}
			return span
		}
		span := ours(per + ".log")
		for run := 1; span >= python; run++ { // perhaps because something else has used the machine
			if python = flow(); span < python {
				break
			}
			if t.Logf("products_per_job = %s: %v, but the Python flow takes %v", per, span, python); run == 3 {
				t.Error("that is so three times in a row")
				break
			}
			span = ours(fmt.Sprintf("%s-%d.log", per, run))
		}
	}
	a, b := number(t, theirs), number(t, want)
	if math.Abs(a-b) > 1e-14*b {
		t.Errorf("norm %v from Python, %v from ours", a, b)
	}
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	words := strings.Fields(text)
	x, err := strconv.ParseFloat(words[len(words)-1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// makespan waits until all jobs are done, and returns the time since their submission. It logs
// what the machines spent their time on.
func (f folder) makespan(what, log string, jobs int) time.Duration {
	f.Helper()
	h := f.settle(log)
	if c := eventlog.Count(h.Jobs()); c.Done != jobs {
		f.Fatalf("%s: %+v, want %d done", what, c, jobs)
	}
	var begin, end eventlog.Moment
	var transfer, compute, total time.Duration
	for _, j := range h.Jobs() {
		if begin.IsZero() || j.SubmittedAt().Before(begin) {
			begin = j.SubmittedAt()
		}
		for i := range j.Attempts {
			a := &j.Attempts[i]
			transfer += a.Time(eventlog.Inputs, a.End).Plus(a.Time(eventlog.Outputs, a.End)).Duration
			compute += a.Time(eventlog.Computing, a.End).Duration
			total += a.Total(a.End).Duration
			if end.IsZero() || end.Before(a.End) {
				end = a.End
			}
		}
	}
	f.Logf("%-35s %3d jobs %4.0f s; of the slots' time with a job, transfer %2.0f %%, computing %2.0f %%",
		what, jobs, begin.Until(end).Seconds(), 100*transfer.Seconds()/total.Seconds(), 100*compute.Seconds()/total.Seconds())
	return begin.Until(end).Duration
}
