//go:build pool

package pool

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"matpool/condor/eventlog"
)

// Two files have one log, as those have that were copied from the tutorial. A run's held job is neither counted nor removed
// by the other's -resubmit, and is by its own.
func TestTwoFilesWithOneLog(t *testing.T) {
	t.Parallel()
	f := inputs(t, 3, 20)
	want := f.serial(3)
	f.write("run_a", "total_jobs = 3\nlog = log.txt\n")
	f.write("run_b", "total_jobs = 3\nlog = log.txt\ngram = yes\nindexed_input_files = inputA.npy\nindexed_output_files = gram.npy\n")
	f.run("matsubmit", "run_a", "-N")
	aside("inputB2.npy")(f)
	f.write("inputB2.npy", "no matrix")
	f.run("condor_submit", "run_a.sub")
	held := f.wait("log.txt", "held", func(h *eventlog.History) bool { c := eventlog.Count(h.Jobs()); return c.Held == 1 && c.Done == 2 })
	id := held.Jobs()[2].ID.String()
	inQueue := func() bool { return f.run("condor_q", id, "-af", "ProcId") != "" }

	f.run("matsubmit", "run_b")
	f.wait("log.txt", "done", func(h *eventlog.History) bool { return eventlog.Count(h.Jobs()).Done == 5 })
	if said, status := f.watch(); status != 0 || !strings.Contains(said, ": 3 jobs: 3 done,") || !strings.Contains(said, "not counted: 3 jobs of other runs") {
		t.Errorf("matwatch: exit status %d\n%s", status, said)
	}
	f.remove("gram1.npy")
	if said := f.run("matsubmit", "run_b", "-resubmit"); !strings.Contains(said, "of 3 products: 2 done, 0 in the queue, 1 missing") || strings.Contains(said, "condor_rm") {
		t.Error(said)
	}
	f.wait("log.txt", "done", func(h *eventlog.History) bool { return eventlog.Count(h.Jobs()).Done == 6 })
	if f.run("matcombine", "run_b"); !inQueue() {
		t.Errorf("job %s of run_a is not in the queue any more", id)
	}

	f.remove("inputB2.npy")
	back("inputB2.npy")(f)
	if said := f.run("matsubmit", "run_a", "-resubmit"); !strings.Contains(said, "of 3 products: 2 done, 0 in the queue, 1 missing") || !strings.Contains(said, "condor_rm "+id+"\n") {
		t.Error(said)
	}
	f.settle("log.txt")
	if norm := f.run("matcombine", "-quiet", "run_a"); norm != want || inQueue() {
		t.Errorf("norm %s, serially %s; job %s is in the queue: %v", norm, want, id, inQueue())
	}
}

// The log has local times without a zone. A call in another one takes no output for older than its job.
func TestAnotherTimeZone(t *testing.T) {
	t.Parallel()
	f := inputs(t, 3, 20)
	f.run("matsubmit", "run_product", "-total_jobs=3")
	f.settle("log.txt")
	for _, zone := range []string{"America/New_York", "Asia/Tokyo"} {
		said := f.run("env", "TZ="+zone, filepath.Join(bin, "matsubmit"), "run_product", "-total_jobs=3", "-resubmit")
		if !strings.Contains(said, "of 3 products: 3 done, 0 in the queue, 0 missing\n") || !strings.Contains(said, "nothing to submit") {
			t.Errorf("%s: %s", zone, said)
		}
	}
	if jobs := len(f.history("log.txt").Jobs()); jobs != 3 {
		t.Errorf("%d jobs", jobs)
	}
}

// A folder, or an empty file, is what a program has made. It is done, is made again if that is asked for, and is replaced.
func TestProgramMakesFolders(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	f.write("tool", "#!/bin/sh\n. ./data.txt\n")
	f.write("run_tool", "executable = tool\nindexed_input_files = data.txt\nindexed_output_files = results, hits.txt\ntotal_jobs = 2\noperating_systems = linux\nlog = log.txt\n")
	f.steps("mkdir -p results/sub; echo 0 >results/sub/x; : >hits.txt", "mkdir results; echo 1 >results/x; : >hits.txt")
	done := func(what, files string) {
		t.Helper()
		if said, status := f.watch(); status != 0 || !strings.Contains(said, "2 done,") {
			t.Fatalf("%s: matwatch: exit status %d\n%s%s", what, status, said, f.read("log.txt"))
		}
		if got := f.run("sh", "-c", "find results* hits* -type f | sort | tr '\\n' ' '"); got != files {
			t.Errorf("%s: %s, not %s", what, got, files)
		}
		if said := f.run("matsubmit", "run_tool", "-resubmit"); !strings.Contains(said, "of 2 jobs: 2 done, 0 in the queue, 0 missing\n") {
			t.Errorf("%s: %s", what, said)
		}
	}
	f.run("matsubmit", "run_tool")
	done("submitted", "hits0.txt hits1.txt results0/sub/x results1/x ")
	f.write("results0/old", "")
	f.run("rm", "-r", "results1")
	if said := f.run("matsubmit", "run_tool", "-resubmit"); !strings.Contains(said, "of 2 jobs: 1 done, 0 in the queue, 1 missing\n") {
		t.Error(said)
	}
	done("-resubmit", "hits0.txt hits1.txt results0/old results0/sub/x results1/x ")
	f.steps("mkdir results; echo 2 >results/new; : >hits.txt")
	if said := f.run("matsubmit", "run_tool", "-resubmit"); !strings.Contains(said, "data0.txt has changed since job ") {
		t.Error(said)
	}
	done("other inputs", "hits0.txt hits1.txt results0/new results1/x ")
	f.write("results1/old", "")
	if said := f.run("matsubmit", "run_tool", "-force"); !strings.Contains(said, "4 outputs removed") {
		t.Error(said)
	}
	done("-force", "hits0.txt hits1.txt results0/new results1/x ")
	f.run("matsubmit", "run_tool", "-force", "-local", "-quiet")
	done("-local", "hits0.txt hits1.txt results0/new results1/x ")
}

// While DAGMan lives, no other call submits its jobs. What one left that has ended is in nobody's way.
func TestDAGHasOneOwner(t *testing.T) {
	t.Parallel()
	f := notInTmp(inputs(t, 3, 20))
	f.write("run_product", "total_jobs = 3\nlog = log.txt\n")
	want := f.serial(3)
	f.run("matsubmit", "run_product", "-dag", "-requirements=false")
	id := f.history("run_product.dag.dagman.log").Jobs()[0].ID
	for _, flags := range []string{"-dag", "-dag -force", "-resubmit", "-force", "-local"} {
		_, errs, status := f.try("matsubmit", append(strings.Fields(flags), "run_product")...)
		if says := fmt.Sprintf("run_product.dag: DAGMan, job %v, is in the queue and submits these jobs", id); status != 64 || !strings.Contains(errs, says) {
			t.Errorf("%s: exit status %d\n%s", flags, status, errs)
		}
	}
	f.until("all nodes are submitted", func() bool { return exists(f.path("log.txt")) && len(f.history("log.txt").Jobs()) == 3 })
	f.run("condor_rm", id.String())
	f.until("it has removed them", func() bool {
		return f.gone("-constraint", fmt.Sprintf("ClusterId == %d || DAGManJobId == %[1]d", id.Cluster))
	})
	f.until("it has left a rescue file", func() bool { return exists(f.path("run_product.dag.rescue001")) })
	if _, errs, status := f.try("matsubmit", "run_product", "-dag"); status != 64 || !strings.Contains(errs, "this DAG stopped before its end") {
		t.Errorf("exit status %d\n%s", status, errs)
	}
	// A rescue file says that a node is done whose output -force makes again.
	f.write("run_product.dag.rescue001", "DONE job0\n")
	f.remove("run_product.dag.condor.sub")
	f.run("matprod", "-count", "3")
	f.run("matsubmit", "run_product", "-dag", "-force")
	f.run("condor_wait", "-wait", fmt.Sprint(limit.Seconds()), "run_product.dag.dagman.log", strings.TrimSuffix(f.latestDAGMan(), ".0"))
	if norm := f.read("run_product.norm"); norm != want {
		t.Errorf("norm %s, serially %s", norm, want)
	}
}

// latestDAGMan returns the number of the last job in DAGMan's log.
func (f folder) latestDAGMan() string {
	f.Helper()
	jobs := f.history("run_product.dag.dagman.log").Jobs()
	return jobs[len(jobs)-1].ID.String()
}

// An input is replaced, with an old time, while a job that has used it waits for another machine: HTCondor keeps its outputs,
// and sends the new input.
func TestInputReplacedDuringEviction(t *testing.T) {
	t.Parallel()
	for _, sum := range []string{"no", "yes"} {
		t.Run("sum="+sum, func(t *testing.T) {
			t.Parallel()
			const pairs = 8
			f := newFolder(t)
			f.makeSlowInputs(pairs)
			f.write("run_product", fmt.Sprintf("total_jobs = %d\nproducts_per_job = %[1]d\nsum = %s\nlog = log.txt\n", pairs, sum))
			f.run("matsubmit", "run_product", `-requirements=Machine == "linux1"`)
			job := func() *eventlog.Job { return f.history("log.txt").Jobs()[0] }
			id := job().ID
			f.until("something is complete", func() bool { return f.completeIn("linux1", id) > 0 })
			f.run("cp", "-p", "inputA7.npy", "new")
			f.run("condor_vacate_job", id.String())
			f.until("evicted", func() bool { return job().Evictions > 0 })
			f.run("mv", "new", "inputA0.npy")
			f.settle("log.txt")
			f.run("matsubmit", "run_product", "-resubmit", "-local") // it may have been sent before it was replaced
			if norm, want := f.run("matcombine", "-quiet", "run_product"), f.serial(pairs); norm != want {
				t.Errorf("norm %s, serially %s", norm, want)
			}
		})
	}
}

// Such a job is found behind a thousand others, which condor_q would take long to show at once.
func TestForgottenAmongMany(t *testing.T) {
	t.Parallel()
	const products = 1100
	f := newFolder(t)
	f.write("run", fmt.Sprintf("inputs = random\nseed = 1\nsize = 2\ntotal_jobs = %d\nlog = log.txt\n", products))
	submit := func(args ...string) int {
		f.run("matsubmit", append([]string{"run", "-condor.hold=true"}, args...)...)
		defer f.remove("log.txt")
		return f.history("log.txt").Jobs()[0].Cluster
	}
	many := submit("-indexed_output_files=other.npy")
	id := submit("-total_jobs=1", fmt.Sprint("-first_index=", products-1))
	_, errs, status := f.try("matsubmit", "run", "-force")
	if want := fmt.Sprintf("run: jobs that make the same outputs, such as output%d.npy, are in the queue, but not in the log: %d.0\n", products-1, id); status != 64 || !strings.Contains(errs, want) {
		t.Errorf("exit status %d\n%s", status, errs)
	}
	f.removeJobs(many, id)
}

// The log, or another file, is not needed to know that jobs in the queue make the same outputs.
func TestForgottenJobs(t *testing.T) {
	t.Parallel()
	f := inputs(t, 4, 20)
	f.write("run_a", "total_jobs = 4\nlog = logs/a.txt\n")
	f.write("run_b", "total_jobs = 4\nlog = b.txt\n")
	f.run("matsubmit", "run_a", "-requirements=false", "-batch_name=forgotten")
	id := f.history("logs/a.txt").Jobs()[0].ID
	refused := func(says string, args ...string) {
		t.Helper()
		if _, errs, status := f.try("matsubmit", args...); status != 64 || !strings.Contains(errs, says) {
			t.Errorf("%s: exit status %d\n%s", args, status, errs)
		}
	}
	const such = ": jobs that make the same outputs, such as output0.npy, are in the queue, but not in the log: "
	refused("jobs for these products are in the queue: "+id.String(), "run_a", "-force")
	refused("run_b"+such+id.String(), "run_b")
	refused("run_b"+such, "run_b", "-local")
	f.run("matsubmit", "run_b", "-indexed_output_files=other.npy", "-requirements=false")
	f.remove("logs/a.txt")
	refused("run_a"+such+id.String(), "run_a", "-force")
	refused("run_a"+such, "run_a", "-resubmit")
	f.removeJobs(id.Cluster)
	f.run("matsubmit", "run_a", "-force", "-local", "-quiet")
	if norm := f.run("matcombine", "-quiet", "run_a"); norm != f.serial(4) {
		t.Errorf("norm %s", norm)
	}
}
