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
	for _, q := range j.Queued() {
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
	write()
	read()
	if got := strings.Join(seen, " "); got != "7.3 7.0 7.1 7.2" {
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
7.4 idle 12:00 
8.0 idle 12:00 `; got != want {
		t.Errorf("%s\n\nwant\n\n%s", got, want)
	}
	if read(); seen != nil {
		t.Errorf("events again: %v", seen)
	}
}
