package joblog

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"matpool/condor/eventlog"
	"matpool/internal/status"
)

const (
	submitted  = "000 (001.000.000) 2026-11-23 19:12:06 Job submitted from host: <h>\n...\n"
	executing  = "001 (001.000.000) 2026-11-23 19:12:08 Job executing on host: <h>\n...\n"
	terminated = "005 (001.000.000) 2026-11-23 19:12:18 Job terminated.\n\t(1) Normal termination (return value 0)\n...\n"
)

// A follower opens a log and reads it as it changes.
type follower struct {
	*testing.T
	name    string
	journal *Journal
}

func follow(t *testing.T, text string) *follower {
	f := &follower{T: t, name: filepath.Join(t.TempDir(), "log.txt")}
	f.write(os.O_CREATE, text)
	var err error
	if f.journal, err = Open(f.name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.journal.Close)
	return f
}

func (f *follower) write(how int, text string) {
	f.Helper()
	file, err := os.OpenFile(f.name, os.O_WRONLY|how, 0o666)
	if err != nil {
		f.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteString(text); err != nil {
		f.Fatal(err)
	}
}

// want reads new events. There must be the given number, and the job must then be in the given
// state.
func (f *follower) want(events int, state eventlog.State) {
	f.Helper()
	got := 0
	if err := f.journal.Read(func(*eventlog.Event) { got++ }); err != nil {
		f.Fatal(err)
	}
	jobs := f.journal.History.Jobs(1)
	if got != events || len(jobs) != 1 || jobs[0].State != state {
		f.Errorf("%d events, and then %+v; want %d and %v", got, jobs, events, state)
	}
}

func TestALogGrows(t *testing.T) {
	f := follow(t, submitted)
	f.want(1, eventlog.Idle)
	f.want(0, eventlog.Idle)
	f.write(os.O_APPEND, executing+terminated[:50])
	f.want(1, eventlog.Running)
	f.write(os.O_APPEND, terminated[50:])
	f.want(1, eventlog.Done)
}

// A log that is moved away is read to its end, and then the file that replaced it. Meanwhile it is reported once.
func TestALogIsReplaced(t *testing.T) {
	f := follow(t, submitted)
	f.want(1, eventlog.Idle)
	if err := os.Rename(f.name, f.name+".old"); err != nil {
		t.Fatal(err)
	}
	f.want(0, eventlog.Idle)
	name := f.name
	f.name += ".old"
	f.write(os.O_APPEND, executing)
	f.name = name
	f.write(os.O_CREATE, submitted+executing) // longer than the first; an event is there again
	f.want(3, eventlog.Running)
	f.name += ".old" // which the job's shadow has open
	f.write(os.O_APPEND, terminated)
	f.want(1, eventlog.Done)
	if f.journal.FaultCount != 1 || !strings.Contains(f.journal.Faults[0].Error(), "has been deleted or moved away") {
		t.Error(f.journal.Faults)
	}
}

// A log that is truncated is read from its beginning. Its earlier events still count.
func TestALogBeginsAnew(t *testing.T) {
	f := follow(t, submitted+executing)
	f.want(2, eventlog.Running)
	f.write(os.O_TRUNC, terminated)
	f.want(1, eventlog.Done)
	f.write(os.O_TRUNC, executing) // said before
	f.want(1, eventlog.Done)
}

// Places that cannot be parsed are skipped and counted.
func TestFaults(t *testing.T) {
	f := follow(t, submitted)
	for range maxFaults + 5 {
		f.write(os.O_APPEND, "what is this\n...\n")
	}
	f.write(os.O_APPEND, terminated)
	f.want(2, eventlog.Done)
	if len(f.journal.Faults) != maxFaults || f.journal.FaultCount != maxFaults+5 {
		t.Errorf("%d faults, %d kept", f.journal.FaultCount, len(f.journal.Faults))
	}
}

func TestNoLog(t *testing.T) {
	dir := t.TempDir()
	missing := filepath.Join(dir, "log.txt")
	if _, err := Open(missing); !errors.Is(err, fs.ErrNotExist) || status.Of(err) != status.Data || !strings.HasPrefix(err.Error(), missing+": ") {
		t.Error(err)
	}
	if _, err := Open(dir); status.Of(err) != status.Data {
		t.Error(err)
	}
	for _, text := range []string{"universe = vanilla\n", "a\n...\n", "{\n  \"a\": 1\n}\n"} {
		f := follow(t, text)
		if err := f.journal.Read(func(*eventlog.Event) {}); status.Of(err) != status.Data {
			t.Errorf("%q: %v", text, err)
		}
	}
}
