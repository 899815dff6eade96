package joblog

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"matpool/condor"
	"matpool/condor/eventlog"
)

// An output came back if it is a file that is neither empty nor older than its job.
func TestLook(t *testing.T) {
	dir := t.TempDir()
	if err := errors.Join(os.WriteFile(filepath.Join(dir, "full"), []byte("x"), 0o666), os.WriteFile(filepath.Join(dir, "empty"), nil, 0o666)); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for _, test := range []struct {
		name  string
		since time.Time
		want  Presence
	}{
		{"full", time.Time{}, Present}, {"full", now.Add(-time.Hour), Present}, {"full", now.Add(time.Hour), Outdated},
		{"empty", time.Time{}, Empty}, {".", time.Time{}, Empty}, {"gone", time.Time{}, Absent},
	} {
		if got, err := Look(filepath.Join(dir, test.name), test.since); got != test.want || err != nil {
			t.Errorf("%s since %v: %v, %v; want %v", test.name, test.since, got, err, test.want)
		}
	}
}

// What is said of a run, given what was found of the outputs of its jobs.
func TestJudge(t *testing.T) {
	a, b := &eventlog.Job{ID: condor.ID{Cluster: 7}}, &eventlog.Job{ID: condor.ID{Cluster: 7, Proc: 1}}
	here := t.TempDir() // stands for the submit description
	for _, test := range []struct {
		name        string
		description string
		found       []output
		counts      string
		proviso     string
	}{
		{"all are there", "", []output{{a, "a", Present, nil}, {b, "b", Present, nil}}, "12,345 done, 0 running, 0 idle, 0 held", ""},
		{"one is not", "", []output{{a, "a", Present, nil}, {b, "b", Absent, nil}}, "12,344 done, 1 done without b, 0 running, 0 idle, 0 held", ""},
		{"two of one job are not", "", []output{{a, "a", Present, nil}, {b, "b", Empty, nil}, {b, "c", Outdated, nil}}, "12,344 done, 1 done without b (which is empty), c (which is older), 0 running, 0 idle, 0 held", ""},
		{"none is there, nor is anything else", "gone", []output{{a, "a", Absent, nil}, {b, "b", Absent, nil}}, "12,345 done, 0 running, 0 idle, 0 held", "it is not where the outputs are"},
		{"none is there, but the submit description is", here, []output{{a, "a", Absent, nil}, {b, "b", Absent, nil}}, "12,343 done, 2 done without a, b, 0 running, 0 idle, 0 held", ""},
		{"all are older", here, []output{{a, "a", Outdated, nil}, {b, "b", Absent, nil}}, "12,345 done, 0 running, 0 idle, 0 held", "its times are later than those of the outputs"},
		{"one cannot be seen", here, []output{{a, "a", Present, nil}, {b, "b", Absent, errors.New("permission denied")}}, "12,345 done, 0 running, 0 idle, 0 held", "permission denied"},
	} {
		run := &Run{Counts: eventlog.Counts{Done: 12345}, Outputs: &Outputs{}}
		run.Outputs.judge(test.found, test.description)
		proviso := test.proviso
		if proviso != "" {
			proviso = `"done" is based on the log alone: ` + proviso
		} else if done := run.State() == Done; done != (run.WithoutOutput() == 0) {
			t.Errorf("%s: the run is %v", test.name, run.State())
		}
		if got := run.counts(); got != test.counts || run.Proviso() != proviso {
			t.Errorf("%s: %s, %q; want %s, %q", test.name, got, run.Proviso(), test.counts, proviso)
		}
	}
}
