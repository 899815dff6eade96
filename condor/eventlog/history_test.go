package eventlog

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"matpool/condor"
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
		case *condor.SyntaxError:
			t.Fatal(rec)
		}
	}
	if r.Err() != nil || r.Pending() > 0 {
		t.Fatal(r.Err(), r.Pending())
	}
	return h
}

// jobOf returns a job, or nil if it is not in the history.
func jobOf(h *History, id condor.ID) *Job {
	for _, j := range h.Jobs(id.Cluster) {
		if j.ID == id {
			return j
		}
	}
	return nil
}

// summary describes a job in one line.
func summary(j *Job) string {
	s := fmt.Sprintf("%s %s", j.ID, j.State)
	switch j.State {
	case Done, Failed:
		s += fmt.Sprintf(" (%s)", j.Exit)
	case Held:
		s += fmt.Sprintf(" (%d/%d)", j.Hold.Code, j.Hold.Subcode)
	}
	return s + fmt.Sprintf(", %d starts, %d retries, %d evictions, %d holds", j.Starts, j.Retries, j.Evictions, len(j.Holds))
}

// attempts describes each attempt of a job in a line.
func attempts(j *Job) string {
	var list []string
	for _, r := range j.Attempts {
		list = append(list, fmt.Sprintf("%s on %s: wait %v, queue %v, input %v, compute %v, output %v, total %v", r.Outcome, r.Slot, r.Wait(), r.Time(Queueing, Moment{}), r.Time(Inputs, Moment{}), r.Time(Computing, Moment{}), r.Time(Outputs, Moment{}), r.Total(Moment{})))
	}
	return strings.Join(list, "\n")
}

// Real logs: the state of each job, and its attempts.
func TestRealLogs(t *testing.T) {
	for _, test := range []struct {
		file     string
		counts   Counts
		jobs     []string
		attempts map[condor.ID]string
	}{
		{"events.log", Counts{Done: 3, Removed: 1}, []string{
			"46.0 done (exit status 0), 2 starts, 0 retries, 1 evictions, 0 holds",
			"46.1 done (exit status 0), 1 starts, 0 retries, 0 evictions, 0 holds",
			"46.2 removed, 2 starts, 0 retries, 0 evictions, 1 holds",
			"46.3 done (exit status 0), 1 starts, 0 retries, 0 evictions, 0 holds",
		}, map[condor.ID]string{
			{Cluster: 46, Proc: 0}: "evicted on slot1_2@pc07: wait 1s, queue 0s, input 0s, compute 11s, output 0s, total 12s\n" +
				"completed on slot1_1@pc07: wait 3s, queue 0s, input 0s, compute 45s, output 0s, total 46s",
			{Cluster: 46, Proc: 2}: "held on slot1_4@pc07: wait 1s, queue 0s, input 0s, compute 15s, output 0s, total 16s\n" +
				"removed on slot1_2@pc07: wait 2s, queue 0s, input 0s, compute 4s, output 0s, total 5s",
		}},
		{"retries.log", Counts{Held: 5, Done: 1}, []string{
			"39.0 held (3/137), 4 starts, 3 retries, 0 evictions, 1 holds",
			"39.1 held (47/0), 2 starts, 0 retries, 0 evictions, 2 holds",
			"39.2 held (3/139), 4 starts, 3 retries, 0 evictions, 1 holds",
			"39.3 done (exit status 0), 2 starts, 0 retries, 1 evictions, 0 holds",
			"39.4 held (3/1), 4 starts, 3 retries, 0 evictions, 1 holds",
			"39.5 held (47/0), 2 starts, 0 retries, 0 evictions, 2 holds",
		}, map[condor.ID]string{
			{Cluster: 39, Proc: 3}: "lost on slot1_4@pc07: wait 2s, queue 0s, input 0s, compute 7s, output 0s, total 8s\n" +
				"completed on slot1_4@pc07: wait 2s, queue 0s, input 0s, compute 22s, output 0s, total 23s",
			{Cluster: 39, Proc: 5}: "held on slot1_2@pc07: wait 2s, queue 0s, input 0s, compute 30s, output 0s, total 31s\n" +
				"held on slot1_1@pc07: wait 0s, queue 0s, input 0s, compute 30s, output 0s, total 31s",
		}},
		// HTCondor 25.14.1: a DAG, of whose nodes one is retried, one fails, and two are held and removed; and jobs
		// that are vacated, suspended, held by a person, lost, killed, without their input, and removed.
		{"dag25.log", Counts{Done: 2, Failed: 1, Removed: 2}, []string{
			"2.0 done (exit status 0), 1 starts, 0 retries, 0 evictions, 0 holds",
			"3.0 failed (exit status 65), 1 starts, 0 retries, 0 evictions, 0 holds",
			"4.0 removed, 1 starts, 0 retries, 0 evictions, 1 holds",
			"5.0 done (exit status 0), 2 starts, 1 retries, 0 evictions, 0 holds",
			"6.0 removed, 0 starts, 0 retries, 0 evictions, 1 holds",
		}, nil},
		{"jobs25.log", Counts{Done: 5, Held: 1, Removed: 1}, []string{
			"7.0 done (exit status 0), 2 starts, 0 retries, 1 evictions, 0 holds",
			"7.1 done (exit status 0), 1 starts, 0 retries, 0 evictions, 0 holds",
			"7.2 done (exit status 0), 2 starts, 0 retries, 0 evictions, 1 holds",
			"7.3 done (exit status 0), 2 starts, 0 retries, 1 evictions, 0 holds",
			"7.4 done (exit status 0), 3 starts, 2 retries, 0 evictions, 0 holds",
			"7.5 held (13/2), 0 starts, 0 retries, 0 evictions, 1 holds",
			"7.6 removed, 1 starts, 0 retries, 0 evictions, 0 holds",
		}, map[condor.ID]string{
			{Cluster: 7, Proc: 1}: "completed on slot1_1@linux2: wait 2s, queue 0s, input 0s, compute 14s, output 0s, total 20s", // and suspended for 6 s
		}},
		// HTCondor 25.14.1: jobs that share an input (047, with the numbers -1000 and -1001 for the machines), and the same
		// without the input.
		{"shared25.log", Counts{Done: 6, Removed: 6}, []string{
			"1.0 done (exit status 0), 1 starts, 0 retries, 0 evictions, 0 holds",
			"1.1 done (exit status 0), 1 starts, 0 retries, 0 evictions, 0 holds",
			"1.2 done (exit status 0), 1 starts, 0 retries, 0 evictions, 0 holds",
			"1.3 done (exit status 0), 1 starts, 0 retries, 0 evictions, 0 holds",
			"1.4 done (exit status 0), 1 starts, 0 retries, 0 evictions, 0 holds",
			"1.5 done (exit status 0), 1 starts, 0 retries, 0 evictions, 0 holds",
			"2.0 removed, 0 starts, 0 retries, 0 evictions, 1 holds",
			"2.1 removed, 0 starts, 0 retries, 0 evictions, 1 holds",
			"2.2 removed, 0 starts, 0 retries, 0 evictions, 1 holds",
			"2.3 removed, 0 starts, 0 retries, 0 evictions, 1 holds",
			"2.4 removed, 0 starts, 0 retries, 0 evictions, 1 holds",
			"2.5 removed, 0 starts, 0 retries, 0 evictions, 1 holds",
		}, nil},
		// HTCondor 23.9.6, log_xml = true: jobs that fail once or twice, are held, killed, vacated, suspended and removed.
		{"jobs.xml", Counts{Done: 6, Failed: 2, Removed: 2}, []string{
			"1.0 done (exit status 0), 1 starts, 0 retries, 0 evictions, 0 holds",
			"1.1 done (exit status 0), 2 starts, 1 retries, 0 evictions, 0 holds",
			"1.2 removed, 1 starts, 0 retries, 0 evictions, 1 holds",
			"1.3 failed (signal 9), 2 starts, 1 retries, 0 evictions, 0 holds",
			"1.4 done (exit status 0), 2 starts, 0 retries, 1 evictions, 1 holds",
			"1.5 done (exit status 0), 1 starts, 0 retries, 0 evictions, 0 holds",
			"1.6 removed, 1 starts, 0 retries, 0 evictions, 0 holds",
			"1.7 failed (exit status 3), 2 starts, 1 retries, 0 evictions, 0 holds",
			"1.8 done (exit status 0), 1 starts, 0 retries, 0 evictions, 0 holds",
			"1.9 done (exit status 0), 1 starts, 0 retries, 0 evictions, 0 holds",
		}, map[condor.ID]string{
			{Cluster: 1, Proc: 5}: "completed on slot1_1@linux1: wait 3.159s, queue 0s, input 9ms, compute 37.916s, output 2ms, total 41.05s", // and suspended for 2 s
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
		if Count(h.Jobs()) != test.counts {
			t.Errorf("%s: %+v, want %+v", test.file, Count(h.Jobs()), test.counts)
		}
		for id, want := range test.attempts {
			if got := attempts(jobOf(h, id)); got != want {
				t.Errorf("%s: %s\n%s\nwant\n%s", test.file, id, got, want)
			}
		}
	}

	h := historyOf(t, logFile(t, "factory.log"))
	if c := h.Cluster(126); c == nil || c.Removed == nil || *c.Removed != (ClusterRemove{"Complete"}) || c.Submitted.IsZero() {
		t.Errorf("cluster 126: %+v", c)
	}
	if n, ok := jobOf(h, condor.ID{Cluster: 126, Proc: 1}).Note(); n.String() != "first=15 count=10 starts=1 jobs=3" || !ok {
		t.Errorf("the note of 126.1: %v, %t", n, ok)
	}
	if j := jobOf(h, condor.ID{Cluster: 134, Proc: 0}); j.Reason != "via condor_rm (by user alice)" {
		t.Errorf("134.0: %q", j.Reason)
	}
	h = historyOf(t, logFile(t, "retries.log"))
	if r := jobOf(h, condor.ID{Cluster: 39, Proc: 4}).Attempts[0]; r.Machine != "pc07" || r.System != "WINDOWS" || r.Exit != (Exit{Status: 1}) {
		t.Errorf("39.4: %+v", r)
	}
}

// at returns the text of an event of job 1.0, a number of seconds after 19:00.
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

// The state of a job after its events.
func TestStates(t *testing.T) {
	begin := at(0, 0, submitted) + at(3, 40, inputStarts) + at(5, 40, inputEnds) + at(6, 1, executing)
	const beginning = "wait 3s, queue 0s, input 2s"
	for _, test := range []struct {
		name, log, want, attempts string
	}{
		{"submitted", at(0, 0, submitted), "1.0 idle, 0 starts, 0 retries, 0 evictions, 0 holds", ""},
		{"inputs are sent", at(0, 0, submitted) + at(3, 40, inputStarts), "1.0 running, 0 starts, 0 retries, 0 evictions, 0 holds",
			"lasting on : wait 3s, queue 0s, input 0s, compute 0s, output 0s, total 0s"},
		{"runs", begin, "1.0 running, 1 starts, 0 retries, 0 evictions, 0 holds",
			"lasting on slot1@pc07: " + beginning + ", compute 0s, output 0s, total 3s"},
		{"done", begin + at(16, 40, outputStarts) + at(20, 40, outputEnds) + at(21, 5, terminated), "1.0 done (exit status 0), 1 starts, 0 retries, 0 evictions, 0 holds",
			"completed on slot1@pc07: " + beginning + ", compute 10s, output 4s, total 18s"},
		{"done, and no word of transfers", at(0, 0, submitted) + at(6, 1, executing) + at(16, 5, terminated), "1.0 done (exit status 0), 1 starts, 0 retries, 0 evictions, 0 holds",
			"completed on slot1@pc07: wait 6s, queue 0s, input 0s, compute 10s, output 0s, total 10s"},
		{"executing before the inputs are there, as two programs write it", at(0, 0, submitted) + at(3, 40, inputStarts) + at(5, 1, executing) + at(5, 40, inputEnds) + at(15, 5, terminated), "1.0 done (exit status 0), 1 starts, 0 retries, 0 evictions, 0 holds",
			"completed on slot1@pc07: " + beginning + ", compute 10s, output 0s, total 12s"},
		{"waiting for transfers", at(0, 0, submitted) + at(1, 40, "Entered queue to transfer input files") + at(8, 40, inputStarts, "\tSeconds spent in queue: 7") + at(9, 40, inputEnds) + at(9, 1, executing) + at(10, 40, "Entered queue to transfer output files") + at(30, 40, outputStarts) + at(33, 40, outputEnds) + at(33, 5, terminated),
			"1.0 done (exit status 0), 1 starts, 0 retries, 0 evictions, 0 holds",
			"completed on slot1@pc07: wait 1s, queue 27s, input 1s, compute 1s, output 3s, total 32s"},
		{"the seconds in a queue are those of an earlier attempt, too", at(0, 0, submitted) + at(8, 40, inputStarts, "\tSeconds spent in queue: 7") + at(9, 40, inputEnds) + at(9, 1, executing), "1.0 running, 1 starts, 0 retries, 0 evictions, 0 holds",
			"lasting on slot1@pc07: wait 8s, queue 0s, input 1s, compute 0s, output 0s, total 1s"},
		{"failed", begin + at(16, 5, "Job terminated.\n\t(1) Normal termination (return value 3)"), "1.0 failed (exit status 3), 1 starts, 0 retries, 0 evictions, 0 holds",
			"completed on slot1@pc07: " + beginning + ", compute 10s, output 0s, total 13s"},
		{"a retry is no eviction", begin + at(16, 4, requeued), "1.0 idle, 1 starts, 1 retries, 0 evictions, 0 holds",
			"retried on slot1@pc07: " + beginning + ", compute 10s, output 0s, total 13s"},
		{"evicted by the machine", begin + at(16, 4, evicted), "1.0 idle, 1 starts, 0 retries, 1 evictions, 0 holds",
			"evicted on slot1@pc07: " + beginning + ", compute 10s, output 0s, total 13s"},
		{"evicted, and held much later", begin + at(16, 4, evicted) + at(30, 12, held), "1.0 held (3/65), 1 starts, 0 retries, 1 evictions, 1 holds",
			"evicted on slot1@pc07: " + beginning + ", compute 10s, output 0s, total 13s"},
		{"held, which evicts it", begin + at(16, 4, evicted) + at(16, 12, held), "1.0 held (3/65), 1 starts, 0 retries, 0 evictions, 1 holds",
			"held on slot1@pc07: " + beginning + ", compute 10s, output 0s, total 13s"},
		{"held", begin + at(16, 12, held), "1.0 held (3/65), 1 starts, 0 retries, 0 evictions, 1 holds",
			"held on slot1@pc07: " + beginning + ", compute 10s, output 0s, total 13s"},
		{"held, then evicted", begin + at(16, 12, held) + at(16, 4, evicted), "1.0 held (3/65), 1 starts, 0 retries, 0 evictions, 1 holds",
			"held on slot1@pc07: " + beginning + ", compute 10s, output 0s, total 13s"},
		{"held and released", begin + at(16, 12, held) + at(20, 13, released), "1.0 idle, 1 starts, 0 retries, 0 evictions, 1 holds",
			"held on slot1@pc07: " + beginning + ", compute 10s, output 0s, total 13s"},
		{"held before it ran", at(0, 0, submitted) + at(3, 40, inputStarts) + at(5, 12, held), "1.0 held (3/65), 0 starts, 0 retries, 0 evictions, 1 holds",
			"held on : wait 3s, queue 0s, input 2s, compute 0s, output 0s, total 2s"},
		{"runs again after it was released", begin + at(16, 12, held) + at(20, 13, released) + at(25, 1, executing), "1.0 running, 2 starts, 0 retries, 0 evictions, 1 holds",
			"held on slot1@pc07: " + beginning + ", compute 10s, output 0s, total 13s\nlasting on slot1@pc07: wait 5s, queue 0s, input 0s, compute 0s, output 0s, total 0s"},
		{"released while it runs", begin + at(16, 13, released), "1.0 running, 1 starts, 0 retries, 0 evictions, 0 holds",
			"lasting on slot1@pc07: " + beginning + ", compute 0s, output 0s, total 3s"},
		{"removed", begin + at(16, 9, aborted), "1.0 removed, 1 starts, 0 retries, 0 evictions, 0 holds",
			"removed on slot1@pc07: " + beginning + ", compute 10s, output 0s, total 13s"},
		{"removed while it waited", at(0, 0, submitted) + at(5, 9, aborted), "1.0 removed, 0 starts, 0 retries, 0 evictions, 0 holds", ""},
		{"skipped", at(0, 0, submitted) + at(5, 46, "Dataflow job was skipped."), "1.0 done (exit status 0), 0 starts, 0 retries, 0 evictions, 0 holds", ""},
		{"HTCondor failed", begin + at(16, 7, "Shadow exception!\n\tno room"), "1.0 idle, 1 starts, 0 retries, 1 evictions, 0 holds",
			"lost on slot1@pc07: " + beginning + ", compute 10s, output 0s, total 13s"},
		{"the machine does not answer", begin + at(16, 22, "Job disconnected, attempting to reconnect\n    why\n    Trying to reconnect to a b"), "1.0 running, 1 starts, 0 retries, 0 evictions, 0 holds",
			"lasting on slot1@pc07: " + beginning + ", compute 0s, output 0s, total 3s"},
		{"the machine is lost", begin + at(16, 24, "Job reconnection failed\n    why") + at(16, 4, evicted), "1.0 idle, 1 starts, 0 retries, 1 evictions, 0 holds",
			"lost on slot1@pc07: " + beginning + ", compute 10s, output 0s, total 13s"},
		{"the end of an attempt is not in the log", begin + at(20, 40, inputStarts) + at(21, 1, executing) + at(30, 1, executing), "1.0 running, 3 starts, 0 retries, 0 evictions, 0 holds",
			"lost on slot1@pc07: " + beginning + ", compute 14s, output 0s, total 17s\nlost on slot1@pc07: wait 0s, queue 0s, input 1s, compute 9s, output 0s, total 10s\nlasting on slot1@pc07: wait 0s, queue 0s, input 0s, compute 0s, output 0s, total 0s"},
		{"the last words come after the end", begin + at(16, 5, terminated) + at(16, 40, outputStarts) + at(16, 40, outputEnds) + at(17, 6, "Image size of job updated: 1\n\t5  -  MemoryUsage of job (MB)"), "1.0 done (exit status 0), 1 starts, 0 retries, 0 evictions, 0 holds",
			"completed on slot1@pc07: " + beginning + ", compute 10s, output 0s, total 13s"},
		{"a clock that was put back", at(50, 0, submitted) + at(40, 1, executing) + at(30, 5, terminated), "1.0 done (exit status 0), 1 starts, 0 retries, 0 evictions, 0 holds",
			"completed on slot1@pc07: wait unknown, queue 0s, input 0s, compute unknown, output 0s, total unknown"},
		{"the log's beginning is missing", at(16, 40, outputStarts), "1.0 unknown, 0 starts, 0 retries, 0 evictions, 0 holds", ""},
		{"… and a later event has it", at(10, 6, "Image size of job updated: 1") + at(16, 1, executing), "1.0 running, 1 starts, 0 retries, 0 evictions, 0 holds",
			"lasting on slot1@pc07: wait 0s, queue 0s, input 0s, compute 0s, output 0s, total 0s"},
		{"numbers that begin anew", begin + at(16, 5, terminated) + at(100, 0, submitted), "1.0 idle, 0 starts, 0 retries, 0 evictions, 0 holds", ""},
		{"numbers that begin anew before the job has ended", begin + at(100, 0, submitted), "1.0 idle, 0 starts, 0 retries, 0 evictions, 0 holds", ""},
		{"submitted twice, in other words", at(0, 0, submitted) + at(0, 0, submitted, "    another note") + at(6, 1, executing), "1.0 running, 1 starts, 0 retries, 0 evictions, 0 holds",
			"lasting on slot1@pc07: wait 6s, queue 0s, input 0s, compute 0s, output 0s, total 0s"},
		{"submitted after it runs", at(6, 1, executing) + at(5, 0, submitted) + at(16, 5, terminated), "1.0 done (exit status 0), 1 starts, 0 retries, 0 evictions, 0 holds",
			"completed on slot1@pc07: wait 1s, queue 0s, input 0s, compute 10s, output 0s, total 10s"},
		{"submitted after it runs, by a clock that is ahead", at(6, 1, executing) + at(8, 0, submitted), "1.0 running, 1 starts, 0 retries, 0 evictions, 0 holds",
			"lasting on slot1@pc07: wait unknown, queue 0s, input 0s, compute 0s, output 0s, total 0s"},
		{"submitted after its end", at(6, 1, executing) + at(16, 5, terminated) + at(5, 0, submitted), "1.0 done (exit status 0), 1 starts, 0 retries, 0 evictions, 0 holds",
			"completed on slot1@pc07: wait 1s, queue 0s, input 0s, compute 10s, output 0s, total 10s"},
		{"the log has the end of another job of that number", at(6, 5, terminated) + at(600, 0, submitted), "1.0 idle, 0 starts, 0 retries, 0 evictions, 0 holds", ""},
		{"ended twice", begin + at(16, 5, terminated) + at(17, 5, "Job terminated.\n\t(1) Normal termination (return value 3)"), "1.0 done (exit status 0), 1 starts, 0 retries, 0 evictions, 0 holds",
			"completed on slot1@pc07: " + beginning + ", compute 10s, output 0s, total 13s"},
		{"ended, and then removed", begin + at(16, 5, terminated) + at(16, 9, aborted), "1.0 done (exit status 0), 1 starts, 0 retries, 0 evictions, 0 holds",
			"completed on slot1@pc07: " + beginning + ", compute 10s, output 0s, total 13s"},
		{"removed, and then ended", begin + at(16, 9, aborted) + at(17, 5, terminated), "1.0 removed, 1 starts, 0 retries, 0 evictions, 0 holds",
			"removed on slot1@pc07: " + beginning + ", compute 10s, output 0s, total 13s"},
		{"late words, some again", begin + at(16, 5, terminated) + at(6, 1, "Job executing on host: <i>") + at(3, 40, inputStarts, "\tTransferring to host: <h>") + at(7, 4, requeued) + at(8, 4, evicted) +
			at(9, 7, "Shadow exception!") + at(10, 12, held) + at(11, 13, released) + at(12, 46, "Dataflow job was skipped."), "1.0 done (exit status 0), 1 starts, 0 retries, 0 evictions, 0 holds",
			"completed on slot1@pc07: " + beginning + ", compute 10s, output 0s, total 13s"},
		{"the same after a failure", begin + at(16, 5, "Job terminated.\n\t(1) Normal termination (return value 3)") + at(17, 40, inputStarts) + at(18, 46, "Dataflow job was skipped."), "1.0 failed (exit status 3), 1 starts, 0 retries, 0 evictions, 0 holds",
			"completed on slot1@pc07: " + beginning + ", compute 10s, output 0s, total 13s"},
		{"an older job's events, again", begin + at(16, 5, terminated) + at(100, 0, submitted) + begin + at(16, 5, terminated), "1.0 idle, 0 starts, 0 retries, 0 evictions, 0 holds", ""},
		{"the beginning and the end only", at(0, 0, submitted) + at(16, 5, terminated), "1.0 done (exit status 0), 0 starts, 0 retries, 0 evictions, 0 holds", ""},
		{"held, and nothing says that it was released", begin + at(16, 12, held) + at(25, 1, executing), "1.0 running, 2 starts, 0 retries, 0 evictions, 1 holds",
			"held on slot1@pc07: " + beginning + ", compute 10s, output 0s, total 13s\nlasting on slot1@pc07: wait 0s, queue 0s, input 0s, compute 0s, output 0s, total 0s"},
		{"what is not known", begin + at(16, 99, "something new"), "1.0 running, 1 starts, 0 retries, 0 evictions, 0 holds",
			"lasting on slot1@pc07: " + beginning + ", compute 0s, output 0s, total 3s"},
	} {
		h := historyOf(t, test.log)
		j := jobOf(h, condor.ID{Cluster: 1, Proc: 0})
		if got := summary(j); got != test.want {
			t.Errorf("%s: %s\nwant %s", test.name, got, test.want)
		}
		if got := attempts(j); got != test.attempts {
			t.Errorf("%s:\n%s\nwant\n%s", test.name, got, test.attempts)
		}
		if total := Count(h.Jobs()).Total(); total != 1 {
			t.Errorf("%s: %d jobs are counted: %+v", test.name, total, Count(h.Jobs()))
		}
		// Repetitions of all events, or of each, change nothing.
		twice := ""
		for _, event := range strings.SplitAfter(test.log, "...\n") {
			twice += event + event
		}
		for _, log := range []string{test.log + test.log, twice} {
			again := historyOf(t, log)
			if a, b := summary(jobOf(again, condor.ID{Cluster: 1, Proc: 0})), summary(j); a != b || Count(again.Jobs()) != Count(h.Jobs()) || !reflect.DeepEqual(jobOf(again, condor.ID{Cluster: 1, Proc: 0}).Attempts, j.Attempts) {
				t.Errorf("%s, twice: %s, want %s", test.name, a, b)
			}
		}
	}
}

// Disconnected jobs still have their machine. If the log has no other events of a job, its
// state is unknown.
func TestJobsThatKeepTheirMachine(t *testing.T) {
	begin := at(0, 0, submitted) + at(6, 1, executing)
	for _, event := range []string{
		at(7, 11, "Job was unsuspended."),
		at(7, 21, "Error from starter on slot1@pc07:\n\tno"),
		at(7, 22, "Job disconnected, attempting to reconnect\n    why\n    Trying to reconnect to a b"),
		at(7, 23, "Job reconnected to a"),
	} {
		if got := jobOf(historyOf(t, begin+event), condor.ID{Cluster: 1}); got.State != Running || len(got.Attempts) != 1 {
			t.Errorf("%s: %+v", event, got)
		}
		if got := jobOf(historyOf(t, event), condor.ID{Cluster: 1}); got == nil || got.State != Unknown || len(got.Attempts) != 0 {
			t.Errorf("%s: %+v", event, got)
		}
	}
}

// A suspended program does not compute, whatever ends the suspension.
func TestSuspension(t *testing.T) {
	const (
		suspended   = "Job was suspended.\n\tNumber of processes actually suspended: 1"
		unsuspended = "Job was unsuspended."
	)
	begin := at(0, 0, submitted) + at(6, 1, executing) + at(10, 10, suspended)
	goesOn := begin + at(40, 11, unsuspended)
	for _, test := range []struct{ log, want string }{
		{begin, "suspended: computed 4s, suspended 90s of 94s"},
		{goesOn, "running: computed 64s, suspended 30s of 94s"},
		{goesOn + at(50, 5, terminated), "done: computed 14s, suspended 30s of 44s"},
		{goesOn + at(50, 10, suspended) + at(55, 11, unsuspended) + at(60, 5, terminated), "done: computed 19s, suspended 35s of 54s"},
		{goesOn + at(50, 40, outputStarts) + at(53, 40, outputEnds) + at(53, 5, terminated), "done: computed 14s, suspended 30s of 47s"},
		{begin + at(50, 4, evicted), "idle: computed 4s, suspended 40s of 44s"},
		{begin + at(50, 12, held), "held: computed 4s, suspended 40s of 44s"},
		{begin + at(50, 9, aborted), "removed: computed 4s, suspended 40s of 44s"},
		{begin + at(50, 7, "Shadow exception!\n\tno"), "idle: computed 4s, suspended 40s of 44s"},
		{begin + at(30, 40, outputStarts) + at(35, 11, unsuspended) + at(53, 5, terminated), "done: computed 4s, suspended 20s of 47s"},
		{begin + at(50, 10, suspended), "suspended: computed 4s, suspended 90s of 94s"},
	} {
		h := historyOf(t, test.log)
		j := h.Jobs()[0]
		a := &j.Attempts[0]
		now := a.Executing.Add(94 * time.Second)
		got := fmt.Sprintf("%v: computed %.0fs, suspended %.0fs of %.0fs", j.State, a.Time(Computing, now).Seconds(), a.Time(Suspension, now).Seconds(), a.Total(now).Seconds())
		if got != test.want {
			t.Errorf("%s: %s, want %s", test.log, got, test.want)
		}
		if c := Count(h.Jobs()); c.Total() != 1 || (c.Suspended == 1) != (j.State == Suspended) {
			t.Errorf("%s: %+v", test.log, c)
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
		if got := Count(h.Jobs(test.clusters...)); got != test.want || len(h.Jobs(test.clusters...)) != test.jobs {
			t.Errorf("%v: %+v, %d jobs; want %+v", test.clusters, got, len(h.Jobs(test.clusters...)), test.want)
		}
	}
	if jobOf(h, condor.ID{Cluster: 1, Proc: 1}) != nil || h.Cluster(2) != nil {
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

// A history reports that years are assumed.
func TestYearAssumed(t *testing.T) {
	log := at(0, 0, submitted)
	if historyOf(t, log).YearAssumed {
		t.Error("a log with years")
	}
	if !historyOf(t, log+strings.Replace(at(5, 5, terminated), "2026-11-23", "11/23", 1)).YearAssumed {
		t.Error("a log without years")
	}
}

// A job's note is that of its first submit event.
func TestNoteOfTheFirst(t *testing.T) {
	h := historyOf(t, at(0, 0, submitted, "    first=7 count=1 starts=2 jobs=1")+at(0, 0, submitted, "    first=8 count=1 starts=2 jobs=1"))
	if n, ok := h.Jobs()[0].Note(); !ok || n.First != 7 {
		t.Errorf("%+v", n)
	}
}

// Why an attempt was evicted or lost is in the log.
func TestReasons(t *testing.T) {
	for event, want := range map[string]string{
		at(16, 7, "Shadow exception!\n\tno room\n\t0  -  Run Bytes Sent By Job"): "no room", at(16, 7, "Shadow exception!"): "",
		at(16, 24, "Job reconnection failed\n    gone\n    Can not reconnect to a, rescheduling job"): "gone",
		at(16, 4, "Job was evicted. Code 1013 Subcode 0\n\t(0) CPU times\n\t\tUsr 0 00:00:00, Sys 0 00:00:00  -  Run Remote Usage\n\t0  -  Run Bytes Sent By Job\n\tReason: the owner is back\n\tPartitionable Resources :    Usage  Request Allocated"): "the owner is back",
		at(16, 4, evicted): "", at(16, 4, requeued): "",
	} {
		if got := historyOf(t, at(0, 0, submitted)+at(6, 1, executing)+event).Jobs()[0].Attempts[0].Reason; got != want {
			t.Errorf("%s: %q, want %q", event, got, want)
		}
	}
}

// The jobs that a removed cluster never had are those that its note promises.
func TestNever(t *testing.T) {
	log := strings.ReplaceAll(at(0, 35, "Cluster submitted from host: <h>\n    first=0 count=1 starts=4 jobs=10"), "1.000", "1.-01") + at(1, 0, submitted)
	for text, want := range map[string]int{"Incomplete": 9, "Paused": 9, "Error 3": 9, "Complete": 0} {
		h := historyOf(t, log+strings.ReplaceAll(at(9, 36, "Cluster removed\n\tMaterialized 1 jobs from 10 items.\t"+text), "1.000", "1.-01"))
		if got := h.Cluster(1).Never(); got != want {
			t.Errorf("%s: %d, want %d", text, got, want)
		}
	}
	if got := historyOf(t, log).Cluster(1).Never(); got != 0 {
		t.Errorf("a cluster in the queue: %d", got)
	}
}

// A program that fails twice in the same second, in the same way, has failed twice; an event that is in the
// log twice has happened once.
func TestFailsTwiceInASecond(t *testing.T) {
	failed := at(5, 4, "Job was evicted.", "\t(0) Job terminated and was requeued", "\t(1) Normal termination (return value 2)")
	h := historyOf(t, at(0, 0, submitted)+at(5, 1, "Job executing on host: <127.0.0.2:1?alias=a>")+failed+failed+
		at(5, 1, "Job executing on host: <127.0.0.3:1?alias=b>")+failed)
	if got := summary(h.Jobs()[0]); got != "1.0 idle, 2 starts, 2 retries, 0 evictions, 0 holds" {
		t.Error(got)
	}
}
