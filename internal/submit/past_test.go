package submit

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/condor/jobfile"
	"matpool/condor/queue"
	"matpool/internal/base/file/filetest"
	"matpool/internal/outputs"
	"matpool/internal/record"
)

// writeLog writes a log of jobs that are submitted and, if their note begins with "!", held.
func writeLog(t *testing.T, name string, jobs ...string) {
	t.Helper()
	var log strings.Builder
	for _, job := range jobs {
		id, note, _ := strings.Cut(job, " ")
		note, held := strings.CutPrefix(note, "!")
		fmt.Fprintf(&log, "000 (%s.000) 2026-07-01 12:00:00 Job submitted from host: <h>\n    %s\n...\n", id, note)
		if held {
			fmt.Fprintf(&log, "012 (%s.000) 2026-07-01 12:00:01 Job was held.\n\twhy\n\tCode 3 Subcode 65\n...\n", id)
		}
	}
	if err := os.WriteFile(name, []byte(log.String()), 0o666); err != nil {
		t.Fatal(err)
	}
}

// A job that has left the queue ended as its log says by now. If the log does not say it, HTCondor's history does.
func TestReadAgain(t *testing.T) {
	t.Chdir(t.TempDir())
	const note = "first=0 count=1 starts=4 jobs=1"
	writeLog(t, "log", "7.0 "+note, "7.1 "+note, "7.2 "+note, "7.3 "+note)
	p := past{known: map[int]bool{}}
	if err := p.readLog(taskOf(4, jobfile.Request{Log: "log"}), "log"); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile("log", os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	fmt.Fprint(file, "005 (7.0.000) 2026-07-01 12:00:01 Job terminated.\n\t(1) Normal termination (return value 0)\n...\n")
	var left []queue.Left
	for proc := range 3 {
		left = append(left, queue.Left{Log: "log", Job: queue.Job{ClusterId: 7, ProcId: proc, JobStatus: 3 + proc%2}})
	}
	missing, err := p.readAgain("log", left)
	var got []string
	for _, f := range p.found {
		got = append(got, f.job.ID.String()+" "+f.job.State.String())
	}
	if got, want := strings.Join(got, ", "), "7.0 done, 7.1 done, 7.2 removed, 7.3 idle"; got != want || missing != 2 || err != nil {
		t.Errorf("%s; the log lacks %d events (%v); want %s", got, missing, err, want)
	}
}

// The latest job of each product counts, in whatever order the log has them; jobs that matsubmit ran
// itself are in no queue.
func TestLookBack(t *testing.T) {
	t.Chdir(t.TempDir())
	const note = " first=%d count=%d starts=4 jobs=1"
	of := func(id string, first, count int) string { return id + fmt.Sprintf(note, first, count) }
	for _, test := range []struct {
		what                       string
		log                        []string
		latest, held, active, gone string
		cluster                    int
	}{
		{"nothing", nil, "- - - -", "[]", "[]", "map[]", 0},
		{"two clusters", []string{of("7.0", 5, 2), of("8.0", 6, 2)}, "7.0 8.0 8.0 -", "[]", "[7.0 8.0]", "map[]", 8},
		{"the later one is first in the log", []string{of("8.0", 6, 2), of("7.0", 5, 2)}, "7.0 8.0 8.0 -", "[]", "[7.0 8.0]", "map[]", 8},
		{"one cluster", []string{of("7.0", 5, 2), of("7.1", 6, 1)}, "7.0 7.1 - -", "[]", "[7.0 7.1]", "map[]", 7},
		{"held", []string{"7.0 !first=5 count=1 starts=4 jobs=1"}, "7.0 - - -", "[7.0]", "[]", "map[]", 7},
		{"of other products", []string{of("9.0", 0, 5), of("9.1", 9, 1)}, "- - - -", "[]", "[]", "map[]", 9},
		{"run here", []string{of("7.0", 5, 1) + " local=yes"}, "7.0 - - -", "[]", "[]", "map[log:[7.0]]", 7},
	} {
		os.Remove("log")
		if test.log != nil {
			writeLog(t, "log", test.log...)
		}
		tk := taskOf(4, jobfile.Request{FirstIndex: 5, ProductsPerJob: 1, Log: "log"})
		tk.division = tk.divide(1)
		p, err := lookBack(t.Context(), tk, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		var latest []string
		for product := 5; product < 9; product++ {
			if j := p.latest.Of(product); j == nil {
				latest = append(latest, "-")
			} else {
				latest = append(latest, j.ID.String())
			}
		}
		got := fmt.Sprintf("%s %v %v %v %d", strings.Join(latest, " "), p.held, p.active, p.gone, p.cluster)
		if want := fmt.Sprintf("%s %s %s %s %d", test.latest, test.held, test.active, test.gone, test.cluster); got != want {
			t.Errorf("%s: %s, want %s", test.what, got, want)
		}
	}
}

// A schedd that gives a lower number to a later cluster has begun anew: what it had in its queue is gone. One
// on another machine has its own numbers. What matsubmit runs itself says nothing of either.
func TestFormerJobs(t *testing.T) {
	h := eventlog.NewHistory()
	note := condor.Note{Count: 1}
	var list []found
	for second, job := range []struct {
		cluster, proc int
		host          string
	}{{7, 0, "pc:1"}, {2, 0, "other:1"}, {500, 0, "pc:1?alias=pc"}, {500, 1, "pc:1"}, {8, 0, "pc:2"}, {500, 2, "pc:1"}, {9, 0, "pc:2"}, {1, 0, "here"}} {
		id := condor.ID{Cluster: job.cluster, Proc: job.proc}
		h.Add(&eventlog.Event{ID: id, Time: time.Unix(int64(second), 0), Detail: eventlog.Submit{Host: job.host}})
	}
	for _, j := range h.Jobs() {
		note.Local = j.Cluster == 1
		list = append(list, found{"log", j, note})
	}
	former, schedd := formerJobs(list)
	var got []string
	for _, f := range list {
		if former[f.job] {
			got = append(got, f.job.ID.String())
		}
	}
	if fmt.Sprintf("%v %s", got, schedd) != "[500.0 500.1 500.2] pc" {
		t.Errorf("%v, %s", got, schedd)
	}
}

// Each of the logs of the jobs is read, the highest cluster in one of them counts, and a product's latest
// job is that of the latest cluster, whichever log is read last.
func TestLookBackAtEachLog(t *testing.T) {
	t.Chdir(t.TempDir())
	writeLog(t, "5.log", "8.0 first=5 count=3 starts=4 jobs=1")
	writeLog(t, "7.log", "7.0 first=7 count=1 starts=4 jobs=1")
	tk := taskOf(4, jobfile.Request{FirstIndex: 5, ProductsPerJob: 1, Log: "$(index).log"})
	tk.division = tk.divide(1)
	p, err := lookBack(t.Context(), tk, io.Discard)
	if err != nil || fmt.Sprint(p.logs, p.cluster, p.active) != "[5.log 7.log] 8 [8.0 7.0]" {
		t.Fatalf("%v, %+v", err, p)
	}
	if id := p.latest.Of(7).ID.String(); id != "8.0" {
		t.Errorf("the latest job of product 7 is %s", id)
	}
}

// With -force, only a small log is read, for the forecast, and its faults do not matter.
func TestLookBackWithForce(t *testing.T) {
	t.Chdir(t.TempDir())
	tk := taskOf(1, jobfile.Request{ProductsPerJob: 1, Log: "log"})
	tk.Force = true
	writeLog(t, "log", "7.0 first=0 count=1 starts=4 jobs=1")
	if p, err := lookBack(t.Context(), tk, io.Discard); err != nil || p.latest.Of(0) == nil {
		t.Errorf("%+v, %v", p, err)
	}
	for _, content := range []string{"no log\n...\n", "000 (007.000.000) 2026-07-01 12:00:00 Job submitted from host: <h>\n" + strings.Repeat("x", 5<<20)} {
		if err := os.WriteFile("log", []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
		if p, err := lookBack(t.Context(), tk, io.Discard); err != nil || p.latest.Of(0) != nil {
			t.Errorf("%.20s: %+v, %v", content, p, err)
		}
	}
	tk.Local = true // its jobs need a number that is not in the log
	if err := os.WriteFile("log", []byte("no log\n...\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := lookBack(t.Context(), tk, io.Discard); err == nil {
		t.Error("-local takes a file that is no log")
	}
}

// makersOf returns the makers of products from 0 on, one of each job, or of none for nil.
func makersOf(jobs ...*eventlog.Job) eventlog.Makers {
	var list []eventlog.Made
	for i, j := range jobs {
		if j != nil {
			list = append(list, eventlog.Made{First: i, Count: 1, Job: j})
		}
	}
	return eventlog.NewMakers(list)
}

// Only the log shows which products a sum has. An output of the second in which its job was submitted counts:
// most logs have whole seconds.
func TestStateOf(t *testing.T) {
	t.Chdir(t.TempDir())
	now := time.Now()
	filetest.Touch(t, "x0.txt")
	if err := os.Chtimes("x0.txt", now, now.Truncate(time.Second)); err != nil {
		t.Fatal(err)
	}
	job := func(state eventlog.State, submitted time.Time) *eventlog.Job {
		return &eventlog.Job{ID: condor.ID{Cluster: 1}, State: state, Submitted: submitted}
	}
	late := now.Truncate(time.Second).Add(999 * time.Millisecond)
	for _, test := range []struct {
		what   string
		random bool
		name   string
		job    *eventlog.Job
		want   state
	}{
		{"no job, but a file", false, "x", nil, done},
		{"of random inputs", true, "x", nil, missing},
		{"done in the same second", false, "x", job(eventlog.Done, late), done},
		{"done later", false, "x", job(eventlog.Done, late.Add(time.Second)), missing},
		{"no file", false, "z", job(eventlog.Done, late), missing},
		{"in the queue", false, "z", job(eventlog.Idle, late), queued},
		{"suspended", false, "z", job(eventlog.Suspended, late), queued},
		{"held", false, "x", job(eventlog.Held, late), done},
	} {
		w := otherWork(1, jobfile.Request{}, product{})
		w.files.Names = []string{test.name + "$(index).txt"}
		if test.random {
			w.Random = &jobfile.Random{}
		}
		tk := task{work: w, records: outputs.NewRecords(".", &record.Cache{})}
		if got, _, err := tk.stateOf(t.Context(), batch{count: 1}, 0, past{latest: makersOf(test.job)}); got != test.want || err != nil {
			t.Errorf("%s: %v, %v; want %v", test.what, got, err, test.want)
		}
	}
}
