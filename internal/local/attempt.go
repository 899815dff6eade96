package local

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"matpool/condor/eventlog"
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
	var lock *os.File
	if a.dir, lock, err = newFolder(); err != nil {
		return result, err
	}
	defer func() {
		lock.Close() // Windows does not remove a folder that is open
		os.RemoveAll(a.dir)
	}()
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
			held, err := a.returnOutputs(before, streams, &result)
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

// waitFor waits until the program has ended, and kills the processes that it has left. If ctx
// is cancelled or the program runs too long, it kills the program too.
func (p *process) waitFor(ctx context.Context, limit time.Duration) (tooLong bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	killed := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		p.kill()
		close(killed)
	})
	err = p.wait()
	if !stop() {
		<-killed
		tooLong = ctx.Err() == context.DeadlineExceeded
	}
	p.kill()
	return tooLong, err
}
