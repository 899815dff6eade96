//go:build pool

// Package pool tests the programs on a real HTCondor pool, that of session.sh; test.sh runs these tests.
package pool

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"matpool/condor/eventlog"
	"matpool/test/programs"
)

// bin is the folder of the programs and testdata/worker; those for Windows have the extension .exe.
var bin = os.Getenv("MATPOOL_BIN")

// A folder is a folder that jobs are submitted from.
type folder struct {
	testing.TB
	dir string
}

func newFolder(t testing.TB) folder {
	t.Helper()
	besidePool(t)
	f := folder{t, t.TempDir()}
	if err := os.Mkdir(f.path("logs"), 0o777); err != nil {
		t.Fatal(err)
	}
	return f
}

// besidePool fails outside a pool, and has Go's cache notice another pool, its scripts, and other programs.
func besidePool(t testing.TB) {
	t.Helper()
	if os.Getenv("MATPOOL_POOL") == "" || bin == "" {
		t.Fatal("test/pool/test.sh runs these tests, beside a pool")
	}
	programs.Dir(t)
	programs.Read(t, ".", "..", "../wine")
}

func (f folder) path(name string) string { return filepath.Join(f.dir, name) }

func (f folder) write(name, text string) {
	f.Helper()
	if err := os.WriteFile(f.path(name), []byte(text), 0o666); err != nil {
		f.Fatal(err)
	}
}

func (f folder) read(name string) string {
	f.Helper()
	text, err := os.ReadFile(f.path(name))
	if err != nil {
		f.Fatal(err)
	}
	return withoutWine(string(text)) // it may be the stderr of a job on the machine winpc
}

func (f folder) remove(name string) {
	f.Helper()
	if err := os.Remove(f.path(name)); err != nil {
		f.Fatal(err)
	}
}

func (f folder) truncate(name string, size int64) {
	f.Helper()
	if err := os.Truncate(f.path(name), size); err != nil {
		f.Fatal(err)
	}
}

// copy copies a file into the folder, such as a program in bin.
func (f folder) copy(file, name string) {
	f.Helper()
	text, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(f.path(name), text, 0o777)
	}
	if err != nil {
		f.Fatal(err)
	}
}

// try runs a program in the folder. Our programs need no path.
func (f folder) try(name string, args ...string) (stdout, stderr string, status int) {
	f.Helper()
	if path := filepath.Join(bin, name); exists(path) {
		name = path
	}
	cmd := exec.CommandContext(f.Context(), name, args...)
	var out, errs strings.Builder
	cmd.Dir, cmd.Stdout, cmd.Stderr = f.dir, &out, &errs
	err := cmd.Run()
	if err != nil && !errors.As(err, new(*exec.ExitError)) {
		f.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// run runs a program that must succeed, and returns its output.
func (f folder) run(name string, args ...string) string {
	f.Helper()
	out, errs, status := f.try(name, args...)
	if status != 0 {
		f.Fatalf("%s %s: exit status %d\n%s%s", name, strings.Join(args, " "), status, out, errs)
	}
	return out
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// history reads a log as it stands.
func (f folder) history(log string) *eventlog.History {
	f.Helper()
	file, err := os.Open(f.path(log))
	if err != nil {
		f.Fatal(err)
	}
	defer file.Close()
	h := eventlog.NewHistory()
	r := eventlog.NewReader(log, file)
	for r.Scan() {
		switch record := r.Record().(type) {
		case *eventlog.Event:
			h.Add(record)
		case error:
			f.Error(record)
		}
	}
	if r.Err() != nil {
		f.Fatal(r.Err())
	}
	return h
}

// lost returns the number of attempts that HTCondor has lost, and logs them. On a busy machine that happens now and then.
func (f folder) lost(h *eventlog.History) (n int) {
	f.Helper()
	for _, j := range h.Jobs() {
		for _, a := range j.Attempts {
			if a.Outcome == eventlog.Lost {
				n++
				f.Logf("HTCondor has lost an attempt of job %v, on %q: %s", j.ID, a.Machine, a.Reason)
			}
		}
	}
	return n
}

// withoutLost returns a job as it would be without the attempts that HTCondor has lost.
func withoutLost(j *eventlog.Job) *eventlog.Job {
	k := *j
	k.Attempts = nil
	for _, a := range j.Attempts {
		if a.Outcome != eventlog.Lost {
			k.Attempts = append(k.Attempts, a)
			continue
		}
		if !a.Executing.IsZero() {
			k.Starts--
		}
		if a.Reason != "" { // the log has its end
			k.Evictions--
		}
	}
	return &k
}

// limit is the time after which a test gives up; it allows for a busy machine.
const limit = 20 * time.Minute

// wait waits until the history of the log satisfies a condition.
func (f folder) wait(log string, what string, is func(*eventlog.History) bool) *eventlog.History {
	f.Helper()
	for deadline := time.Now().Add(limit); ; time.Sleep(100 * time.Millisecond) {
		h := f.history(log)
		if is(h) {
			return h
		}
		if time.Now().After(deadline) {
			f.Fatalf("not %s after %v: %+v\n%s", what, limit, eventlog.Count(h.Jobs()), f.read(log))
		}
	}
}

// settle waits until no job can go on by itself. A job that has just been released is still held in the log: wait until it is
// done.
func (f folder) settle(log string) *eventlog.History {
	f.Helper()
	h := f.wait(log, "settled", func(h *eventlog.History) bool {
		c := eventlog.Count(h.Jobs())
		return c.Total() > 0 && c.Active() == 0
	})
	f.lost(h)
	return h
}
