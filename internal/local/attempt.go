package local

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/internal/base/file"
)

// An attempt is one run of a job's program.
type attempt struct {
	*Runner
	job, run int // the job's place among the jobs, and the number of its run, from 1 on
	slot     string
	started  time.Time
	dir      string // the job's folder
	usage    eventlog.Usage
}

func (a *attempt) log(detail eventlog.Detail) error {
	return a.write(a.job, eventlog.Entry{Host: a.host, Detail: detail, Usage: a.usage})
}

// program returns the file of the program in the job's folder.
func (a *attempt) program() string { return filepath.Join(a.dir, a.Name) }

// try runs the program once, and writes the events.
func (a *attempt) try(ctx context.Context) (result Result, err error) {
	result.MemoryMB = -1
	if a.dir, err = os.MkdirTemp("", "matsubmit-"); err != nil {
		return result, err
	}
	defer os.RemoveAll(a.dir)
	if a.dir, err = filepath.EvalSymlinks(a.dir); err != nil {
		return result, err
	}
	a.usage.Folder = a.dir

	if err := a.log(eventlog.FileTransfer{Phase: eventlog.Started}); err != nil {
		return result, err
	}
	if result.Held, err = a.sendInputs(); err != nil || result.Held.Code != 0 {
		return result, errors.Join(err, a.hold(result.Held))
	}
	if err := a.log(eventlog.FileTransfer{Phase: eventlog.Finished}); err != nil {
		return result, err
	}
	before, err := catalog(a.dir)
	if err != nil {
		return result, err
	}
	streams, err := a.openStreams()
	if err != nil {
		return result, err
	}
	defer streams.close()
	if result.Held, err = a.execute(ctx, streams, &result); err != nil {
		if ctx.Err() != nil { // what the program printed may say why it was stopped
			_ = streams.commit() // the interruption is what is reported
		}
		return result, err
	}
	if result.Held.Code == 0 {
		result.Held, result.Retry = a.after(result.Exit)
		if result.Exit.OK() || !a.named() {
			held, err := a.returnOutputs(before, &result)
			if err != nil {
				return result, err
			}
			if held.Code != 0 {
				result.Held, result.Retry, result.Others = held, false, a.others(before)
			}
		}
	}
	if err := streams.commit(); err != nil {
		return result, err
	}
	a.usage.Busy = time.Since(a.started)
	switch {
	case result.Held.Code != 0:
		return result, a.hold(result.Held)
	case result.Retry:
		return result, a.log(eventlog.JobEvicted{Requeued: true, Exit: result.Exit})
	}
	return result, a.log(eventlog.JobTerminated{Exit: result.Exit})
}

// hold writes that the job is held, if it is.
func (a *attempt) hold(h eventlog.JobHeld) error {
	if h.Code == 0 {
		return nil
	}
	return a.log(h)
}

// named reports whether the outputs are named. Then they come back only if the program
// succeeds.
func (a *attempt) named() bool { return len(a.OutputNames(&a.Jobs[a.job])) > 0 }

// execute runs the program. It returns why the job is held if the program cannot be started
// or runs too long.
func (a *attempt) execute(ctx context.Context, streams *streams, result *Result) (eventlog.JobHeld, error) {
	cmd := exec.Command(a.program())
	for _, arg := range a.Arguments {
		cmd.Args = append(cmd.Args, a.expand(arg, a.job))
	}
	cmd.Dir, cmd.Env = a.dir, a.environment()
	streams.connect(cmd)
	if err := ctx.Err(); err != nil {
		return eventlog.JobHeld{}, err
	}
	process, err := start(cmd)
	if err != nil {
		return a.notStarted(err), nil
	}
	begin := time.Now()
	machine := eventlog.Execute{Machine: a.host, Slot: a.slot, System: System().OpSys(), Arch: System().Arch()}
	if err := a.log(machine); err != nil {
		process.kill()
		return eventlog.JobHeld{}, errors.Join(err, process.wait())
	}
	tooLong, err := process.waitFor(ctx, a.MaxRunTime)
	if memory := process.memory(); memory > 0 {
		result.MemoryMB = (memory + 1<<20 - 1) >> 20
	}
	process.close()
	result.Time = time.Since(begin)
	a.usage.UsedMB, a.usage.Executing = result.MemoryMB, result.Time
	a.usage.User, a.usage.System = cmd.ProcessState.UserTime(), cmd.ProcessState.SystemTime()
	switch {
	case ctx.Err() != nil:
		return eventlog.JobHeld{}, ctx.Err()
	case tooLong:
		return a.tooLong(), nil
	case err != nil && !errors.As(err, new(*exec.ExitError)):
		return eventlog.JobHeld{}, err
	}
	result.Ended, result.Exit = true, exitOf(cmd.ProcessState)
	if result.MemoryMB >= 0 {
		return eventlog.JobHeld{}, a.log(eventlog.ImageSize{MemoryMB: result.MemoryMB})
	}
	return eventlog.JobHeld{}, nil
}

// environment returns the job's environment: what HTCondor 23.9.6 sets, and nothing of the
// environment of this process. An HTCondor job has no PATH and no HOME on Linux.
//
// Not here are the variables for files and daemons that only a pool has, such as _CONDOR_JOB_AD.
// The limit on threads is for libraries that know one of these names (STARTER_NUM_THREADS_ENV_VARS);
// HTCondor does not bind a job to processors either, by default (ASSIGN_CPU_AFFINITY).
func (a *attempt) environment() []string {
	slot, _, _ := strings.Cut(a.slot, "@")
	env := append(systemEnvironment(), "BATCH_SYSTEM=HTCondor", "_CONDOR_SLOT="+slot)
	for _, name := range []string{"_CONDOR_SCRATCH_DIR", "_CONDOR_JOB_IWD", "TMPDIR", "TEMP", "TMP"} {
		env = append(env, name+"="+a.dir)
	}
	for _, name := range []string{"CUBACORES", "GOMAXPROCS", "JULIA_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "OMP_NUM_THREADS", "OMP_THREAD_LIMIT",
		"OPENBLAS_NUM_THREADS", "PYTHON_CPU_COUNT", "ROOT_MAX_THREADS", "TF_LOOP_PARALLEL_ITERATIONS", "TF_NUM_THREADS"} {
		env = append(env, name+"="+strconv.Itoa(a.Cpus))
	}
	return env
}

// streams are the files for a program's standard output and standard error. They may be the
// same; one that is nil discards what it gets.
type streams struct{ stdout, stderr *file.Output }

func (a *attempt) openStreams() (*streams, error) {
	out, err := create(a.path(a.Stdout, a.job))
	if err != nil {
		return nil, err
	}
	s := &streams{out, out}
	if name := a.path(a.Stderr, a.job); name != a.path(a.Stdout, a.job) {
		if s.stderr, err = create(name); err != nil {
			out.Close()
			return nil, err
		}
	}
	return s, nil
}

// create creates a file, or returns nil for the null device.
func create(name string) (*file.Output, error) {
	if name == os.DevNull {
		return nil, nil
	}
	return file.Create(name)
}

// connect makes the program write to the streams.
func (s *streams) connect(cmd *exec.Cmd) {
	if s.stdout != nil {
		cmd.Stdout = s.stdout.File
	}
	if s.stderr != nil {
		cmd.Stderr = s.stderr.File
	}
}

func (s *streams) close() {
	s.stdout.Close()
	s.stderr.Close()
}

func (s *streams) commit() error {
	var errs []error
	for _, out := range []*file.Output{s.stdout, s.stderr} {
		if out != nil && out.File != nil {
			errs = append(errs, out.Commit(false))
		}
	}
	return errors.Join(errs...)
}

// errno returns the number and the text of a system's error, as HTCondor's messages have them.
func errno(err error) (number int, what string) {
	var e syscall.Errno
	if !errors.As(err, &e) {
		return 0, err.Error()
	}
	if errors.Is(err, os.ErrNotExist) { // Windows has several numbers for it
		return condor.SubcodeMissing, "No such file or directory"
	}
	what = e.Error()
	return int(e), strings.ToUpper(what[:1]) + what[1:]
}
