package condor

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// historyOf reads a log, which must have no faults.
func historyOf(t *testing.T, text string) *History {
	t.Helper()
	h := NewHistory()
	r := newReader(strings.NewReader(text))
	for r.Scan() {
		switch rec := r.Record().(type) {
		case *Event:
			h.Add(rec)
		case *SyntaxError:
			t.Fatal(rec)
		}
	}
	if r.Err() != nil || r.Pending() > 0 {
		t.Fatal(r.Err(), r.Pending())
	}
	return h
}

// summary says of a job what matters, in one line.
func summary(j *JobHistory) string {
	s := fmt.Sprintf("%s %s", j.ID, j.State)
	switch j.State {
	case Done:
		s += fmt.Sprintf(" (%s)", j.Exit)
	case Holding:
		s += fmt.Sprintf(" (%d/%d)", j.Hold.Code, j.Hold.Subcode)
	}
	return s + fmt.Sprintf(", %d starts, %d retries, %d evictions, %d holds", j.Starts, j.Retries, j.Evictions, j.Holds)
}

// runs says when each run began, and how it ended.
func runs(j *JobHistory) string {
	var list []string
	for _, r := range j.Runs {
		list = append(list, fmt.Sprintf("%s on %s: wait %v, queue %v, input %v, compute %v, output %v, total %v", r.Outcome, r.Slot, r.Wait(), r.Queue(), r.Input(), r.Compute(time.Time{}), r.Output(), r.Total(time.Time{})))
	}
	return strings.Join(list, "\n")
}

// The real logs: what became of each job, and where its time went.
func TestRealLogs(t *testing.T) {
	for _, test := range []struct {
		file   string
		counts Counts
		jobs   []string
		runs   map[ID]string
	}{
		{"events.log", Counts{Done: 3, Removed: 1}, []string{
			"46.0 done (exit status 0), 2 starts, 0 retries, 1 evictions, 0 holds",
			"46.1 done (exit status 0), 1 starts, 0 retries, 0 evictions, 0 holds",
			"46.2 removed, 2 starts, 0 retries, 0 evictions, 1 holds",
			"46.3 done (exit status 0), 1 starts, 0 retries, 0 evictions, 0 holds",
		}, map[ID]string{
			{46, 0}: "evicted on slot1_2@pc07: wait 1s, queue 0s, input 0s, compute 11s, output 0s, total 12s\n" +
				"completed on slot1_1@pc07: wait 3s, queue 0s, input 0s, compute 45s, output 0s, total 46s",
			{46, 2}: "held on slot1_4@pc07: wait 1s, queue 0s, input 0s, compute 15s, output 0s, total 16s\n" +
				"removed on slot1_2@pc07: wait 2s, queue 0s, input 0s, compute 4s, output 0s, total 5s",
		}},
		{"retries.log", Counts{Held: 5, Done: 1}, []string{
			"39.0 held (3/137), 4 starts, 3 retries, 0 evictions, 1 holds",
			"39.1 held (47/0), 2 starts, 0 retries, 0 evictions, 2 holds",
			"39.2 held (3/139), 4 starts, 3 retries, 0 evictions, 1 holds",
			"39.3 done (exit status 0), 2 starts, 0 retries, 1 evictions, 0 holds",
			"39.4 held (3/1), 4 starts, 3 retries, 0 evictions, 1 holds",
			"39.5 held (47/0), 2 starts, 0 retries, 0 evictions, 2 holds",
		}, map[ID]string{
			{39, 3}: "lost on slot1_4@pc07: wait 2s, queue 0s, input 0s, compute 7s, output 0s, total 8s\n" +
				"completed on slot1_4@pc07: wait 2s, queue 0s, input 0s, compute 22s, output 0s, total 23s",
			{39, 5}: "held on slot1_2@pc07: wait 2s, queue 0s, input 0s, compute 30s, output 0s, total 31s\n" +
				"held on slot1_1@pc07: wait 0s, queue 0s, input 0s, compute 30s, output 0s, total 31s",
		}},
		{"factory.log", Counts{Done: 3, Removed: 1}, []string{
			"126.0 done (exit status 0), 1 starts, 0 retries, 0 evictions, 0 holds",
			"126.1 done (exit status 0), 1 starts, 0 retries, 0 evictions, 0 holds",
			"126.2 done (exit status 0), 1 starts, 0 retries, 0 evictions, 0 holds",
			"134.0 removed, 2 starts, 0 retries, 0 evictions, 2 holds",
		}, nil},
	} {
		h := historyOf(t, logFile(t, test.file))
		var jobs []string
		for _, j := range h.Jobs() {
			jobs = append(jobs, summary(j))
		}
		if !slices.Equal(jobs, test.jobs) {
			t.Errorf("%s:\n%s\nwant\n%s", test.file, strings.Join(jobs, "\n"), strings.Join(test.jobs, "\n"))
		}
		if h.Counts() != test.counts {
			t.Errorf("%s: %+v, want %+v", test.file, h.Counts(), test.counts)
		}
		for id, want := range test.runs {
			if got := runs(h.Job(id)); got != want {
				t.Errorf("%s: %s\n%s\nwant\n%s", test.file, id, got, want)
			}
		}
	}

	h := historyOf(t, logFile(t, "factory.log"))
	if c := h.Cluster(126); c == nil || c.Removed == nil || *c.Removed != (ClusterRemoved{6, -1, "Complete", ""}) || c.Submitted.IsZero() {
		t.Errorf("cluster 126: %+v", c)
	}
	if n, ok := h.Job(ID{126, 1}).Note(); n != (Note{First: 15, Count: 10, Starts: 1}) || !ok {
		t.Errorf("the note of 126.1: %v, %t", n, ok)
	}
	if j := h.Job(ID{134, 0}); j.LastError != "Failed to execute '/var/lib/condor/execute/dir_1984/badexe': (errno=8: 'Exec format error')" || j.Reason != "via condor_rm (by user alice)" {
		t.Errorf("134.0: %q, %q", j.LastError, j.Reason)
	}
	h = historyOf(t, logFile(t, "retries.log"))
	if r := h.Job(ID{39, 4}).Runs[0]; r.Machine != "pc07" || r.System != "WINDOWS" || !strings.Contains(r.Host, "sock=win") || r.Exit != (Exit{Status: 1}) {
		t.Errorf("39.4: %+v", r)
	}
}

// at makes the text of an event of job 1.0, at a second after 19:00.
func at(second, number int, lines ...string) string {
	return fmt.Sprintf("%03d (001.000.000) 2026-11-23 19:%02d:%02d %s\n...\n", number, second/60, second%60, strings.Join(lines, "\n"))
}

const (
	submitted    = "Job submitted from host: <h>"
	executing    = "Job executing on host: <h>\n\tSlotName: slot1@pc07"
	inputStarts  = "Started transferring input files"
	inputEnds    = "Finished transferring input files"
	outputStarts = "Started transferring output files"
	outputEnds   = "Finished transferring output files"
	evicted      = "Job was evicted.\n\t(0) CPU times"
	requeued     = "Job was evicted.\n\t(0) Job terminated and was requeued\n\t(1) Normal termination (return value 1)"
	terminated   = "Job terminated.\n\t(1) Normal termination (return value 0)"
	held         = "Job was held.\n\tbecause\n\tCode 3 Subcode 65"
	released     = "Job was released."
	aborted      = "Job was aborted.\n\tvia condor_rm"
)

// What becomes of a job, event by event.
func TestStates(t *testing.T) {
	begin := at(0, 0, submitted) + at(3, 40, inputStarts) + at(5, 40, inputEnds) + at(6, 1, executing)
	const beginRun = "wait 3s, queue 0s, input 2s"
	for _, test := range []struct {
		name, log, want, runs string
	}{
		{"submitted", at(0, 0, submitted), "1.0 idle, 0 starts, 0 retries, 0 evictions, 0 holds", ""},
		{"inputs are sent", at(0, 0, submitted) + at(3, 40, inputStarts), "1.0 running, 0 starts, 0 retries, 0 evictions, 0 holds",
			"lasting on : wait 3s, queue 0s, input 0s, compute 0s, output 0s, total 0s"},
		{"runs", begin, "1.0 running, 1 starts, 0 retries, 0 evictions, 0 holds",
			"lasting on slot1@pc07: " + beginRun + ", compute 0s, output 0s, total 0s"},
		{"done", begin + at(16, 40, outputStarts) + at(20, 40, outputEnds) + at(21, 5, terminated), "1.0 done (exit status 0), 1 starts, 0 retries, 0 evictions, 0 holds",
			"completed on slot1@pc07: " + beginRun + ", compute 10s, output 4s, total 18s"},
		{"done, and no word of transfers", at(0, 0, submitted) + at(6, 1, executing) + at(16, 5, terminated), "1.0 done (exit status 0), 1 starts, 0 retries, 0 evictions, 0 holds",
			"completed on slot1@pc07: wait 6s, queue 0s, input 0s, compute 10s, output 0s, total 10s"},
		{"executing before the inputs are there, as two programs write it", at(0, 0, submitted) + at(3, 40, inputStarts) + at(5, 1, executing) + at(5, 40, inputEnds) + at(15, 5, terminated), "1.0 done (exit status 0), 1 starts, 0 retries, 0 evictions, 0 holds",
			"completed on slot1@pc07: " + beginRun + ", compute 10s, output 0s, total 12s"},
		{"waiting for transfers", at(0, 0, submitted) + at(1, 40, "Entered queue to transfer input files") + at(8, 40, inputStarts, "\tSeconds spent in queue: 7") + at(9, 40, inputEnds) + at(9, 1, executing) + at(10, 40, "Entered queue to transfer output files") + at(30, 40, outputStarts) + at(33, 40, outputEnds) + at(33, 5, terminated),
			"1.0 done (exit status 0), 1 starts, 0 retries, 0 evictions, 0 holds",
			"completed on slot1@pc07: wait 1s, queue 27s, input 1s, compute 1s, output 3s, total 32s"},
		{"waiting, told afterwards", at(0, 0, submitted) + at(8, 40, inputStarts, "\tSeconds spent in queue: 7") + at(9, 40, inputEnds) + at(9, 1, executing), "1.0 running, 1 starts, 0 retries, 0 evictions, 0 holds",
			"lasting on slot1@pc07: wait 1s, queue 7s, input 1s, compute 0s, output 0s, total 0s"},
		{"failed", begin + at(16, 5, "Job terminated.\n\t(1) Normal termination (return value 3)"), "1.0 done (exit status 3), 1 starts, 0 retries, 0 evictions, 0 holds",
			"completed on slot1@pc07: " + beginRun + ", compute 10s, output 0s, total 13s"},
		{"a retry is no eviction", begin + at(16, 4, requeued), "1.0 idle, 1 starts, 1 retries, 0 evictions, 0 holds",
			"retried on slot1@pc07: " + beginRun + ", compute 10s, output 0s, total 13s"},
		{"evicted by the machine", begin + at(16, 4, evicted), "1.0 idle, 1 starts, 0 retries, 1 evictions, 0 holds",
			"evicted on slot1@pc07: " + beginRun + ", compute 10s, output 0s, total 13s"},
		{"evicted, and held much later", begin + at(16, 4, evicted) + at(30, 12, held), "1.0 held (3/65), 1 starts, 0 retries, 1 evictions, 1 holds",
			"evicted on slot1@pc07: " + beginRun + ", compute 10s, output 0s, total 13s"},
		{"held, which evicts it", begin + at(16, 4, evicted) + at(16, 12, held), "1.0 held (3/65), 1 starts, 0 retries, 0 evictions, 1 holds",
			"held on slot1@pc07: " + beginRun + ", compute 10s, output 0s, total 13s"},
		{"held", begin + at(16, 12, held), "1.0 held (3/65), 1 starts, 0 retries, 0 evictions, 1 holds",
			"held on slot1@pc07: " + beginRun + ", compute 10s, output 0s, total 13s"},
		{"held, then evicted", begin + at(16, 12, held) + at(16, 4, evicted), "1.0 held (3/65), 1 starts, 0 retries, 0 evictions, 1 holds",
			"held on slot1@pc07: " + beginRun + ", compute 10s, output 0s, total 13s"},
		{"held and released", begin + at(16, 12, held) + at(20, 13, released), "1.0 idle, 1 starts, 0 retries, 0 evictions, 1 holds",
			"held on slot1@pc07: " + beginRun + ", compute 10s, output 0s, total 13s"},
		{"held before it ran", at(0, 0, submitted) + at(3, 40, inputStarts) + at(5, 12, held), "1.0 held (3/65), 0 starts, 0 retries, 0 evictions, 1 holds",
			"held on : wait 3s, queue 0s, input 0s, compute 0s, output 0s, total 2s"},
		{"runs again after it was released", begin + at(16, 12, held) + at(20, 13, released) + at(25, 1, executing), "1.0 running, 2 starts, 0 retries, 0 evictions, 1 holds",
			"held on slot1@pc07: " + beginRun + ", compute 10s, output 0s, total 13s\nlasting on slot1@pc07: wait 5s, queue 0s, input 0s, compute 0s, output 0s, total 0s"},
		{"removed", begin + at(16, 9, aborted), "1.0 removed, 1 starts, 0 retries, 0 evictions, 0 holds",
			"removed on slot1@pc07: " + beginRun + ", compute 10s, output 0s, total 13s"},
		{"removed while it waited", at(0, 0, submitted) + at(5, 9, aborted), "1.0 removed, 0 starts, 0 retries, 0 evictions, 0 holds", ""},
		{"skipped", at(0, 0, submitted) + at(5, 46, "Dataflow job was skipped."), "1.0 done (exit status 0), 0 starts, 0 retries, 0 evictions, 0 holds", ""},
		{"HTCondor failed", begin + at(16, 7, "Shadow exception!\n\tno room"), "1.0 idle, 1 starts, 0 retries, 1 evictions, 0 holds",
			"lost on slot1@pc07: " + beginRun + ", compute 10s, output 0s, total 13s"},
		{"the machine does not answer", begin + at(16, 22, "Job disconnected, attempting to reconnect\n    why\n    Trying to reconnect to a b"), "1.0 running, 1 starts, 0 retries, 0 evictions, 0 holds",
			"lasting on slot1@pc07: " + beginRun + ", compute 0s, output 0s, total 0s"},
		{"the machine is lost", begin + at(16, 24, "Job reconnection failed\n    why") + at(16, 4, evicted), "1.0 idle, 1 starts, 0 retries, 1 evictions, 0 holds",
			"lost on slot1@pc07: " + beginRun + ", compute 10s, output 0s, total 13s"},
		{"the end of a run is not in the log", begin + at(20, 40, inputStarts) + at(21, 1, executing) + at(30, 1, executing), "1.0 running, 3 starts, 0 retries, 0 evictions, 0 holds",
			"lost on slot1@pc07: " + beginRun + ", compute 14s, output 0s, total 17s\nlost on slot1@pc07: wait 0s, queue 0s, input 1s, compute 9s, output 0s, total 10s\nlasting on slot1@pc07: wait 0s, queue 0s, input 0s, compute 0s, output 0s, total 0s"},
		{"the last words come after the end", begin + at(16, 5, terminated) + at(16, 40, outputStarts) + at(16, 40, outputEnds) + at(17, 6, "Image size of job updated: 1\n\t5  -  MemoryUsage of job (MB)"), "1.0 done (exit status 0), 1 starts, 0 retries, 0 evictions, 0 holds",
			"completed on slot1@pc07: " + beginRun + ", compute 10s, output 0s, total 13s"},
		{"a clock that was put back", at(50, 0, submitted) + at(40, 1, executing) + at(30, 5, terminated), "1.0 done (exit status 0), 1 starts, 0 retries, 0 evictions, 0 holds",
			"completed on slot1@pc07: wait 0s, queue 0s, input 0s, compute 0s, output 0s, total 0s"},
		{"the log's beginning is missing", at(16, 40, outputStarts), "1.0 unknown, 0 starts, 0 retries, 0 evictions, 0 holds", ""},
		{"… and it is told later", at(10, 6, "Image size of job updated: 1") + at(16, 1, executing), "1.0 running, 1 starts, 0 retries, 0 evictions, 0 holds",
			"lasting on slot1@pc07: wait 0s, queue 0s, input 0s, compute 0s, output 0s, total 0s"},
		{"numbers that begin anew", begin + at(16, 5, terminated) + at(100, 0, submitted), "1.0 idle, 0 starts, 0 retries, 0 evictions, 0 holds", ""},
		{"what is not known", begin + at(16, 99, "something new"), "1.0 running, 1 starts, 0 retries, 0 evictions, 0 holds",
			"lasting on slot1@pc07: " + beginRun + ", compute 0s, output 0s, total 0s"},
	} {
		h := historyOf(t, test.log)
		j := h.Job(ID{1, 0})
		if got := summary(j); got != test.want {
			t.Errorf("%s: %s\nwant %s", test.name, got, test.want)
		}
		if got := runs(j); got != test.runs {
			t.Errorf("%s:\n%s\nwant\n%s", test.name, got, test.runs)
		}
		if total := h.Counts().Total(); total != 1 {
			t.Errorf("%s: %d jobs are counted: %+v", test.name, total, h.Counts())
		}
		// To hear all of it again, or each event twice, changes nothing.
		twice := ""
		for _, event := range strings.SplitAfter(test.log, "...\n") {
			twice += event + event
		}
		for _, log := range []string{test.log + test.log, twice} {
			again := historyOf(t, log)
			if a, b := summary(again.Job(ID{1, 0})), summary(j); a != b || again.Counts() != h.Counts() || !reflect.DeepEqual(again.Job(ID{1, 0}).Runs, j.Runs) {
				t.Errorf("%s, twice: %s, want %s", test.name, a, b)
			}
		}
	}
}

// Suspended and disconnected jobs still have their machine.
func TestMarks(t *testing.T) {
	begin := at(0, 0, submitted) + at(6, 1, executing)
	suspended := at(7, 10, "Job was suspended.\n\tNumber of processes actually suspended: 1")
	disconnected := at(8, 22, "Job disconnected, attempting to reconnect\n    why\n    Trying to reconnect to a b")
	for log, want := range map[string][2]bool{
		begin:                            {false, false},
		begin + suspended:                {true, false},
		begin + suspended + disconnected: {true, true},
		begin + suspended + at(9, 11, "Job was unsuspended."):                                        {false, false},
		begin + disconnected + at(9, 23, "Job reconnected to a"):                                     {false, false},
		begin + suspended + disconnected + at(9, 4, evicted):                                         {false, false},
		begin + suspended + disconnected + at(9, 5, terminated) + at(10, 11, "Job was unsuspended."): {false, false},
	} {
		j := historyOf(t, log).Job(ID{1, 0})
		if j.Suspended != want[0] || j.Disconnected != want[1] {
			t.Errorf("%s: suspended %t, disconnected %t; want %v", log, j.Suspended, j.Disconnected, want)
		}
	}
}

// Which held jobs HTCondor releases by itself: those that a machine is at fault for, as
// long as their note allows another start.
func TestWillBeReleased(t *testing.T) {
	note := "\n    first=7 count=1 starts=2"
	run := at(6, 1, executing)
	hold := func(code int) string {
		return at(9, 12, fmt.Sprintf("Job was held.\n\twhy\n\tCode %d Subcode 0", code))
	}
	for _, test := range []struct {
		name, log string
		want      bool
	}{
		{"could not be started", at(0, 0, submitted+note) + run + hold(6), true},
		{"output could not be sent", at(0, 0, submitted+"\n    DAG Node: A"+note) + run + hold(12), true},
		{"started too often", at(0, 0, submitted+note) + run + at(7, 4, evicted) + at(8, 1, executing) + hold(6), false},
		{"input could not be sent", at(0, 0, submitted+note) + hold(13), false},
		{"policy", at(0, 0, submitted+note) + run + hold(3), false},
		{"time", at(0, 0, submitted+note) + run + hold(47), false},
		{"no note", at(0, 0, submitted) + run + hold(6), false},
		{"released", at(0, 0, submitted+note) + run + hold(6) + at(10, 13, released), false},
	} {
		h := historyOf(t, test.log)
		if got := h.Job(ID{1, 0}).WillBeReleased(); got != test.want {
			t.Errorf("%s: %t", test.name, got)
		}
		if got := h.Counts().Waiting; got != map[bool]int{true: 1}[test.want] {
			t.Errorf("%s: %d are waiting", test.name, got)
		}
	}
}

// Several clusters in one log, apart and together.
func TestClusters(t *testing.T) {
	h := historyOf(t, logFile(t, "events.log")+logFile(t, "retries.log")+at(0, 0, submitted)+at(5, 5, "Job terminated.\n\t(0) Abnormal termination (signal 9)\n\t(0) No core file"))
	if got := h.Clusters(); !slices.Equal(got, []int{1, 39, 46}) {
		t.Error(got)
	}
	for _, test := range []struct {
		clusters []int
		want     Counts
		jobs     int
	}{
		{nil, Counts{Done: 4, Failed: 1, Held: 5, Removed: 1}, 11},
		{[]int{46}, Counts{Done: 3, Removed: 1}, 4},
		{[]int{39, 1}, Counts{Done: 1, Held: 5, Failed: 1}, 7},
		{[]int{2}, Counts{}, 0},
	} {
		if got := h.Counts(test.clusters...); got != test.want || len(h.Jobs(test.clusters...)) != test.jobs {
			t.Errorf("%v: %+v, %d jobs; want %+v", test.clusters, got, len(h.Jobs(test.clusters...)), test.want)
		}
		if got := CountJobs(h.Jobs(test.clusters...)); got != test.want {
			t.Errorf("%v: one by one, %+v; want %+v", test.clusters, got, test.want)
		}
	}
	if h.Job(ID{1, 1}) != nil || h.Cluster(2) != nil {
		t.Error("a job or a cluster that is not in the log")
	}
	factory := func(events ...string) *Cluster {
		text := ""
		for _, e := range events {
			text += "03" + e + "\n...\n"
		}
		return historyOf(t, strings.ReplaceAll(text, "@", " (007.-01.-01) 2026-11-23 19:00:00 ")).Cluster(7)
	}
	if c := factory("5@Cluster submitted from host: <h>", "7@Job Materialization Paused\n\tno file"); c.Paused != "no file" || c.Submitted.IsZero() || c.Removed != nil {
		t.Errorf("%+v", c)
	}
	if c := factory("7@Job Materialization Paused"); c.Paused == "" {
		t.Errorf("%+v", c)
	}
	if c := factory("7@Job Materialization Paused\n\tno file", "8@Job Materialization Resumed"); c.Paused != "" {
		t.Errorf("%+v", c)
	}
}

// That years are assumed is told.
func TestYearAssumed(t *testing.T) {
	log := at(0, 0, submitted)
	if historyOf(t, log).YearAssumed {
		t.Error("a year that was there")
	}
	if !historyOf(t, log+strings.Replace(at(5, 5, terminated), "2026-11-23", "11/23", 1)).YearAssumed {
		t.Error("a year that was not there")
	}
}

// Every hold code that HTCondor's manual lists for jobs like ours is explained, and so
// are the subcodes of our own.
func TestExplainHold(t *testing.T) {
	for _, code := range []int{1, 3, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16, 18, 21, 22, 26, 27, 32, 33, 34, 46, 47} {
		if e := ExplainHold(code, 2); e.Label == "" || e.Means == "" || e.Do == "" {
			t.Errorf("%d: %+v", code, e)
		}
	}
	for _, test := range []struct {
		code, subcode int
		label, means  string
	}{
		{3, 64, "JobPolicy", "the program was called wrongly, or would have destroyed something (exit status 64)"},
		{3, 65, "JobPolicy", "an input is missing or bad (exit status 65)"},
		{3, 1, "JobPolicy", "it failed each time it was run, at last with exit status 1"},
		{3, 137, "JobPolicy", "it failed each time it was run, at last by signal 9 (or exit status 137)"},
		{3, 47, "JobExecuteExceeded", "it ran longer than max_run_time"},
		{6, 8, "FailedToCreateProcess", "the machine could not start the program (not a program of this system)"},
		{13, 2, "TransferInputError", "inputs could not be sent (no such file or folder)"},
		{13, 99999, "TransferInputError", "inputs could not be sent"},
		{99, 7, "", "code 99, subcode 7"},
	} {
		if e := ExplainHold(test.code, test.subcode); e.Label != test.label || e.Means != test.means || e.Do == "" {
			t.Errorf("%d/%d: %+v", test.code, test.subcode, e)
		}
	}
}
