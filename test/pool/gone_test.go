//go:build pool

package pool

import (
	"fmt"
	"slices"
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
	lose := func(in eventlog.State, ids ...condor.ID) {
		for _, id := range ids {
			f.lose(id)
		}
		for _, j := range f.history("log.txt").Jobs() {
			if slices.Contains(ids, j.ID) && j.State != in {
				t.Errorf("in the log, job %v is %v", j.ID, j.State)
			}
		}
	}
	others := func(than ...condor.ID) (ids []condor.ID) {
		for _, j := range f.history("log.txt").Jobs() {
			if !slices.Contains(than, j.ID) {
				ids = append(ids, j.ID)
			}
		}
		return ids
	}
	f.run("matsubmit", "run_product", "-requirements=false")
	held := others()
	f.run("condor_hold", fmt.Sprint(held[0].Cluster))
	f.wait("log.txt", "held", func(h *eventlog.History) bool { return eventlog.Count(h.Jobs()).Held == 3 })
	lose(eventlog.Held, held...)
	if said, status := f.watch(); status != 3 || !strings.Contains(said, "0 done, 0 running, 0 idle, 0 held, 3 removed") {
		t.Errorf("matwatch: exit status %d\n%s", status, said)
	}
	if said := f.run("matsubmit", "run_product", "-resubmit", "-requirements=false"); !strings.Contains(said, "log.txt: does not say how 3 jobs left the queue, but condor_history does\n") ||
		!strings.Contains(said, "of 3 products: 0 done, 0 in the queue, 3 missing\n") || strings.Contains(said, "condor_rm") {
		t.Error(said)
	}
	idle := others(held...)
	lose(eventlog.Idle, idle[1])
	if said, _, status := f.try("matwatch", "-report", "run_product"); status != 3 || !strings.Contains(said, "0 done, 0 running, 2 idle, 0 held, 2 removed") || !strings.Contains(said, "(condor_history says so; the log lacks it)") {
		t.Errorf("exit status %d\n%s", status, said)
	}
	lose(eventlog.Idle, idle[0], idle[2])
	if said, status := f.watch(); status != 3 || !strings.Contains(said, "0 done, 0 running, 0 idle, 0 held, 6 removed") {
		t.Errorf("matwatch: exit status %d\n%s", status, said)
	}
	if said := f.run("matsubmit", "run_product", "-run"); !strings.Contains(said, want) {
		t.Errorf("the norm is not %s:\n%s", want, said)
	}
}

// So it is with DAGMan.
func TestLastEventOfDAGManIsLost(t *testing.T) {
	t.Parallel()
	f := notInTmp(inputs(t, 3, 20))
	f.write("run_product", "total_jobs = 3\nlog = log.txt\n")
	want := f.serial(3)
	const dagmanLog = "run_product.dag.dagman.log"
	f.run("matsubmit", "run_product", "-dag", "-requirements=false")
	f.until("all nodes are submitted", func() bool { return exists(f.path("log.txt")) && len(f.history("log.txt").Jobs()) == 3 })
	dagman := f.history(dagmanLog).Jobs()[0].ID
	f.run("condor_hold", dagman.String())
	f.wait(dagmanLog, "held", func(h *eventlog.History) bool { return h.Jobs()[0].State == eventlog.Held })
	f.run("condor_rm", "-constraint", fmt.Sprintf("DAGManJobId == %d", dagman.Cluster))
	f.lose(dagman)
	if state := f.history(dagmanLog).Jobs()[0].State; state != eventlog.Held {
		t.Errorf("in its log, DAGMan is %v", state)
	}
	if said, status := f.watch(); status != 3 || !strings.Contains(said, "0 done, 0 running, 0 idle, 0 held, 3 removed; DAGMan removed: ") || !strings.Contains(said, "(condor_history says so; the log lacks it)") {
		t.Errorf("matwatch: exit status %d\n%s", status, said)
	}
	if said := f.run("matsubmit", "run_product", "-run"); !strings.Contains(said, want) {
		t.Errorf("the norm is not %s:\n%s", want, said)
	}
}

// lose makes HTCondor take a job out of the queue without an event in its log.
func (f folder) lose(id condor.ID) {
	f.Helper()
	f.run("condor_qedit", id.String(), "JobStatus", "3")
	f.until("it is gone", func() bool { return f.gone(id.String()) })
}
