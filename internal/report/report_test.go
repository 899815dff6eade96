package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"matpool/condor"
	"matpool/internal/joblog"
	"matpool/internal/text"
)

// reportOf reads a real log.
func reportOf(t *testing.T, name string, clusters ...int) *Report {
	t.Helper()
	j, err := joblog.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if err := j.Read(func(*condor.Event) {}); err != nil {
		t.Fatal(err)
	}
	return New(j, joblog.Select(j.History, clusters))
}

func logs(t *testing.T) []string {
	names, err := filepath.Glob("../../condor/testdata/*.log")
	if err != nil || len(names) < 3 {
		t.Fatal(names, err)
	}
	return append(names, "../../examples/finished.log")
}

// Figures of a real run, counted by hand in its log: five of six jobs were held.
func TestFigures(t *testing.T) {
	r := reportOf(t, "../../condor/testdata/retries.log")
	if r.Makespan() != 100*time.Second || r.Total.Slots != 6 || len(r.Machines) != 2 || !r.Seconds {
		t.Errorf("makespan %v, %d slots on %d machines", r.Makespan(), r.Total.Slots, len(r.Machines))
	}
	want := Machine{Name: "pc07", System: "WINDOWS", Slots: 2, Runs: 6, Busy: 67 * time.Second, Vain: 61 * time.Second}
	want.Ends[condor.Retried], want.Ends[condor.WasHeld] = 3, 3
	if got := *r.Machines[1]; got != want {
		t.Errorf("%+v\nwant %+v", got, want)
	}
	if got, want := r.Longest.Compute, (Span{Median: 22 * time.Second, Max: 22 * time.Second, Job: condor.ID{Cluster: 39, Proc: 3}}); got.Median != want.Median || got.Max != want.Max || got.Job != want.Job {
		t.Errorf("%+v", got)
	}
}

// The total is what the machines have done, and no time is told twice.
func TestFiguresAddUp(t *testing.T) {
	for _, name := range logs(t) {
		r := reportOf(t, name)
		sum := Machine{}
		for _, m := range r.Machines {
			sum.Slots += m.Slots
			sum.Runs += m.Runs
			for i, n := range m.Ends {
				sum.Ends[i] += n
			}
			sum.Busy += m.Busy
			sum.Queued += m.Queued
			sum.Input += m.Input
			sum.Output += m.Output
			sum.Computed += m.Computed
			sum.Vain += m.Vain
			if m.Rest() < 0 || m.Overhead() < 0 || m.Overhead() > 1 {
				t.Errorf("%s: %+v", name, m)
			}
		}
		if sum != r.Total {
			t.Errorf("%s: the machines together\n%+v\nthe total\n%+v", name, sum, r.Total)
		}
	}
}

// Text, CSV and JSON tell the same of a run.
func TestFormsAgree(t *testing.T) {
	for _, name := range logs(t) {
		r := reportOf(t, name)
		var text, table, object bytes.Buffer
		for _, err := range []error{r.Print(&text), r.WriteCSV(&table), r.WriteJSON(&object)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		rows, err := csv.NewReader(&table).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		var d document
		if err := json.Unmarshal(object.Bytes(), &d); err != nil {
			t.Fatal(err)
		}
		runs, computed, jobs := 0, 0.0, map[string]bool{}
		for _, row := range rows[1:] {
			jobs[row[0]+"."+row[1]] = true
			if row[5] != "0" {
				runs++
				seconds, err := strconv.ParseFloat(row[18], 64)
				if err != nil {
					t.Error(err)
				}
				computed += seconds
			}
		}
		if runs != d.Total.Runs || len(jobs) != d.Counts.Jobs || len(d.Jobs) != len(jobs) || computed != d.Total.Compute+d.Total.Vain {
			t.Errorf("%s: the table has %d jobs, %d runs, %v s computed, the object %d, %d, %v", name, len(jobs), runs, computed, d.Counts.Jobs, d.Total.Runs, d.Total.Compute+d.Total.Vain)
		}
		if !bytes.Contains(text.Bytes(), []byte(r.Run.Summary())) {
			t.Errorf("%s: no summary", name)
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
	var text bytes.Buffer
	if err := reportOf(t, name).Print(&text); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

const (
	submitted    = "000 (001.000.000) 2026-11-23 12:00:00 Job submitted from host: <h>\n...\n"
	transferring = "040 (001.000.000) 2026-11-23 12:00:01 Started transferring input files\n\tTransferring to host: <h>\n...\n"
	transferred  = "040 (001.000.000) 2026-11-23 12:00:03 Finished transferring input files\n...\n"
	executing    = "001 (001.000.000) 2026-11-23 12:00:04 Job executing on host: <h>\n\tSlotName: slot1@p\x1b[2Jc\n\tMachine = \"p\x1b[2Jc\"\n...\n"
)

// A job has a slot before the log tells which.
func TestSlotsThatAreNotKnown(t *testing.T) {
	if text := printed(t, submitted+transferring+transferred); !strings.Contains(text, "\nwhat the time was spent on  total  share\n  inputs                       2s   100%\n") {
		t.Error(text)
	}
	if text := printed(t, submitted+transferring+transferred+executing); !strings.Contains(text, "\nwhat 1 slot spent the time on ") {
		t.Error(text)
	}
}

// What stands in a log does nothing to a terminal.
func TestNothingCommandsATerminal(t *testing.T) {
	if text := printed(t, submitted+executing); strings.Contains(text, "\x1b") || !strings.Contains(text, "slot1@p [2Jc") {
		t.Errorf("%q", text)
	}
}

func TestSpell(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"0s": 0, "36s": 36 * time.Second, "250ms": 250 * time.Millisecond, "59.5s": 59500 * time.Millisecond, "1m00s": time.Minute, "1m36s": 96*time.Second + 400*time.Millisecond,
		"1h00m": time.Hour + 29*time.Second, "23h59m": 24*time.Hour - time.Second, "1d00h": 24 * time.Hour, "2d05h": 53 * time.Hour,
	} {
		if got := text.Duration(d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}
