//go:build unix

package local

import (
	"os"
	"os/exec"
	"runtime"
	"syscall"

	"matpool/condor/eventlog"
)

// A process is a job's program and the processes that it has started, which are in a process
// group of their own. If matsubmit itself is killed, Linux kills the program.
type process struct{ *exec.Cmd }

// start starts the program. The goroutine that has started it must wait for it.
func start(cmd *exec.Cmd) (*process, error) {
	runtime.LockOSThread() // Linux kills the program when the thread that started it ends
	cmd.SysProcAttr = attributes()
	if err := cmd.Start(); err != nil {
		runtime.UnlockOSThread()
		return nil, err
	}
	return &process{cmd}, nil
}

func (p *process) wait() error {
	defer runtime.UnlockOSThread()
	return p.Wait()
}

// kill kills all processes of the job.
func (p *process) kill() { _ = syscall.Kill(-p.Process.Pid, syscall.SIGKILL) }

func (p *process) close() {}

// memory returns the largest memory of one of the processes in bytes, or 0 if it is not known.
// It may be too large: Linux also counts what matsubmit itself had when it started the process.
func (p *process) memory() int64 {
	usage, ok := p.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok || runtime.GOOS != "linux" { // elsewhere the unit differs
		return 0
	}
	return usage.Maxrss << 10
}

// exitOf returns how a program ended.
func exitOf(state *os.ProcessState) eventlog.Exit {
	if s, ok := state.Sys().(syscall.WaitStatus); ok && s.Signaled() {
		return eventlog.Exit{Signal: int(s.Signal())}
	}
	return eventlog.Exit{Status: state.ExitCode()}
}

// systemEnvironment returns the variables without which no program runs.
func systemEnvironment() []string { return nil }
