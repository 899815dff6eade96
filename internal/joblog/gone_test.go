package joblog

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"matpool/condor/eventlog"
	"matpool/condor/queue"
)

// What HTCondor says of jobs counts where the log lacks their last event. Otherwise, the log counts.
func TestJobsThatAreGone(t *testing.T) {
	name := filepath.Join(t.TempDir(), "log.txt")
	var log strings.Builder
	for _, proc := range []string{"0", "1", "2", "3", "4"} {
		log.WriteString("000 (007.00" + proc + ".000) 2026-07-01 12:00:00 Job submitted from host: <h>\n...\n")
	}
	log.WriteString("000 (008.000.000) 2026-07-01 12:00:00 Job submitted from host: <h>\n    first=0 count=1 starts=4 jobs=1 local=yes\n...\n")
	write := func() {
		if err := os.WriteFile(name, []byte(log.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write()
	j, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	var seen []string
	read := func() {
		t.Helper()
		seen = nil
		if err := j.Read(func(e *eventlog.Event) { seen = append(seen, e.ID.String()) }); err != nil {
			t.Fatal(err)
		}
	}
	read()
	var asked []string
	for _, q := range j.Queued(&Run{Jobs: j.History.Jobs()}) {
		if q.Log != name || q.Submitted.IsZero() {
			t.Errorf("%+v", q)
		}
		asked = append(asked, q.ID.String())
	}
	if got := strings.Join(asked, " "); got != "7.0 7.1 7.2 7.3 7.4" {
		t.Errorf("asked for %s", got)
	}

	at := time.Date(2026, 7, 1, 13, 0, 0, 0, time.Local)
	gone := func(proc int) queue.Left {
		return queue.Left{Log: name, Job: queue.Job{ClusterId: 7, ProcId: proc, JobStatus: 3, EnteredCurrentStatus: at.Unix()}}
	}
	removed, failed, stopped, known := gone(0), gone(1), gone(2), gone(3)
	removed.RemoveReason = "via condor_rm"
	failed.JobStatus, failed.ExitCode = 4, 2
	stopped.JobStatus, stopped.ExitBySignal, stopped.ExitSignal = 4, true, 9
	unknown := gone(9)
	j.End([]queue.Left{removed, failed, stopped, known, unknown})
	log.WriteString("009 (007.003.000) 2026-07-01 12:30:00 Job was aborted.\n\tby hand\n...\n")
	log.WriteString("001 (007.004.000) 2026-07-01 14:00:00 Job executing on host: <h>\n...\n") // later than they have left
	write()
	read()
	if got := strings.Join(seen, " "); got != "7.3 7.4 7.0 7.1 7.2" {
		t.Errorf("events of %s", got)
	}
	var got []string
	for _, job := range j.History.Jobs() {
		got = append(got, job.ID.String()+" "+job.State.String()+" "+job.Since.Time().Format("15:04")+" "+Problem(job))
	}
	if got, want := strings.Join(got, "\n"), `7.0 removed 13:00 removed: job 7.0: via condor_rm (condor_history says so; the log lacks it)
7.1 failed 13:00 failed: job 7.1: left the queue with exit status 2
7.2 failed 13:00 failed: job 7.2: left the queue with signal 9
7.3 removed 12:30 removed: job 7.3: by hand
7.4 running 14:00 
8.0 idle 12:00 `; got != want {
		t.Errorf("%s\n\nwant\n\n%s", got, want)
	}
	if latest := j.History.Latest().Time().Format("15:04"); latest != "14:00" || j.History.ClockWentBack {
		t.Errorf("the log ends at %s; its clock went back: %t", latest, j.History.ClockWentBack)
	}
	if j.Missing != 3 {
		t.Errorf("the log lacks %d events", j.Missing)
	}
	if read(); seen != nil {
		t.Errorf("events again: %v", seen)
	}
}

// HTCondor may also take DAGMan out of the queue without an event in its log.
func TestDAGManIsGone(t *testing.T) {
	dir := folderOf(t, map[string]string{
		"log.txt":            event(0, 2, 10, enters+"\n    DAG Node: job0\n    first=0 count=1 starts=4 jobs=3 from=run.node.sub outputs=c.npy") + event(5, 2, 20, ends),
		"run.dag":            "",
		"run.dag.dagman.log": event(0, 9, 8, enters) + event(1, 9, 9, starts),
	})
	j, err := Open(filepath.Join(dir, "log.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	read := func() *Run {
		t.Helper()
		if err := j.Read(func(*eventlog.Event) {}); err != nil {
			t.Fatal(err)
		}
		return j.Select(nil)
	}
	run := read()
	queued := j.Queued(run)
	if len(queued) != 1 || queued[0].ID.String() != "9.0" || queued[0].Log != filepath.Join(dir, "run.dag.dagman.log") {
		t.Fatalf("in the queue: %+v", queued)
	}
	if run.State() != Going {
		t.Errorf("while DAGMan is in the queue, the run is %v", run.State())
	}
	j.End([]queue.Left{{Log: filepath.Join(dir, "other.dag.dagman.log"), Job: queue.Job{ClusterId: 9, JobStatus: 3}}})
	if run = read(); run.State() != Going {
		t.Errorf("when another DAGMan with its number has left the queue, the run is %v", run.State())
	}
	j.End([]queue.Left{{Log: queued[0].Log, Job: queue.Job{ClusterId: 9, JobStatus: 3, RemoveReason: "via condor_rm"}}})
	run = read()
	if d := run.DAG; run.State() != Stuck || d.DAGMan != eventlog.Removed || d.Why != "via condor_rm (condor_history says so; the log lacks it)" || run.Never != 2 {
		t.Errorf("the run is %v, %+v, %d jobs never enter the queue", run.State(), d, run.Never)
	}
	if queued := j.Queued(run); queued != nil {
		t.Errorf("in the queue: %+v", queued)
	}
}
