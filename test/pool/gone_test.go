//go:build pool

package pool

import (
	"strings"
	"testing"

	"matpool/condor"
	"matpool/condor/eventlog"
)

// HTCondor sometimes takes a removed job out of the queue without an event in its log. (Here it is made to.) No program
// waits for such a job, or takes it for one in the queue.
func TestLastEventIsLost(t *testing.T) {
	t.Parallel()
	f := inputs(t, 3, 20)
	f.write("run_product", "total_jobs = 3\nlog = log.txt\n")
	want := f.serial(3)
	lose := func(ids ...condor.ID) {
		for _, id := range ids {
			f.run("condor_qedit", id.String(), "JobStatus", "3")
			f.until("it is gone", func() bool { return f.run("condor_q", id.String(), "-af", "ProcId") == "" })
		}
		for _, j := range f.history("log.txt").Jobs() {
			if j.State != eventlog.Idle {
				t.Errorf("in the log, job %v is %v", j.ID, j.State)
			}
		}
	}
	f.run("matsubmit", "run_product", "-requirements=false")
	id := f.history("log.txt").Jobs()[1].ID
	lose(id)
	if said, _, status := f.try("matwatch", "-report", "run_product"); status != 3 || !strings.Contains(said, "0 done, 0 running, 2 idle, 0 held, 1 removed") || !strings.Contains(said, "(condor_history says so; the log lacks it)") {
		t.Errorf("exit status %d\n%s", status, said)
	}
	if said := f.run("matsubmit", "run_product", "-resubmit", "-requirements=false"); !strings.Contains(said, "log.txt: lacks the last event of 1 job, which condor_history has\n") ||
		!strings.Contains(said, "of 3 products: 0 done, 2 in the queue, 1 missing\n") {
		t.Error(said)
	}
	var rest []condor.ID
	for _, j := range f.history("log.txt").Jobs() {
		if j.ID != id {
			rest = append(rest, j.ID)
		}
	}
	lose(rest...)
	if said, status := f.watch(); status != 3 || !strings.Contains(said, "0 done, 0 running, 0 idle, 0 held, 4 removed") {
		t.Errorf("matwatch: exit status %d\n%s", status, said)
	}
	if said := f.run("matsubmit", "run_product", "-run"); !strings.Contains(said, want) {
		t.Errorf("the norm is not %s:\n%s", want, said)
	}
}
