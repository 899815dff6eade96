//go:build pool

package pool

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/condor/submitfile"
)

// A fate is what happens to a job that runs a script for the program worker.
type fate struct {
	script string
	starts int
	held   eventlog.JobHeld // the zero value if the job is done; the reason is a pattern
	stderr string
}

// none stands for the stderr of a job that returns none.
const none = "none"

// work returns a description with a job for each script, to test the policy that package submitfile
// writes.
func (f folder) work(batch string, fates []fate) *submitfile.Description {
	f.Helper()
	f.copy(filepath.Join(bin, "worker"), condor.Variant("worker", condor.Linux))
	f.copy(filepath.Join(bin, "worker.exe"), condor.Variant("worker", condor.Windows))
	s := &submitfile.Description{
		BatchName:  batch,
		Unit:       "job",
		Executable: "worker",
		Systems:    []condor.System{condor.Linux, condor.Windows},
		Arguments:  []condor.Template{"$(index).txt"},
		Stdout:     "logs/$(index).out",
		Stderr:     "logs/$(index).err",
		Log:        "log",
		Cpus:       1,
		Memory:     submitfile.Resource{Bytes: 64 << 20},
		Disk:       submitfile.Resource{Bytes: 64 << 20},
		MaxRetries: 2,
		RetryDelay: 2 * time.Second,
		MaxRunTime: time.Hour,
	}
	for i := range fates {
		file := strconv.Itoa(i) + ".txt"
		f.write(file, fates[i].script)
		s.Jobs = append(s.Jobs, submitfile.Job{Index: i, First: i, Count: 1, Inputs: []string{file}})
	}
	return s
}

func (f folder) submit(s *submitfile.Description) {
	f.Helper()
	file, err := os.Create(f.path("x.sub"))
	if err != nil {
		f.Fatal(err)
	}
	defer file.Close()
	if err := s.Write(file); err != nil {
		f.Fatal(err)
	}
	f.run("condor_submit", "x.sub")
}

// meet waits until the jobs have met their fates, and checks each.
func (f folder) meet(fates []fate) *eventlog.History {
	f.Helper()
	return f.meetIn("log", fates)
}

func (f folder) meetIn(log string, fates []fate) *eventlog.History {
	f.Helper()
	h := f.settle(log)
	for i, want := range fates {
		j := h.Jobs()[i]
		state := eventlog.Done
		if want.held.Code != 0 {
			state = eventlog.Held
		}
		starts := withoutLost(j).Starts
		if strings.HasPrefix(want.script, "until ") && starts < want.starts && len(j.Attempts) >= want.starts {
			starts = want.starts // to the program, an attempt that was lost is a run as well
		}
		if j.State != state || !j.Exit.OK() || j.Hold.Code != want.held.Code || j.Hold.Subcode != want.held.Subcode ||
			!regexp.MustCompile(`^`+want.held.Reason+`$`).MatchString(j.Hold.Reason) || starts != want.starts {
			f.Errorf("%q: %v after %d starts, %v, %+v\nwant %+v", want.script, j.State, starts, j.Exit, j.Hold, want)
		}
		switch name, wanted := "logs/"+strconv.Itoa(i)+".err", want.stderr != none; {
		case exists(f.path(name)) != wanted:
			f.Errorf("%q: there is a file for stderr: %t", want.script, !wanted)
		case wanted && f.read(name) != want.stderr:
			f.Errorf("%q: stderr is %q, want %q", want.script, f.read(name), want.stderr)
		}
	}
	return h
}

func held(code, subcode int, reason string) eventlog.JobHeld {
	return eventlog.JobHeld{Code: code, Subcode: subcode, Reason: reason}
}

// A program's exit status decides, on machines of both systems: 64 and 65 are final; after any
// other status except 0, the job is tried again. So it is for a job that resumes.
func TestExitStatus(t *testing.T) {
	t.Parallel()
	for name, resumes := range map[string]bool{"anew": false, "resumes": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testExitStatus(t, resumes)
		})
	}
}

func testExitStatus(t *testing.T, resumes bool) {
	t.Helper()
	on := `on (linux1|linux2) \(LINUX\): see |on winpc \(WINDOWS\): see `
	fates := []fate{
		{"say fine\nexit 0", 1, eventlog.JobHeld{}, "fine\n"},
		{"say wrong\nexit 64", 1, held(3, 64, `job 1: wrong usage (`+on+`)logs/1.err`), "wrong\n"},
		{"say bad\nexit 65", 1, held(3, 65, `job 2: bad input (`+on+`)logs/2.err`), "bad\n"},
		{"say alas\nexit 1", 3, held(3, 1, `job 3: failed with exit status 1, after 3 runs, the last (`+on+`)logs/3.err`), "alas\n"},
		{"exit 2", 3, held(3, 2, `job 4: failed with exit status 2, after 3 runs, the last (`+on+`)logs/4.err`), ""},
		{"until 3 exit 1\nsay fine", 3, eventlog.JobHeld{}, "fine\n"},
	}
	f := newFolder(t)
	s := f.work("exit", fates)
	if s.Resumes = resumes; resumes {
		s.Outbox = "outbox"
		f.run("mkdir", "outbox")
	}
	f.submit(s)
	f.meet(fates)
}

// A job that fails runs at once on a machine that has not run it before.
func TestElsewhere(t *testing.T) {
	t.Parallel()
	fates := []fate{{"until 3 exit 1\nsay fine", 3, eventlog.JobHeld{}, "fine\n"}}
	f := newFolder(t)
	s := f.work("elsewhere", fates)
	s.RetryDelay = time.Hour
	f.submit(s)
	machines := map[string]bool{}
	attempts := withoutLost(f.meet(fates).Jobs()[0]).Attempts
	for _, attempt := range attempts {
		machines[attempt.Machine] = true
	}
	if len(machines) != len(attempts) {
		t.Errorf("%d attempts had %v\n%s", len(attempts), machines, f.read("log"))
	}
}

// After a signal, such as on a machine without memory, the job is tried again.
func TestSignal(t *testing.T) {
	t.Parallel()
	fates := []fate{
		{"say oh\nkill", 3, held(3, 128+9, `job 0: killed by signal 9, after 3 runs, the last on linux. \(LINUX\): see logs/0.err`), "oh\n"},
		{"until 2 kill", 2, eventlog.JobHeld{}, ""},
	}
	f := newFolder(t)
	s := f.work("signal", fates)
	s.Requirements = `OpSys == "LINUX"`
	f.submit(s)
	f.meet(fates)
}

// Two guards enforce the time limit.
func TestTimeLimit(t *testing.T) {
	t.Parallel()
	for _, guard := range []struct {
		name  string
		extra []condor.Setting
		hold  eventlog.JobHeld
	}{
		{"first", nil, held(47, 0, `The job exceeded allowed execute duration of 00:03`)},
		{"second", []condor.Setting{{Name: "allowed_execute_duration", Value: "1000"}},
			held(3, 47, `job 0: ran longer than 3s on .*`)},
	} {
		t.Run(guard.name, func(t *testing.T) {
			t.Parallel()
			fates := []fate{{"sleep 300", 1, guard.hold, none}}
			f := newFolder(t)
			s := f.work("limit "+guard.name, fates)
			s.MaxRunTime = 3 * time.Second
			s.Extra = guard.extra
			f.submit(s)
			f.meet(fates)
		})
	}
}
