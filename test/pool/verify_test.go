//go:build pool

package pool

import (
	"flag"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"matpool/condor/eventlog"
	"matpool/internal/verify"
	"matpool/internal/verify/verifytest"
)

// badRun returns a folder with a run of 20 products, all made on linux1, where product 7 has a flipped bit.
func badRun(t *testing.T) folder {
	f := inputs(t, 20, 50)
	f.copy(filepath.Join(bin, "badprod"), "matprod")
	f.copy(filepath.Join(bin, "matprod.exe"), "matprod.exe")
	f.copy(filepath.Join(bin, "matprod"), "real")
	f.write("bad", "linux1 output7.npy")
	f.write("run_product", "executable = matprod\ninput_files = real, bad\ntotal_jobs = 20\nlog = log.txt\n")
	f.run("matsubmit", "run_product", `-requirements=Machine == "linux1"`, "-operating_systems=linux")
	f.settle("log.txt")
	return f
}

// hasBad reports whether a seed's sample of n of 20 outputs has output 7.
func hasBad(n int, seed string) bool {
	var all [20]int
	for i := range all {
		all[i] = i
	}
	return slices.Contains(verify.Choose(n, all[:], seed), 7)
}

// seedWith returns a seed whose sample of n of 20 outputs has, or lacks, output 7.
func seedWith(n int, has bool) string {
	seed := 0
	for hasBad(n, strconv.Itoa(seed)) != has {
		seed++
	}
	return strconv.Itoa(seed)
}

// One machine flips one bit of one product. A sample that has it finds it: a second machine makes other bits, a third one
// agrees with it, the first is named with all that it made, and these products are made again elsewhere.
func TestVerifyFindsAFlippedBit(t *testing.T) {
	t.Parallel()
	f := badRun(t)
	said, errs, status := f.try("matsubmit", "run_product", "-verify=2", "-verify_seed="+seedWith(2, false))
	if status != 0 || strings.Count(said, ": confirmed by ") != 2 {
		t.Errorf("a sample without the wrong output: status %d\n%s%s", status, said, errs)
	}
	said, errs, status = f.try("matsubmit", "run_product", "-verify=10%", "-verify_seed="+seedWith(2, true))
	if status != 65 || !regexp.MustCompile(`(?m)^output7.npy: contradicted by (linux2 and winpc|winpc and linux2); was made on linux1 by matprod`).MatchString(said) ||
		!strings.Contains(errs, "run_product: 1 of 2 outputs contradicted; linux1: other machines contradict what was made there\n") {
		t.Errorf("a sample with the wrong output: status %d\n%s%s", status, said, errs)
	}
	if report := f.run("matwatch", "-report", "log.txt"); !strings.Contains(report, "contradicted (1 of") {
		t.Error(report)
	}
	if names, _ := filepath.Glob(f.path("run_product.verify/*.npy")); names != nil {
		t.Errorf("products came back: %v", names)
	}
	if said := f.run("matsubmit", "run_product", "-resubmit"); !strings.Contains(said, "made on machines that others contradict (output") {
		t.Error(said)
	}
	h := f.settle("log.txt")
	for _, j := range h.Jobs()[20:] {
		if m := j.Attempts[len(j.Attempts)-1].Machine; m == "linux1" {
			t.Errorf("job %v ran on %s", j.ID, m)
		}
	}
	want := f.run("matprod", "-serial", "-jobs", "20", "-quiet")
	if norm := f.run("matcombine", "-quiet", "run_product"); norm != want {
		t.Errorf("norm %s, serially %s", norm, want)
	}
	if said := f.run("matsubmit", "run_product", "-resubmit"); !strings.Contains(said, "of 20 products: 20 done") {
		t.Error(said)
	}
}

var samples = flag.Int("samples", 0, "how many random samples are verified")

// Random samples of the bad run find the flipped bit if they contain the output, and only then; nothing else raises an alarm.
// With -v it prints each sample, how often they find it, and the range that a binomial distribution leaves with 1 %.
func TestVerifySamples(t *testing.T) {
	if *samples == 0 {
		t.Fatal("pass -samples 200, as make torture does: it takes half an hour")
	}
	bad := badRun(t)
	sizes := []int{1, 2, 5, 10}
	found := make([]bool, *samples)
	t.Run("together", func(t *testing.T) {
		const together = 8
		for worker := range together {
			t.Run(fmt.Sprint(worker), func(t *testing.T) {
				t.Parallel()
				for i := worker; i < *samples; i += together {
					f := folder{t, t.TempDir()}
					folder{t, bad.dir}.run("cp", "-a", ".", f.dir)
					found[i] = f.findsBad(sizes[i%len(sizes)])
					f.run("rm", "-r", f.dir)
				}
			})
		}
	})
	t.Log("| sample | runs | found | expected | 99 % of the time |")
	t.Log("|--:|--:|--:|--:|--:|")
	for k, n := range sizes {
		runs, times := 0, 0
		for i := k; i < *samples; i += len(sizes) {
			runs++
			if found[i] {
				times++
			}
		}
		least, most := verifytest.Binomial(runs, float64(n)/20, 0.005)
		t.Logf("| %d of 20 | %d | %d | %.1f | %d to %d |", n, runs, times, float64(runs*n)/20, least, most)
	}
}

// findsBad verifies a sample of n of the bad run, and reports whether it finds output 7. It must if the sample contains it.
func (f folder) findsBad(n int) (found bool) {
	f.Helper()
	said, errs, status := f.try("matsubmit", "run_product", fmt.Sprint("-verify=", n))
	seed := regexp.MustCompile(`a sample of \d+ of 20 outputs: -verify_seed=(\d+)\n`).FindStringSubmatch(said)
	if seed == nil {
		f.Fatalf("status %d\n%s%s", status, said, errs)
	}
	want, right := 0, n
	if found = hasBad(n, seed[1]); found {
		want, right = 65, n-1
	}
	named := regexp.MustCompile(`(?m)^output7.npy: contradicted by (linux2 and winpc|winpc and linux2); was made on linux1 by`).MatchString(said)
	if status != want || named != found || strings.Count(said, ": confirmed by ") != right {
		f.Errorf("a sample of %d: status %d, want %d\n%s%s", n, status, want, said, errs)
	}
	f.Logf("sample of %d, seed %s: found %v", n, seed[1], named)
	return named
}

// What jobs can make can be made again elsewhere: partial sums, tiles, products of random, fixed and transposed factors.
func TestVerifyEachKind(t *testing.T) {
	t.Parallel()
	for what, kind := range map[string]struct {
		attributes string
		outputs    int
	}{
		"sums":    {"sum = yes\nproducts_per_job = 2\n", 2},
		"random":  {"inputs = random\nsize = 30\nseed = 7\n", 4},
		"batches": {"products_per_job = 2\n", 4},
		"fixed":   {"fixed = a\ninput_files = inputA0.npy\nindexed_input_files = inputB.npy\n", 4},
		"gram":    {"gram = yes\nindexed_input_files = inputA.npy\n", 4},
		"tiles":   {"grid = 2x2\n", 4},
		"checked": {"check = yes\n", 4},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			f := inputs(t, 4, 40)
			f.write("run", "total_jobs = 4\nlog = log.txt\n"+kind.attributes)
			f.run("matsubmit", "run")
			f.settle("log.txt")
			said := f.run("matsubmit", "run", "-verify=100%", "-verify_seed=1")
			if want := fmt.Sprintf("a sample of %d of %[1]d outputs: -verify_seed=1\n", kind.outputs); !strings.Contains(said, want) || strings.Count(said, ": confirmed by ") != kind.outputs {
				t.Error(said)
			}
			for _, j := range f.history("run.verify/log.txt").Jobs() {
				j = withoutLost(j)
				if note, _ := j.Note(); len(j.Attempts) != 1 || f.machineOf("log.txt", note.First) == j.Attempts[0].Machine {
					t.Errorf("job %v: %+v", j.ID, j.Attempts)
				}
			}
		})
	}
}

// machineOf returns the machine that made a product.
func (f folder) machineOf(log string, product int) string {
	f.Helper()
	for _, j := range f.history(log).Jobs() {
		if note, _ := j.Note(); note.First <= product && product < note.First+note.Count {
			return j.Attempts[len(j.Attempts)-1].Machine
		}
	}
	return ""
}

// A call that is killed goes on when it is called again, with the same sample: each output is made again once.
func TestVerifyKilled(t *testing.T) {
	t.Parallel()
	f := notInTmp(inputs(t, 8, 40))
	f.run("matsubmit", "run_product", "-total_jobs=8")
	f.settle("log.txt")
	args := []string{"run_product", "-total_jobs=8", "-verify=4"}
	cmd := exec.Command(filepath.Join(bin, "matsubmit"), args...)
	cmd.Dir = f.dir
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	f.waitFor("run_product.verify/log.txt")
	cmd.Process.Kill()
	cmd.Wait()
	said := f.run("matsubmit", args...)
	jobs := f.history("run_product.verify/log.txt").Jobs()
	if !strings.Contains(said, "continues with 4 outputs, for which an earlier call submitted jobs\n") || strings.Count(said, ": confirmed by ") != 4 || len(jobs) != 4 {
		t.Errorf("%d jobs\n%s", len(jobs), said)
	}
	// What is confirmed already needs no job.
	f.run("matsubmit", append(args, "-verify=100%")...)
	if jobs := f.history("run_product.verify/log.txt").Jobs(); len(jobs) != 8 {
		t.Errorf("%d jobs", len(jobs))
	}
}

// waitFor waits until a file exists.
func (f folder) waitFor(name string) {
	f.Helper()
	for deadline := time.Now().Add(limit); !exists(f.path(name)); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			f.Fatalf("no %s", name)
		}
	}
}

// If the pool has no other machine, it says what to do instead.
func TestVerifyNeedsAnotherMachine(t *testing.T) {
	t.Parallel()
	f := inputs(t, 2, 20)
	f.run("matsubmit", "run_product", "-total_jobs=2", `-requirements=Machine == "linux1"`)
	f.settle("log.txt")
	_, errs, status := f.try("matsubmit", "run_product", "-total_jobs=2", `-requirements=Machine == "linux1"`, "-verify=1", "-verify_seed=1")
	if status != 1 || !strings.Contains(errs, "run_product: no machine of the pool but linux1 can make output") ||
		!strings.Contains(errs, "matprod -verify 1 run_product makes a sample again on this machine\n") {
		t.Errorf("status %d: %s", status, errs)
	}
}

// Jobs that were held are replaced by the next call, which goes on with their outputs.
func TestVerifyHeld(t *testing.T) {
	t.Parallel()
	f := inputs(t, 3, 20)
	f.run("matsubmit", "run_product", "-total_jobs=3")
	f.settle("log.txt")
	args := []string{"run_product", "-total_jobs=3", "-verify=2"}
	cmd := exec.Command(filepath.Join(bin, "matsubmit"), append(args, "-requirements=MY.QDate > 9999999999")...)
	cmd.Dir = f.dir
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	f.waitFor("run_product.verify/log.txt")
	f.wait("run_product.verify/log.txt", "submitted", func(h *eventlog.History) bool { return len(h.Jobs()) == 2 })
	id := f.history("run_product.verify/log.txt").Jobs()[0].Cluster
	f.run("condor_hold", fmt.Sprint(id))
	if cmd.Wait(); cmd.ProcessState.ExitCode() != 3 {
		t.Errorf("exit status %d", cmd.ProcessState.ExitCode())
	}
	said := f.run("matsubmit", args...)
	if !strings.HasPrefix(said, "continues with 2 outputs, ") || !strings.Contains(said, fmt.Sprintf("\ncondor_rm %d.0 %[1]d.1\n", id)) || strings.Count(said, ": confirmed by ") != 2 {
		t.Error(said)
	}
}
