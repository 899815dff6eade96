//go:build pool

package pool

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"matpool/condor"
	"matpool/condor/eventlog"
)

// The faults take minutes, and some concern all jobs of the pool: they wait until -alone says that there are no other tests.
var alone = flag.Bool("alone", false, "no other test uses the pool: kill its daemons, too")

// A blow is what happens to a run, or to the pool, while a job runs.
type blow struct {
	flags string
	hit   func(folder, condor.ID) // the job
	alone bool
	held  string // a pattern for what -run says if the job is held; then the same call continues
}

var blows = map[string]blow{
	"the program is killed":   {hit: func(f folder, id condor.ID) { f.kill(descendants(f.starter(id))...) }},
	"the starter is killed":   {hit: func(f folder, id condor.ID) { f.kill(f.starter(id)) }},
	"the shadow is killed":    {hit: func(f folder, id condor.ID) { f.kill(f.daemon("condor_shadow", id.String())...) }},
	"the job is evicted":      {hit: func(f folder, id condor.ID) { f.run("condor_vacate_job", id.String()) }},
	"evicted fast":            {hit: func(f folder, id condor.ID) { f.run("condor_vacate_job", "-fast", id.String()) }},
	"evicted while it sends":  {hit: vacateWhileItSends},
	"held and released":       {hit: func(f folder, id condor.ID) { f.run("condor_hold", id.String()); f.run("condor_release", id.String()) }},
	"removed":                 {hit: func(f folder, id condor.ID) { f.run("condor_rm", id.String()) }, held: `removed`},
	"all removed":             {hit: func(f folder, id condor.ID) { f.run("condor_rm", fmt.Sprint(id.Cluster)) }, held: `removed`},
	"the log is deleted":      {hit: func(f folder, id condor.ID) { f.remove("log.txt") }},
	"DAGMan is killed":        {flags: "-dag", hit: func(f folder, id condor.ID) { f.kill(f.daemon("condor_scheduniv_exec."+f.latestDAGMan(), "")...) }},
	"a node's program killed": {flags: "-dag", hit: func(f folder, id condor.ID) { f.kill(descendants(f.starter(id))...) }},
	// What has lost its machine waits for it until the job's lease ends: five minutes, if it is not made shorter.
	"the schedd is killed":   {flags: "-condor.job_lease_duration=20", alone: true, hit: func(f folder, id condor.ID) { f.kill(f.daemon("condor_schedd", "")...) }},
	"the startds are killed": {flags: "-condor.job_lease_duration=20", alone: true, hit: func(f folder, id condor.ID) { f.kill(f.daemon("condor_startd", "")...) }},
	"all shadows are killed": {flags: "-condor.job_lease_duration=20", alone: true, hit: func(f folder, id condor.ID) { f.kill(f.daemon("condor_shadow", "")...) }},
}

// Whatever happens to a job, or to HTCondor, on machines of both systems: matsubmit -run ends with the right norm, or with a
// sentence, after which the same call ends with it.
func TestBlows(t *testing.T) {
	if !*alone {
		t.Fatal("pass -alone, as make torture does: it disturbs all other tests")
	}
	const pairs = 6
	for _, system := range []string{"linux", "windows"} {
		for name, b := range blows {
			t.Run(name+"/"+system, func(t *testing.T) {
				if !b.alone {
					t.Parallel()
				}
				f := newFolder(t)
				f.makeSlowInputsOf(pairs, 900)
				f = notInTmp(f)
				want := f.serial(pairs)
				f.write("run_product", fmt.Sprintf("total_jobs = %d\nproducts_per_job = 2\nlog = log.txt\nretry_delay = 1s\nrequirements = OpSys == %q\n", pairs, strings.ToUpper(system)))
				args := append(strings.Fields(b.flags), "-run", "-quiet", "run_product")
				type end struct {
					out, errs string
					status    int
				}
				ended := make(chan end, 1)
				go func() {
					out, errs, status := f.try("matsubmit", args...)
					ended <- end{out, errs, status}
				}()
				var id condor.ID
				f.until("a job runs", func() bool {
					if len(ended) > 0 {
						return true // too fast for the blow
					}
					if !exists(f.path("log.txt")) {
						return false
					}
					for _, j := range f.history("log.txt").Jobs() {
						if id = j.ID; j.State == eventlog.Running && f.starter(id) != 0 {
							return true
						}
					}
					return false
				})
				if len(ended) == 0 {
					b.hit(f, id)
				} else {
					t.Log("no job was seen to run")
				}
				var got end
				select {
				case got = <-ended:
				case <-time.After(limit):
					t.Fatalf("it has not ended in %v", limit)
				}
				if got.status != 0 && (b.held == "" || !regexp.MustCompile(b.held).MatchString(got.out+got.errs)) {
					t.Errorf("exit status %d\n%s%s", got.status, got.out, got.errs)
				}
				if got.status == 0 && got.out != want {
					t.Errorf("norm %s, serially %s", got.out, want)
				}
				for began := time.Now(); got.status != 0 && time.Since(began) < limit; { // jobs may still be in the queue
					time.Sleep(time.Second)
					got.out, got.errs, got.status = f.try("matsubmit", args...)
				}
				if got.status != 0 || got.out != want {
					t.Errorf("called again: exit status %d, norm %s, serially %s\n%s", got.status, got.out, want, got.errs)
				}
				if out, errs, status := f.try("matcombine", "-quiet", "run_product"); status != 0 || errs != "" || out != want {
					t.Errorf("matcombine: exit status %d, %s%s, want %s", status, out, errs, want)
				}
				if exists(f.path("log.txt")) {
					lost, held := 0, 0
					for _, j := range f.history("log.txt").Jobs() {
						lost += len(j.Attempts) - 1
						held += len(j.Holds)
					}
					t.Logf("%d attempts more than jobs, %d holds", lost, held)
				}
				if left := f.names(".*.tmp-*"); left != "" {
					t.Errorf("%s is left", left)
				}
			})
		}
	}
}

// starter returns the process of a running job's starter, whose folder has its number, or 0.
func (f folder) starter(id condor.ID) int {
	f.Helper()
	ads, err := filepath.Glob("/pool/*/execute/dir_*/.job.ad")
	newer, _ := filepath.Glob("/pool/*/execute/dir_*/scratch/.job.ad") // since HTCondor 25
	if err != nil {
		f.Fatal(err)
	}
	for _, ad := range append(ads, newer...) {
		text, _ := os.ReadFile(ad) // the job may have ended
		if strings.Contains(string(text), fmt.Sprintf("\nClusterId = %d\n", id.Cluster)) && strings.Contains(string(text), fmt.Sprintf("\nProcId = %d\n", id.Proc)) {
			pid, _ := strconv.Atoi(regexp.MustCompile(`dir_(\d+)`).FindStringSubmatch(ad)[1])
			return pid
		}
	}
	return 0
}

// daemon returns the processes of a daemon, of those that have the word on their command line. There may be none any more: on a
// busy machine a job ends before the test sees that it runs.
func (f folder) daemon(name, word string) (pids []int) {
	f.Helper()
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range files {
		text, _ := os.ReadFile(file)
		words := strings.Split(string(text), "\x00")
		of := filepath.Base(filepath.Dir(file))
		// DAGMan's command line has no job's number, but its environment has its log's.
		environment, _ := os.ReadFile(filepath.Join(filepath.Dir(file), "environ"))
		if filepath.Base(words[0]) == name && (word == "" || strings.Contains(string(text)+"\x00", word+"\x00") || strings.Contains(string(environment), "CONDOR_ID="+word+"\x00")) {
			pid, _ := strconv.Atoi(of)
			pids = append(pids, pid)
		}
	}
	f.Logf("%d processes of %s are killed", len(pids), name)
	return pids
}

// descendants returns the processes that a process has started, and theirs.
func descendants(pid int) (pids []int) {
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, task := range tasks {
		text, _ := os.ReadFile(task)
		for _, child := range strings.Fields(string(text)) {
			n, _ := strconv.Atoi(child)
			pids = append(append(pids, descendants(n)...), n)
		}
	}
	return pids
}

// vacateWhileItSends evicts a job when its outputs begin to be sent.
func vacateWhileItSends(f folder, id condor.ID) {
	f.Helper()
	f.until("a job sends its outputs", func() bool {
		return strings.Contains(f.read("log.txt"), "Started transferring output files")
	})
	f.run("condor_vacate_job", fmt.Sprint(id.Cluster))
}
