//go:build pool

package pool

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"matpool/condor"
	"matpool/condor/eventlog"
)

var kills = flag.Int("kills", 4, "how often a run is killed at most")

// Matsubmit -run that is killed at any moment, even while condor_submit is at work, goes on when it is called again: each
// product is submitted once, and made once.
func TestRunKilled(t *testing.T) {
	t.Parallel()
	const pairs = 8
	for _, way := range []struct {
		name, flags string
		jobs        int
	}{
		{"products", "", 8},
		{"sums", "-products_per_job=2 -sum=yes", 4},
		{"one by one", "-max_idle=2", 8},
		{"DAG", "-dag", 8},
	} {
		for i := range *kills + 1 {
			t.Run(fmt.Sprintf("%s/%d", way.name, i), func(t *testing.T) {
				t.Parallel()
				f := notInTmp(inputs(t, pairs, 50))
				want := f.serial(pairs)
				args := append([]string{"run_product", "-run", "-total_jobs=8"}, strings.Fields(way.flags)...)
				r := rand.New(rand.NewPCG(uint64(i), 1))
				stopped := 0
				for range i {
					cmd := exec.Command(filepath.Join(bin, "matsubmit"), args...)
					cmd.Dir = f.dir
					if err := cmd.Start(); err != nil {
						t.Fatal(err)
					}
					ended := make(chan error, 1)
					go func() { ended <- cmd.Wait() }()
					// At any moment from just before condor_submit on.
					for len(ended) == 0 && !exists(f.path("run_product.sub")) && !exists(f.path("run_product.dag")) {
						time.Sleep(time.Millisecond)
					}
					time.Sleep(time.Duration(r.ExpFloat64() * float64(300*time.Millisecond)))
					cmd.Process.Kill()
					if <-ended != nil {
						stopped++
					}
				}
				t.Logf("of %d, %d were stopped", i, stopped)
				told := f.run("matsubmit", args...)
				if !strings.Contains(told, ": "+want) || i == 0 && !strings.Contains(told, "\na serial run on this machine gives the same norm\n") {
					t.Errorf("it was killed %d times; the norm is %s, but it says\n%s", i, want, told)
				}
				if quiet := f.run("matsubmit", append(args, "-quiet")...); quiet != want {
					t.Errorf("the norm is %s, but another call says %s", want, quiet)
				}
				jobs, made := f.history("log.txt").Jobs(), map[int]condor.ID{}
				for _, j := range jobs {
					note, _ := j.Note()
					if id, twice := made[note.First]; twice {
						t.Errorf("jobs %v and %v make product %d", id, j.ID, note.First)
					}
					ended := slices.DeleteFunc(withoutLost(j).Attempts, func(a eventlog.Attempt) bool { return a.Outcome == eventlog.Evicted })
					if len(ended) != 1 {
						t.Errorf("job %v was started %d times: %+v", j.ID, j.Starts, j.Attempts)
					}
					made[note.First] = j.ID
				}
				if len(jobs) != way.jobs {
					t.Errorf("%d jobs, not %d", len(jobs), way.jobs)
				}
			})
		}
	}
}

var heldFirst = regexp.MustCompile(` held: job \d+\.1: job 1: `)

// A job that is held, or a DAG that stops, ends it with the reason and status 3; once the cause is gone, the same call continues.
func TestRunHeld(t *testing.T) {
	t.Parallel()
	for _, flag := range []string{"-quiet=false", "-dag"} {
		t.Run(flag, func(t *testing.T) {
			t.Parallel()
			f := notInTmp(newFolder(t))
			for i, word := range []string{"good", "bad", "good"} {
				f.write(fmt.Sprintf("word%d.txt", i), word)
			}
			f.write("run_product", "executable = tool\nindexed_input_files = word.txt\nindexed_output_files = result.txt\nlog = log.txt\ntotal_jobs = 3\nmax_retries = 0\n")
			f.write("tool", "#!/bin/sh\n! grep bad word.txt && cp word.txt result.txt\n")
			told, errs, status := f.try("matsubmit", "run_product", "-run", flag)
			if status != 3 || flag != "-dag" && !heldFirst.MatchString(told) || !strings.Contains(errs, "not all jobs are done") {
				t.Errorf("exit status %d, not 3, and it says\n%s%s", status, told, errs)
			}
			f.write("word1.txt", "well")
			told = f.run("matsubmit", "run_product", "-run", flag)
			if !strings.Contains(told, "\noutputs: result0.txt, result1.txt, result2.txt\n") || f.read("result1.txt") != "well" {
				t.Errorf("it makes %q, and says\n%s", f.read("result1.txt"), told)
			}
			if jobs := len(f.history("log.txt").Jobs()); jobs != 4 {
				t.Errorf("%d jobs, of which one was made again", jobs)
			}
		})
	}
}
