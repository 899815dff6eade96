package watch

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"matpool/internal/joblog"
	"matpool/internal/status"
)

// A DAG ends when DAGMan's own log says so, even if the log of its nodes does not grow.
func TestDAGManEnds(t *testing.T) {
	const (
		nodes = "000 (002.000.000) 2026-11-23 12:00:00 Job submitted from host: <h>\n    DAG Node: job0\n    first=0 count=1 starts=4 jobs=1 from=run.node.sub\n...\n" +
			"005 (002.000.000) 2026-11-23 12:00:10 Job terminated.\n\t(1) Normal termination (return value 0)\n...\n"
		works = "000 (001.000.000) 2026-11-23 11:59:50 Job submitted from host: <h>\n...\n"
		ends  = "005 (001.000.000) 2026-11-23 12:00:20 Job terminated.\n\t(1) Normal termination (return value 0)\n...\n"
	)
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("log.txt", nodes)
	write("run.dag.dagman.log", works)
	j, err := joblog.Open(filepath.Join(dir, "log.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	w := newWatcher(j, nil, &Lines{W: io.Discard})
	update := func(want joblog.State) {
		t.Helper()
		if _, err := w.update(); err != nil || w.run.State() != want {
			t.Errorf("%v, %v; want %v", w.run.State(), err, want)
		}
	}
	update(joblog.Going)
	update(joblog.Going)
	write("run.dag.dagman.log", works+ends)
	update(joblog.Done)
}

// An eviction is shown if it is not the beginning of a hold, which HTCondor writes just afterwards.
func TestEvictionBeforeHold(t *testing.T) {
	const (
		runs  = "000 (001.000.000) 2026-11-23 12:00:00 Job submitted from host: <h>\n...\n001 (001.000.000) 2026-11-23 12:00:05 Job executing on host: <h>\n...\n"
		evict = "004 (001.000.000) 2026-11-23 12:00:10 Job was evicted.\n\t(0) CPU times\n\tTransfer output files failure\n...\n"
		hold  = "012 (001.000.000) 2026-11-23 12:00:10 Job was held.\n\tTransfer output files failure\n\tCode 12 Subcode 2\n...\n"
	)
	for _, test := range []struct {
		next  string
		shown bool
	}{{hold, false}, {"", true}} {
		name := filepath.Join(t.TempDir(), "log.txt")
		if err := os.WriteFile(name, nil, 0o666); err != nil {
			t.Fatal(err)
		}
		j, err := joblog.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer j.Close()
		var shown strings.Builder
		w := newWatcher(j, nil, &Lines{W: &shown})
		for _, text := range []string{runs, runs + evict, runs + evict + test.next} {
			if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
			if _, err := w.update(); err != nil {
				t.Fatal(err)
			}
		}
		if got := strings.Contains(shown.String(), "evicted"); got != test.shown {
			t.Errorf("%q: %t\n%s", test.next, got, shown.String())
		}
	}
}

// A log that DAGMan will not begin any more is not waited for.
func TestDAGManSubmitsNothing(t *testing.T) {
	dag := filepath.Join(t.TempDir(), "run.dag")
	removed := "000 (001.000.000) 2026-11-23 11:59:50 Job submitted from host: <h>\n...\n009 (001.000.000) 2026-11-23 12:00:20 Job was aborted.\n\tby alice\n...\n"
	if err := os.WriteFile(dag+".dagman.log", []byte(removed), 0o666); err != nil {
		t.Fatal(err)
	}
	err := Follow(t.Context(), Options{Logs: []string{filepath.Join(t.TempDir(), "log.txt")}, Wait: true, DAG: dag, Timeout: time.Minute}, io.Discard)
	if want := dag + ": DAGMan, job 1.0, is removed and has submitted no job"; status.Of(err) != status.Unfinished || err.Error() != want {
		t.Errorf("%v; want %s", err, want)
	}
}
