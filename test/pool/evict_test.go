//go:build pool

package pool

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/internal/record"
	"matpool/npyio"
)

// A job loses its machine ten times, or until half of its products are complete, and gets it again at once, without a retry.
// It never makes a product twice that was complete: what HTCondor kept of one attempt is what the next one begins with, and,
// where the program is told in time, what the program had. In the end all products are there, with the norm of the serial
// check. Until then, nothing is.
func TestEvicted(t *testing.T) {
	t.Parallel()
	const most, pairs = 10, 30
	for _, way := range []struct {
		name, machine, sum string
		told               bool // Wine ends programs without a word
	}{
		{"products", "linux2", "no", true},
		{"products on Windows", "winpc", "no", false},
		{"a sum", "linux1", "yes", true},
		{"a sum on Windows", "winpc", "yes", false},
	} {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			f := newFolder(t)
			f.makeSlowInputs(pairs)
			f.write("run_product", fmt.Sprintf("total_jobs = %d\nproducts_per_job = %[1]d\nsum = %s\nlog = log.txt\nindexed_output_files = results/output.npy\n", pairs, way.sum))
			f.run("matsubmit", "run_product", "-batch_name="+way.name, fmt.Sprintf("-requirements=Machine == %q", way.machine))
			job := func() *eventlog.Job { return withoutLost(f.history("log.txt").Jobs()[0]) }
			id := job().ID

			var want []int // the numbers of complete products that matprod prints
			last, evictions := 0, 0
			for ; evictions < most && last <= pairs/2; evictions++ {
				f.until("something new is complete", func() bool { return job().Starts > evictions && f.completeIn(way.machine, id) > last })
				f.run("condor_vacate_job", id.String())
				f.until("evicted", func() bool { return job().Evictions > evictions })
				if names := f.names("results/*") + f.names("*.np[yz]"); strings.Contains(names, "output") || strings.Contains(names, "partial") {
					t.Errorf("there is already %s", names)
				}
				last = f.complete(fmt.Sprintf("/pool/server/spool/%d/%d/cluster%[1]d.proc%[2]d.subproc0", id.Cluster, id.Proc))
				if want = append(want, last); way.told {
					want = append(want, last)
				}
			}
			f.settle("log.txt")
			if j := job(); j.State != eventlog.Done || j.Starts != evictions+1 || j.Evictions != evictions || j.Retries != 0 {
				t.Errorf("%v, %d starts, %d evictions, %d retries", j.State, j.Starts, j.Evictions, j.Retries)
			}
			printed := f.read("logs/0.err")
			var got []int
			for _, line := range regexp.MustCompile(fmt.Sprintf(`(?m)^matprod: (\d+) of %d products complete`, pairs)).FindAllStringSubmatch(printed, -1) {
				n, _ := strconv.Atoi(line[1])
				got = append(got, n)
			}
			if t.Log(got); !slices.Equal(got, want) {
				t.Errorf("matprod had %d products, HTCondor %d\n%s", got, want, printed)
			}
			terms := []string{"-quiet", "-jobs", strconv.Itoa(pairs), "results/output.npy"}
			if way.sum == "yes" {
				terms = []string{"-quiet", "results/partial0.npz"}
			}
			if norm := f.run("matcombine", terms...); norm != f.serial(pairs) {
				t.Errorf("norm %s, want the serial check's", norm)
			}
		})
	}
}

// makeSlowInputs makes pairs that take long for their size: of integers whose sums are beyond 2⁵³.
func (f folder) makeSlowInputs(pairs int) {
	f.Helper()
	f.makeSlowInputsOf(pairs, 1200)
}

func (f folder) makeSlowInputsOf(pairs, size int) {
	f.Helper()
	for _, factor := range [][]string{
		{"-dtype", "uint16", "-dist", "integers:0:65536", "-b", "inputB.npy", "-a", "unused.npy"},
		{"-dtype", "uint32", "-dist", "integers:0:4294967296", "-a", "inputA.npy", "-b", "unused.npy"},
	} {
		f.run("matinit", append(factor, "-quiet", "-force", "-seed", "1", "-jobs", strconv.Itoa(pairs), "-size", strconv.Itoa(size))...)
	}
	f.run("sh", "-c", "rm unused*")
}

// until waits until something is so.
func (f folder) until(what string, is func() bool) {
	f.Helper()
	for deadline := time.Now().Add(limit); !is(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			f.Fatalf("not in %v: %s\n%s", limit, what, f.names("*"))
		}
	}
}

// removeJobs removes clusters, and waits until they have left the queue. Until then HTCondor writes to their logs.
func (f folder) removeJobs(clusters ...int) {
	f.Helper()
	var numbers []string
	for _, cluster := range clusters {
		numbers = append(numbers, fmt.Sprint(cluster))
	}
	f.run("condor_rm", numbers...)
	f.until("the jobs are gone", func() bool { return f.gone(numbers...) })
}

// gone reports whether condor_q answers, which a busy machine's schedd may not do in time, and finds none of the jobs.
func (f folder) gone(jobs ...string) bool {
	f.Helper()
	out, _, status := f.try("condor_q", append(jobs, "-af", "ProcId")...)
	return status == 0 && out == ""
}

// completeIn returns the number of products that a running job has in its outbox, or in its sum.
func (f folder) completeIn(machine string, id condor.ID) int {
	f.Helper()
	execute := "/pool/" + machine + "/execute/"
	ads, err := filepath.Glob(execute + "dir_*/.job.ad")
	newer, err2 := filepath.Glob(execute + "dir_*/scratch/.job.ad") // since HTCondor 25
	if err := errors.Join(err, err2); err != nil {
		f.Fatal(err)
	}
	ads = append(ads, newer...)
	for _, ad := range ads {
		// The job may have ended.
		if text, _ := os.ReadFile(ad); strings.Contains(string(text), fmt.Sprintf("\nClusterId = %d\n", id.Cluster)) {
			return f.complete(filepath.Join(filepath.Dir(ad), "matprod.outbox"))
		}
	}
	return 0
}

// complete returns the number of products in a folder that have a record there, without which a job makes them again,
// or of those in the sum that is saved there.
func (f folder) complete(dir string) int {
	f.Helper()
	products, err := filepath.Glob(filepath.Join(dir, "output*.npy"))
	if err != nil {
		f.Fatal(err)
	}
	records, err := record.Load(dir)
	if err != nil {
		f.Fatal(err)
	}
	products = slices.DeleteFunc(products, func(name string) bool { return len(records.Of(filepath.Base(name))) == 0 })
	arrays, err := npyio.OpenNpz(filepath.Join(dir, ".partial0.npz.sum"), "hi", "lo", "added", "pairs")
	if err != nil {
		return len(products)
	}
	defer arrays[0].Close()
	values, _ := arrays[0].Len()
	n := 0
	for i := range arrays[2].Shape[0] {
		var added [8]byte
		if err := arrays[2].Read(added[:], int64(i)); err != nil {
			f.Fatal(err)
		}
		if int64(added[0])|int64(added[1])<<8|int64(added[2])<<16 == values {
			n++
		}
	}
	return n
}

// After an eviction a job runs again on the same machine, if there is no other. After a failure, it
// waits for retry_delay.
func TestSameMachine(t *testing.T) {
	t.Parallel()
	submit := func(name, script string, retryDelay time.Duration) (folder, []fate) {
		fates := []fate{{script, 2, eventlog.JobHeld{}, "fine\n"}}
		f := newFolder(t)
		s := f.work(name, fates)
		s.RetryDelay = retryDelay
		s.Requirements = `Machine == "linux1"`
		f.submit(s)
		return f, fates
	}
	const soon, late = 20 * time.Second, time.Hour // later than limit
	failed, itsFates := submit("same machine, failed", "until 2 exit 1\nsay fine", soon)
	evicted, fates := submit("same machine, evicted", "sleep 300", late)

	h := evicted.wait("log", "running", func(h *eventlog.History) bool {
		return len(h.Jobs()) == 1 && h.Jobs()[0].State == eventlog.Running && h.Jobs()[0].Starts > 0
	})
	evicted.write("0.txt", "say fine")
	evicted.run("condor_vacate_job", h.Jobs()[0].ID.String())
	if wait, ok := waitAfter(evicted.meet(fates), eventlog.Evicted); !ok || wait >= late {
		t.Errorf("after its eviction, it begins again after %v", wait)
	}
	switch wait, ok := waitAfter(failed.meet(itsFates), eventlog.Retried); {
	case !ok:
		t.Log("it was lost before it could fail")
	case wait < soon:
		t.Errorf("after its failure, it begins again after %v", wait)
	}
}

// waitAfter returns how long a job waited for a machine after the first attempt that ended in a certain way, if one did.
func waitAfter(h *eventlog.History, how eventlog.Outcome) (wait time.Duration, ok bool) {
	attempts := h.Jobs()[0].Attempts
	for i := 1; i < len(attempts); i++ {
		if attempts[i-1].Outcome == how {
			return attempts[i].Wait().Duration, true
		}
	}
	return 0, false
}
