//go:build pool

package pool

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A graph multiplies, adds up and writes the norm. If a node fails, the graph stops after the
// other nodes, and continues from there when it is submitted again.
func TestDAG(t *testing.T) {
	t.Parallel()
	for _, way := range []struct {
		name, flags string
		nodes       int
	}{
		{"products", "", 6},
		{"sums", "-products_per_job=2 -sum=yes", 3},
	} {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			const pairs = 6
			f := notInTmp(inputs(t, pairs, 50))
			want := f.serial(pairs)
			f.run("matsubmit", append(strings.Fields(way.flags), "-N", "-dag", "run_product", "-total_jobs", fmt.Sprint(pairs), "-retry_delay=1s")...)

			aside("inputA3.npy")(f)
			f.write("inputA3.npy", "no matrix")
			f.run("condor_submit_dag", "run_product.dag")
			f.run("condor_wait", "-wait", fmt.Sprint(limit.Seconds()), "run_product.dag.dagman.log")
			rescue := f.read("run_product.dag.rescue001")
			if done := strings.Count(rescue, "\nDONE "); done != way.nodes-1 || exists(f.path("run_product.norm")) {
				t.Fatalf("%d nodes are done, want %d, and no norm\n%s", done, way.nodes-1, rescue)
			}

			for _, j := range f.history("log.txt").Jobs() {
				if starts := withoutLost(j).Starts; starts != 1 {
					t.Errorf("job %v was started %d times, though it would fail anywhere", j.ID, starts)
				}
			}

			back("inputA3.npy")(f)
			f.run("condor_submit_dag", "run_product.dag")
			if told, status := f.watch(); status != 0 { // it does not end on the old state
				t.Errorf("matwatch: exit status %d\n%s", status, told)
			}
			if norm := f.read("run_product.norm"); norm != want {
				t.Errorf("norm %s, serially %s", norm, want)
			}
			// Only the node that failed has run again.
			if jobs := len(f.history("log.txt").Jobs()); jobs != way.nodes+1 {
				t.Errorf("%d jobs, want %d", jobs, way.nodes+1)
			}
		})
	}
}

// A node whose job is held, since it has not made its output, ends: DAGMan does not wait for ever. matwatch
// says why, after the job is gone.
func TestHeldNode(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	f.program("indexed_output_files = result.txt", "total_jobs = 2")
	f.steps("write result.txt good 0", "say oh")
	f = notInTmp(f)
	f.run("matsubmit", "-dag", "run_worker")
	f.run("condor_wait", "-wait", fmt.Sprint(limit.Seconds()), "run_worker.dag.dagman.log")
	told, status := f.watch()
	for _, says := range []string{": job 1: held, and nothing releases it: Transfer output files failure",
		"TransferOutputError, code 12, subcode 2: the program did not make the file that the reason names; what to do: see its stdout and stderr",
		"1 done, 0 running, 0 idle, 0 held, 1 removed; DAGMan failed"} {
		if status != 3 || !strings.Contains(told, says) {
			t.Errorf("matwatch: exit status %d, and not %q:\n%s", status, says, told)
		}
	}
}

// notInTmp moves a folder out of /tmp, since DAGMan does not work there.
func notInTmp(f folder) folder {
	f.Helper()
	dir, err := os.MkdirTemp("/pool", "dag-")
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { os.RemoveAll(dir) })
	f.run("cp", "-r", ".", dir)
	return folder{f.TB, filepath.Clean(dir)}
}
