//go:build pool

package pool

import (
	"path/filepath"
	"strings"
	"testing"

	"matpool/condor/eventlog"
)

// If HTCondor refuses the jobs, its reason is printed, and nothing changes: not the outputs, the
// norm of a graph, or the held jobs.
func TestRefused(t *testing.T) {
	t.Parallel()
	for _, refused := range []struct {
		name        string
		environment []string
		flag        string
		reason      string
	}{
		{"an expression cannot be parsed", nil, "-condor.rank=1 +", "Parse error in expression"},
		{"the schedd is away", []string{"_CONDOR_SCHEDD_HOST=nosuch.example", "_CONDOR_SCHEDD_ADDRESS_FILE=/nonexistent"}, "-max_retries=1", "ERROR"},
	} {
		t.Run(refused.name, func(t *testing.T) {
			f := notInTmp(inputs(t, 2, 4))
			f.run("matprod", "-first", "0", "-count", "2")
			f.write("run_product.norm", "1.0\n")
			before := []string{f.read("output0.npy"), f.read("output1.npy"), f.read("run_product.norm")}
			for _, form := range [][]string{{"-force"}, {"-dag", "-force"}, {"-resubmit"}} {
				if form[0] == "-resubmit" {
					f.write("output1.npy", "unsound")
					before[1] = "unsound"
				}
				command := append(append(refused.environment, filepath.Join(bin, "matsubmit"), "run_product", "-total_jobs=2", refused.flag), form...)
				said, errs, status := f.try("env", command...)
				if status != 1 || !strings.Contains(errs, refused.reason) || !strings.Contains(errs, " failed (exit status ") {
					t.Errorf("%s: exit status %d\n%s%s", form, status, said, errs)
				}
				for i, name := range []string{"output0.npy", "output1.npy", "run_product.norm"} {
					if f.read(name) != before[i] {
						t.Errorf("%s: %s has changed", form, name)
					}
				}
				if left := f.run("ls", "-A"); strings.Contains(left, ".aside-") {
					t.Errorf("%s: files are left aside: %s", form, left)
				}
			}
		})
	}
}

// While jobs make outputs again, the old ones are not there, so that nobody takes an old output for
// a new one if a job is held. Products in the queue are not made again unless they must be. Jobs
// that are held, and whose outputs are not missing, are removed.
func TestMadeAgain(t *testing.T) {
	t.Parallel()
	const pairs = "-total_jobs=2"
	f := inputs(t, 2, 4)
	f.run("matprod", "-count", "2")
	norm := f.run("matcombine", "-jobs", "2")
	f.run("matsubmit", "run_product", pairs, "-force", "-requirements=false", "-batch_name=made again")
	if _, errs, status := f.try("matcombine", "-jobs", "2"); status != 65 || !strings.Contains(errs, "output0.npy, output1.npy are missing") {
		t.Errorf("matcombine: exit status %d\n%s", status, errs)
	}
	if _, errs, status := f.try("matsubmit", "run_product", pairs); status != 64 || !strings.Contains(errs, "jobs for these products are in the queue") {
		t.Errorf("exit status %d\n%s", status, errs)
	}
	f.run("condor_hold", "-constraint", `JobBatchName == "made again"`)
	f.wait("log.txt", "held", func(h *eventlog.History) bool { return eventlog.Count(h.Jobs()).Held == 2 })
	f.run("matprod", "-count", "2")
	said := f.run("matsubmit", "run_product", pairs, "-resubmit")
	if !strings.Contains(said, "2 done, 0 in the queue, 0 missing\ncondor_rm ") || !strings.HasSuffix(said, "nothing to submit\n") {
		t.Error(said)
	}
	f.until("the jobs are removed", func() bool { return f.gone("-constraint", `JobBatchName == "made again"`) })
	if again := f.run("matcombine", "-jobs", "2"); again != norm {
		t.Errorf("%s, but before it was %s", again, norm)
	}
}
