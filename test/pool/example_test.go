//go:build pool

package pool

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"matpool/condor/eventlog"
	"matpool/test/programs"
)

// The commands in each example's comment lead to the same norm on the pool and, with -local, here.
func TestExamples(t *testing.T) {
	t.Parallel()
	for _, x := range programs.Examples(t, "../../examples", t.TempDir()) {
		t.Run(x.Name, func(t *testing.T) {
			t.Parallel()
			norm := regexp.MustCompile(`(?m)^norm of the .*: (\S+)$`)
			var norms [2][]string
			for i, flags := range [][]string{nil, {"-local"}} {
				f := newFolder(t)
				programs.Examples(t, "../../examples", f.dir)
				last := len(x.Steps) - 1
				for _, step := range x.Steps[:last] {
					f.run(step[0], step[1:]...)
				}
				norms[i] = norm.FindStringSubmatch(f.run(x.Steps[last][0], append(x.Steps[last][1:], flags...)...))
			}
			if norms[0] == nil || norms[1] == nil || norms[0][1] != norms[1][1] { // auto may make other batches
				t.Errorf("on the pool %q, with -local %q", norms[0], norms[1])
			}
		})
	}
}

// A run in which much goes wrong ends with the norm of the serial check: a job's program is killed, another job is
// evicted, a third is held and released. With -update, it becomes examples/finished.
func TestFinishedExample(t *testing.T) {
	t.Parallel()
	const jobs, size = 12, 40_000
	f := newFolder(t)
	f.write("run_random", fmt.Sprintf(`# The sum of %d small random products, of which this folder has the log and the results.
inputs           = random
size             = 32
seed             = 20261130
sum              = yes
products_per_job = %d
total_jobs       = %d
log              = log.txt
`, jobs*size, size, jobs*size))
	f.run("matsubmit", "run_random")
	works := func(job int) bool { return len(f.workers(job*size)) > 0 }
	var killed, evicted, waiting bool
	f.until("a program is killed, a job is evicted, and another is held", func() bool {
		for i, j := range f.history("log.txt").Jobs() {
			switch {
			case !killed && j.State == eventlog.Running && works(i):
				f.kill(f.workers(i * size)...)
				killed = true
			case killed && !evicted && i > 2 && j.State == eventlog.Running && j.Retries == 0:
				_, _, status := f.try("condor_vacate_job", j.ID.String())
				evicted = status == 0
			case !waiting && i > jobs/2 && j.State == eventlog.Idle:
				_, _, status := f.try("condor_hold", "-reason", "waits for the disk to be mended", j.ID.String())
				waiting = status == 0
			}
		}
		return killed && evicted && waiting
	})
	f.until("all others are done", func() bool {
		c := eventlog.Count(f.history("log.txt").Jobs())
		return c.Done == jobs-c.Held && c.Held > 0
	})
	if c := eventlog.Count(f.history("log.txt").Jobs()); c.Held != 1 {
		t.Errorf("%d jobs are held", c.Held)
	}
	f.run("condor_release", "-constraint", `JobBatchName == "run_random" && JobStatus == 5`)
	f.wait("log.txt", "done", done(jobs))
	norm := f.run("matcombine", "-quiet", "run_random")
	if want := f.run("matprod", "-serial", "-quiet", "run_random"); norm != want {
		t.Errorf("norm %s, want %s", norm, want)
	}
	if !*update || t.Failed() {
		return
	}
	to := "../../examples/finished"
	if err := os.RemoveAll(to); err != nil {
		t.Fatal(err)
	}
	for _, pattern := range []string{"run_random", "log.txt", "*.npz", "matpool.tsv", "logs/*"} {
		for name := range strings.FieldsSeq(f.names(pattern)) {
			folder{t, filepath.Dir(filepath.Join(to, name))}.make().write(filepath.Base(name), f.read(name))
		}
	}
}

// make makes the folder.
func (f folder) make() folder {
	f.Helper()
	if err := os.MkdirAll(f.dir, 0o777); err != nil {
		f.Fatal(err)
	}
	return f
}

// workers returns the processes of a matprod on Linux whose first product has a number.
func (f folder) workers(first int) (pids []int) {
	f.Helper()
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range lines {
		text, _ := os.ReadFile(file) // the process may have ended
		program, _ := os.Readlink(filepath.Dir(file) + "/exe")
		if strings.Contains(string(text), fmt.Sprintf("\x00-first\x00%d\x00", first)) && strings.Contains(string(text), "\x0020261130\x00") && !strings.Contains(program, "wine") {
			var pid int
			fmt.Sscanf(filepath.Base(filepath.Dir(file)), "%d", &pid)
			pids = append(pids, pid)
		}
	}
	return pids
}
