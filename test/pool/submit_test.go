//go:build pool

package pool

import (
	"strings"
	"testing"

	"matpool/condor/eventlog"
)

// What condor_submit says is passed on, and that it failed.
func TestSubmissionFails(t *testing.T) {
	t.Parallel()
	f := inputs(t, 2, 4)
	said, errs, status := f.try("matsubmit", "run_product", "-total_jobs=2", "-condor.periodic_hold=1 +")
	if status != 1 || !strings.Contains(errs, "Parse error in expression") ||
		!strings.HasSuffix(errs, "\nmatsubmit: condor_submit failed (exit status 1): what it said is above\n") {
		t.Errorf("exit status %d\n%s%s", status, said, errs)
	}
}

// While jobs make them again, the outputs of before are not there: were one of the jobs
// held, nobody would take the old output for the new. What is in the queue is not made
// again, unless it must; what is held and not missed is removed.
func TestMadeAgain(t *testing.T) {
	t.Parallel()
	const pairs = "-total_jobs=2"
	f := inputs(t, 2, 4)
	f.run("matprod", "-count", "2")
	norm := f.run("matcombine", "-jobs", "2")
	f.run("matsubmit", "run_product", pairs, "-force", "-requirements=false", "-batch_name=made again")
	if _, errs, status := f.try("matcombine", "-jobs", "2"); status != 65 || !strings.Contains(errs, "output0.npy: no such file") {
		t.Errorf("matcombine: exit status %d\n%s", status, errs)
	}
	if _, errs, status := f.try("matsubmit", "run_product", pairs); status != 64 || !strings.Contains(errs, "there are jobs in the queue") {
		t.Errorf("exit status %d\n%s", status, errs)
	}
	f.run("condor_hold", "-constraint", `JobBatchName == "made again"`)
	f.wait("log.txt", "held", func(h *eventlog.History) bool { return eventlog.Count(h.Jobs()).Held == 2 })
	f.run("matprod", "-count", "2")
	said := f.run("matsubmit", "run_product", pairs, "-resubmit")
	if !strings.Contains(said, "2 there, 0 in the queue, 0 missing\ncondor_rm ") || !strings.HasSuffix(said, "nothing to submit\n") {
		t.Error(said)
	}
	f.wait("log.txt", "removed", func(h *eventlog.History) bool { return eventlog.Count(h.Jobs()).Removed == 2 })
	if again := f.run("matcombine", "-jobs", "2"); again != norm {
		t.Errorf("%s, and before %s", again, norm)
	}
}
