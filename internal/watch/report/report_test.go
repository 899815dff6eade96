package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/internal/joblog"
)

// reportOf reads a real log.
func reportOf(t *testing.T, name string, clusters ...int) *Report {
	t.Helper()
	j, err := joblog.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if err := j.Read(func(*eventlog.Event) {}); err != nil {
		t.Fatal(err)
	}
	return New(j, j.Select(clusters))
}

func logs(t *testing.T) []string {
	names, err := filepath.Glob("../../../condor/eventlog/testdata/*.log")
	if err != nil || len(names) < 3 {
		t.Fatal(names, err)
	}
	return append(names, "../../../examples/finished/log.txt")
}

// The figures of a real run, counted by hand in its log: five of six jobs were held.
func TestFigures(t *testing.T) {
	r := reportOf(t, "../../../condor/eventlog/testdata/retries.log")
	if r.Makespan().Duration != 100*time.Second || r.Total.Slots != 6 || len(r.Machines) != 2 || !r.WholeSeconds {
		t.Errorf("makespan %v, %d slots on %d machines", r.Makespan(), r.Total.Slots, len(r.Machines))
	}
	want := Machine{Name: "pc07", System: "WINDOWS", Slots: 2, Attempts: 6, Busy: 67 * time.Second, Vain: 61 * time.Second}
	want.Spent[eventlog.Overhead] = 6 * time.Second
	want.Ends[eventlog.Retried], want.Ends[eventlog.EndedByHold] = 3, 3
	if got := *r.Machines[1]; got != want {
		t.Errorf("%+v\nwant %+v", got, want)
	}
	if got, want := r.Spans.Compute, (Span{Median: 22 * time.Second, Max: 22 * time.Second, Job: condor.ID{Cluster: 39, Proc: 3}}); got.Median != want.Median || got.Max != want.Max || got.Job != want.Job {
		t.Errorf("%+v", got)
	}
}

// The total is the sum of the machines, and no time is counted twice.
func TestFiguresAddUp(t *testing.T) {
	for _, name := range logs(t) {
		r := reportOf(t, name)
		sum := Machine{}
		for _, m := range r.Machines {
			sum.Slots += m.Slots
			sum.Attempts += m.Attempts
			for i, n := range m.Ends {
				sum.Ends[i] += n
			}
			sum.Busy += m.Busy
			sum.Failed += m.Failed
			sum.Untimed += m.Untimed
			sum.Vain += m.Vain
			parts := m.Vain
			for what, spent := range m.Spent {
				sum.Spent[what] += spent
				parts += spent
			}
			if parts != m.Busy || m.Overhead() < 0 || m.Overhead() > 1 {
				t.Errorf("%s: %+v", name, m)
			}
		}
		if sum != r.Total {
			t.Errorf("%s: the machines together\n%+v\nthe total\n%+v", name, sum, r.Total)
		}
	}
}

// Text, CSV and JSON have the same figures.
func TestFormsAgree(t *testing.T) {
	for _, name := range logs(t) {
		r := reportOf(t, name)
		var printed, table, object bytes.Buffer
		for _, err := range []error{r.Print(&printed), r.WriteCSV(&table), r.WriteJSON(&object)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		rows, err := csv.NewReader(&table).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		column := func(row []string, name string) string { return row[slices.Index(rows[0], name)] }
		attempts, computed, states := 0, 0.0, map[string]string{}
		for _, row := range rows[1:] {
			states[column(row, "cluster")+"."+column(row, "proc")] = column(row, "state")
			if column(row, "run") != "0" {
				attempts++
				text := column(row, "compute_s")
				seconds, err := strconv.ParseFloat(text, 64)
				if err != nil && text != "" { // unknown
					t.Error(err)
				}
				computed += seconds
			}
		}
		var d map[string]any
		if err := json.Unmarshal(object.Bytes(), &d); err != nil {
			t.Fatal(err)
		}
		total, counts, jobs := d["total"].(map[string]any), d["counts"].(map[string]any), d["jobs"].([]any)
		if total["runs"] != float64(attempts) || counts["jobs"] != float64(len(states)) || len(jobs) != len(states) ||
			total["compute_s"].(float64)+total["vain_s"].(float64) != computed {
			t.Errorf("%s: CSV has %d jobs, %d attempts, %v s of computation; JSON has %d jobs and %v, %v", name, len(states), attempts, computed, len(jobs), counts, total)
		}
		byState := map[any]float64{}
		for _, v := range jobs {
			job := v.(map[string]any)
			id := fmt.Sprintf("%.0f.%.0f", job["cluster"], job["proc"])
			if job["state"] != states[id] {
				t.Errorf("%s: job %s is %s in CSV, %v in JSON", name, id, states[id], job["state"])
			}
			byState[job["state"]]++
		}
		for state, n := range byState {
			if counts[state.(string)] != n {
				t.Errorf("%s: %v jobs are %v, JSON counts %v", name, n, state, counts[state.(string)])
			}
		}
		if !bytes.Contains(printed.Bytes(), []byte(r.Run.Summary())) {
			t.Errorf("%s: no summary", name)
		}
	}
}

// Programs depend on these names and values. The first job failed in its second attempt, the
// second is held, and the third had no machine yet.
func TestJSONAndCSV(t *testing.T) {
	const log = `000 (007.000.000) 2026-11-23T12:00:00Z Job submitted from host: <h>
    first=5 count=2 starts=4 jobs=3
...
001 (007.000.000) 2026-11-23T12:00:02Z Job executing on host: <h>
	SlotName: slot1@pc07
	OpSys = "LINUX"
...
006 (007.000.000) 2026-11-23T12:00:03Z Image size of job updated: 1108
	12  -  MemoryUsage of job (MB)
...
004 (007.000.000) 2026-11-23T12:00:04Z Job was evicted.
	(0) Job terminated and was requeued
	(0) Abnormal termination (signal 9)
...
040 (007.000.000) 2026-11-23T12:00:05Z Started transferring input files
	Seconds spent in queue: 1
...
040 (007.000.000) 2026-11-23T12:00:06Z Finished transferring input files
...
001 (007.000.000) 2026-11-23T12:00:06Z Job executing on host: <h>
	SlotName: slot1@pc07
	OpSys = "LINUX"
...
005 (007.000.000) 2026-11-23T12:00:08Z Job terminated.
	(1) Normal termination (return value 3)
...
000 (007.001.000) 2026-11-23T12:00:00Z Job submitted from host: <h>
...
012 (007.001.000) 2026-11-23T12:00:01Z Job was held.
	<why>
	Code 1 Subcode 0
...
000 (007.002.000) 2026-11-23T12:00:00Z Job submitted from host: <h>
...
`
	name := filepath.Join(t.TempDir(), "x.log")
	if err := os.WriteFile(name, []byte(log), 0o644); err != nil {
		t.Fatal(err)
	}
	r := reportOf(t, name)
	r.Names = []string{"x.log"}
	var table, object bytes.Buffer
	if err := errors.Join(r.WriteCSV(&table), r.WriteJSON(&object)); err != nil {
		t.Fatal(err)
	}
	for file, got := range map[string]string{"forms.csv": table.String(), "forms.json": object.String()} {
		want, err := os.ReadFile("testdata/" + file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("testdata/%s:\n%s\nwant\n%s", file, got, want)
		}
	}
}

// printed returns the text of the report of a log.
func printed(t *testing.T, log string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "x.log")
	if err := os.WriteFile(name, []byte(log), 0o644); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := reportOf(t, name).Print(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

const (
	submitted    = "000 (001.000.000) 2026-11-23 12:00:00 Job submitted from host: <h>\n...\n"
	transferring = "040 (001.000.000) 2026-11-23 12:00:01 Started transferring input files\n\tTransferring to host: <h>\n...\n"
	transferred  = "040 (001.000.000) 2026-11-23 12:00:03 Finished transferring input files\n...\n"
	executing    = "001 (001.000.000) 2026-11-23 12:00:04 Job executing on host: <h>\n\tSlotName: slot1@p\x1b[2Jc\n\tMachine = \"p\x1b[2Jc\"\n...\n"
)

// A job has a slot before the log has its name.
func TestSlotsThatAreNotKnown(t *testing.T) {
	if got := printed(t, submitted+transferring+transferred); !strings.Contains(got, "\nhow the time was spent  total  share\n  inputs                   2s   100%\n") {
		t.Error(got)
	}
	if got := printed(t, submitted+transferring+transferred+executing); !strings.Contains(got, "\nhow 1 slot spent the time ") {
		t.Error(got)
	}
}

// Text from a log is printed without control characters.
func TestControlCharacters(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.log")
	if err := os.WriteFile(name, []byte(submitted+executing), 0o644); err != nil {
		t.Fatal(err)
	}
	r := reportOf(t, name)
	for _, write := range []func(io.Writer) error{r.Print, r.WriteCSV, r.WriteJSON} {
		var out bytes.Buffer
		if err := write(&out); err != nil || strings.Contains(out.String(), "\x1b") || !strings.Contains(out.String(), "slot1@p") {
			t.Errorf("%q, %v", out.String(), err)
		}
	}
}

const ended = "005 (001.000.000) 2026-11-23 12:00:34 Job terminated.\n\t(1) Normal termination (return value %d)\n...\n"

// A job that fails is not done: neither among its machine's jobs nor in the statistics.
func TestFailedJobsAreNotDone(t *testing.T) {
	for status, want := range map[int]string{0: " 1     1       0 ", 3: " 1     0       1 "} {
		got := printed(t, submitted+executing+fmt.Sprintf(ended, status))
		_, machines, _ := strings.Cut(got, "\nmachine ")
		if !strings.Contains(machines, want) || strings.Contains(got, "jobs that are done") != (status == 0) {
			t.Errorf("exit status %d:\n%s", status, got)
		}
	}
}

// What some attempts lack is unknown for their machine only if all of them lack it.
func TestSomeTimesAreUnknown(t *testing.T) {
	for _, test := range []struct {
		machine Machine
		want    bool
	}{
		{Machine{}, false}, {Machine{Attempts: 2}, false}, {Machine{Attempts: 2, Untimed: 1}, false}, {Machine{Attempts: 2, Untimed: 2}, true},
	} {
		if got := test.machine.sum(time.Second).Unknown; got != test.want {
			t.Errorf("%+v: %t", test.machine, got)
		}
	}
	// The time without a job is what is left of the slots' time: it is unknown if any attempt's is.
	log := submitted + executing + fmt.Sprintf(ended, 0)
	for status, log := range map[bool]string{
		false: log,
		true: log + strings.ReplaceAll(submitted+executing, "(001.000", "(001.001") +
			"005 (001.001.000) 2026-11-23 12:00:02 Job terminated.\n\t(1) Normal termination (return value 0)\n...\n",
	} {
		if got := strings.Contains(printed(t, log), "without a job of this run  unknown "); got != status {
			t.Errorf("%s: %t", printed(t, log), got)
		}
	}
}

// A suspended job is neither running nor computing, in each form.
func TestSuspended(t *testing.T) {
	const suspended = "010 (001.000.000) 2026-11-23 12:00:10 Job was suspended.\n\tNumber of processes actually suspended: 1\n...\n"
	name := filepath.Join(t.TempDir(), "x.log")
	if err := os.WriteFile(name, []byte(submitted+executing+suspended+"006 (001.000.000) 2026-11-23 12:00:34 Image size of job updated: 1\n...\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	r := reportOf(t, name)
	var all bytes.Buffer
	if err := errors.Join(r.Print(&all), r.WriteCSV(&all), r.WriteJSON(&all)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"1 job: 0 done, 0 running, 0 idle, 0 held, 1 suspended", "\n  computing                   6s    20%\n  suspended                  24s    80%",
		"1,0,,,suspended,1,lasting,", ",4,0,0,6,24,0,30,,,", `"state": "suspended"`, `"suspended": 1`, `"suspended_s": 24`, `"compute_s": 6`, `"running": 0`, `"state": "going"`,
	} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("no %q in\n%s", want, all.String())
		}
	}
}

// The median of an even number of times is the smaller of the middle ones; of several longest
// times, the first job's counts.
func TestSpan(t *testing.T) {
	var s Span
	for i, seconds := range []int{4, 1, 3, 4} {
		s.add(eventlog.Elapsed{Duration: time.Duration(seconds) * time.Second}, condor.ID{Cluster: 1, Proc: i})
	}
	s.add(eventlog.Elapsed{Unknown: true}, condor.ID{Cluster: 2})
	s.close()
	if s.Median != 3*time.Second || s.Max != 4*time.Second || s.Job != (condor.ID{Cluster: 1}) {
		t.Errorf("%+v", s)
	}
}

// A log with fractions of seconds anywhere is not said to have whole seconds.
func TestWholeSeconds(t *testing.T) {
	whole := submitted + executing + fmt.Sprintf(ended, 0)
	for log, want := range map[string]bool{whole: true, strings.Replace(whole, "12:00:04", "12:00:04.5", 1): false, strings.Replace(whole, "12:00:34", "12:00:34.5", 1): false} {
		if got := strings.Contains(printed(t, log), "whole seconds"); got != want {
			t.Errorf("%s: %t", log, got)
		}
	}
}

// The report of a large run lists the jobs that had problems, and no others.
func TestLargeRun(t *testing.T) {
	var log strings.Builder
	for i := range maxJobs + 1 {
		job := submitted + executing
		if i == 7 { // a retry, and then all is well
			job += "004 (001.000.000) 2026-11-23 12:00:05 Job was evicted.\n\t(0) Job terminated and was requeued\n\t(1) Normal termination (return value 1)\n...\n"
			job += strings.Replace(executing, "12:00:04", "12:00:06", 1)
		}
		log.WriteString(strings.ReplaceAll(job+fmt.Sprintf(ended, 0), "(001.000.", fmt.Sprintf("(001.%03d.", i)))
	}
	got := printed(t, log.String())
	if _, jobs, _ := strings.Cut(got, "\n1 job of 101 had problems; -csv lists all jobs\n"); strings.Count(jobs, "\n") != 2 || !strings.Contains(jobs, "\n1.7 ") {
		t.Error(got)
	}
}
