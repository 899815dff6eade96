package joblog

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"matpool/condor/eventlog"
)

// folderOf writes files, given as their contents by name, into an empty folder.
func folderOf(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// event returns the text of an event, a number of seconds after 19:00.
func event(number, cluster, second int, text string) string {
	return fmt.Sprintf("%03d (%03d.000.000) 2026-11-23 19:%02d:%02d %s\n...\n", number, cluster, second/60, second%60, text)
}

const (
	enters = "Job submitted from host: <h>"
	starts = "Job executing on host: <h>"
	ends   = "Job terminated.\n\t(1) Normal termination (return value 0)"
	fails  = "Job terminated.\n\t(1) Normal termination (return value 1)"
	isHeld = "Job was held.\n\twhy\n\tCode 13 Subcode 2"
)

// What DAGMan will do is known from its own log, and what the DAG has from the nodes' notes.
func TestDAG(t *testing.T) {
	node := func(cluster, second, n int) string {
		return event(0, cluster, second, enters+fmt.Sprintf("\n    DAG Node: job%d\n    first=%d count=1 starts=4 jobs=3 from=run.node.sub outputs=c.npy", n, n))
	}
	one := node(2, 10, 0) + event(5, 2, 20, ends)
	three := one + node(3, 11, 1) + event(5, 3, 21, ends) + node(4, 12, 2) + event(5, 4, 22, ends)
	plain := event(0, 1, 0, enters+"\n    first=0 count=1 starts=4 jobs=1 from=run.sub outputs=c.npy") + event(5, 1, 5, ends)
	works := event(0, 9, 8, enters) + event(1, 9, 9, starts)
	again := event(0, 10, 40, enters)
	for _, test := range []struct {
		name, log, dagman string
		norm              bool
		state             State
		awaits            bool
		summary           string
	}{
		{"DAGMan has submitted one of three", one, works, false, Going, false, "cluster 2: 3 jobs: 1 done, 0 running, 0 idle, 0 held; 2 more will enter the queue"},
		{"all nodes are done, and matcombine runs", three, works, false, Going, false, "clusters 2, 3 and 4: 3 jobs: 3 done, 0 running, 0 idle, 0 held; DAGMan is at work"},
		{"DAGMan has succeeded", three, works + event(5, 9, 30, ends), true, Done, false, "clusters 2, 3 and 4: 3 jobs: 3 done, 0 running, 0 idle, 0 held"},
		{"the norm is not there", three, works + event(5, 9, 30, ends), false, Stuck, false, "clusters 2, 3 and 4: 3 jobs: 3 done, 0 running, 0 idle, 0 held; run.norm is missing"},
		{"matcombine has failed", three, works + event(5, 9, 30, fails), false, Stuck, false, "clusters 2, 3 and 4: 3 jobs: 3 done, 0 running, 0 idle, 0 held; DAGMan failed: exit status 1"},
		{"DAGMan was removed", one, works + event(9, 9, 30, "Job was aborted.\n\tby alice"), false, Stuck, false, "cluster 2: 3 jobs: 1 done, 0 running, 0 idle, 0 held; 2 never entered the queue; DAGMan removed: by alice"},
		{"DAGMan is held", one, works + event(12, 9, 30, isHeld), false, Stuck, false, "cluster 2: 3 jobs: 1 done, 0 running, 0 idle, 0 held; 2 never entered the queue; DAGMan held: why"},
		{"a node has failed, and DAGMan is about to submit it again", three + node(5, 30, 2) + event(5, 5, 31, fails), works, false, Going, false, "clusters 2, 3 and 5: 3 jobs: 2 done, 0 running, 0 idle, 0 held, 1 failed (not counted: 1 earlier job for the same products); DAGMan is at work"},
		{"a node is held", one + node(3, 11, 1) + event(12, 3, 15, isHeld), works, false, Going, true, "clusters 2 and 3: 3 jobs: 1 done, 0 running, 0 idle, 1 held; 1 more will enter the queue"},
		{"a rescue DAG was submitted, and has done nothing yet", one, works + event(5, 9, 30, fails) + again, false, Going, false, "cluster 2: 3 jobs: 1 done, 0 running, 0 idle, 0 held; 2 more will enter the queue"},
		{"a DAG after a run without one", plain, works, false, Going, false, "cluster 1: 1 job: 1 done, 0 running, 0 idle, 0 held; DAGMan is at work"},
		{"a DAG before a run without one", plain, works + event(5, 9, 30, fails), false, Done, false, "cluster 1: 1 job: 1 done, 0 running, 0 idle, 0 held"},
		{"a copy of the log", one, "", false, Going, true, "cluster 2: 3 jobs: 1 done, 0 running, 0 idle, 0 held; 2 more will enter the queue"},
		{"a copy of a log that has all jobs", three, "", false, Done, false, "clusters 2, 3 and 4: 3 jobs: 3 done, 0 running, 0 idle, 0 held"},
	} {
		files := map[string]string{"log.txt": test.log, "run.node.sub": "x", "run.combine.sub": "x"}
		if test.dagman != "" {
			files["run.dag.dagman.log"] = test.dagman
		}
		if test.norm {
			files["run.norm"] = "1.0\n"
		}
		j, err := Open(filepath.Join(folderOf(t, files), "log.txt"))
		if err != nil {
			t.Fatal(err)
		}
		defer j.Close()
		if err := j.Read(func(*eventlog.Event) {}); err != nil {
			t.Fatal(err)
		}
		r := j.Select(nil)
		if r.State() != test.state || r.AwaitsJobs() != test.awaits || r.Summary() != test.summary {
			t.Errorf("%s: %v, %t, %s\nwant %v, %t, %s", test.name, r.State(), r.AwaitsJobs(), r.Summary(), test.state, test.awaits, test.summary)
		}
		if r := j.Select([]int{r.Clusters[0]}); strings.Contains(r.Summary(), "DAGMan") {
			t.Errorf("%s, a cluster: %s", test.name, r.Summary())
		}
	}
}

// A node whose POST script fails has failed, whatever its job did.
func TestPostScriptFails(t *testing.T) {
	h := eventlog.NewHistory()
	log := event(0, 1, 0, enters+"\n    DAG Node: a") + event(5, 1, 5, ends) + event(16, 1, 6, "POST Script terminated.\n\t(1) Normal termination (return value 3)\n    DAG Node: a")
	for r := eventlog.NewReader("x.log", strings.NewReader(log)); r.Scan(); {
		h.Add(r.Record().(*eventlog.Event))
	}
	if got, want := Problem(h.Jobs()[0]), "failed: job 1.0: node a: the POST script of its node ended with exit status 3"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
