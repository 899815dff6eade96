package local

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"

	"matpool/condor/eventlog"
)

// A process is a job's program and the processes that it has started, which are in a job
// object: Windows ends them when the object is closed, also if matsubmit itself is killed.
type process struct {
	*exec.Cmd
	object windows.Handle
}

func start(cmd *exec.Cmd) (*process, error) {
	object, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return nil, err
	}
	p := &process{cmd, object}
	limits := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{BasicLimitInformation: windows.JOBOBJECT_BASIC_LIMIT_INFORMATION{
		LimitFlags: windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE}}
	_, err = windows.SetInformationJobObject(object, windows.JobObjectExtendedLimitInformation, uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits)))
	if err == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP} // Ctrl-C is for matsubmit
		if err = cmd.Start(); err == nil {
			err = p.enter()
		}
	}
	if err != nil {
		p.close()
	}
	return p, err
}

// enter puts the process into the job object.
func (p *process) enter() error {
	handle, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE|windows.SYNCHRONIZE, false, uint32(p.Process.Pid))
	if err != nil {
		return errors.Join(err, p.Process.Kill(), p.Wait())
	}
	defer windows.CloseHandle(handle)
	if err = windows.AssignProcessToJobObject(p.object, handle); err == nil {
		return nil
	}
	if event, _ := windows.WaitForSingleObject(handle, 0); event == windows.WAIT_OBJECT_0 {
		return nil // it has ended
	}
	return errors.Join(err, p.Process.Kill(), p.Wait())
}

func (p *process) wait() error { return p.Wait() }

// kill kills all processes of the job.
func (p *process) kill() { _ = windows.TerminateJobObject(p.object, 1) }

func (p *process) close() { windows.CloseHandle(p.object) }

// memory returns the largest memory of all processes together in bytes, or 0 if it is not
// known.
func (p *process) memory() int64 {
	var info windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION
	err := windows.QueryInformationJobObject(p.object, windows.JobObjectExtendedLimitInformation, uintptr(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info)), nil)
	if err != nil {
		return 0
	}
	return int64(info.PeakJobMemoryUsed)
}

// exitOf returns how a program ended, as HTCondor says it: an exception is a signal. Its list is that of WIFEXITED in
// HTCondor's source; the number of a signal or a status has its sign.
func exitOf(state *os.ProcessState) eventlog.Exit {
	code := int(int32(uint32(state.ExitCode())))
	switch windows.NTStatus(code) {
	case windows.STATUS_GUARD_PAGE_VIOLATION, windows.STATUS_DATATYPE_MISALIGNMENT, windows.STATUS_BREAKPOINT, windows.STATUS_SINGLE_STEP,
		windows.STATUS_ACCESS_VIOLATION, windows.STATUS_IN_PAGE_ERROR, windows.STATUS_INVALID_HANDLE, windows.STATUS_ILLEGAL_INSTRUCTION,
		windows.STATUS_NONCONTINUABLE_EXCEPTION, windows.STATUS_INVALID_DISPOSITION, windows.STATUS_ARRAY_BOUNDS_EXCEEDED,
		windows.STATUS_FLOAT_DENORMAL_OPERAND, windows.STATUS_FLOAT_DIVIDE_BY_ZERO, windows.STATUS_FLOAT_INEXACT_RESULT,
		windows.STATUS_FLOAT_INVALID_OPERATION, windows.STATUS_FLOAT_OVERFLOW, windows.STATUS_FLOAT_STACK_CHECK, windows.STATUS_FLOAT_UNDERFLOW,
		windows.STATUS_INTEGER_DIVIDE_BY_ZERO, windows.STATUS_INTEGER_OVERFLOW, windows.STATUS_PRIVILEGED_INSTRUCTION, windows.STATUS_STACK_OVERFLOW:
		return eventlog.Exit{Signal: code}
	}
	return eventlog.Exit{Status: code}
}

// systemEnvironment returns the variables without which programs for Windows do not run.
func systemEnvironment() (env []string) {
	for _, name := range []string{"SystemRoot", "SystemDrive", "ComSpec", "PATHEXT", "PATH"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// memoryStatus is Windows' MEMORYSTATUSEX.
type memoryStatus struct {
	length, load                                                           uint32
	totalPhys, availPhys, totalPage, availPage, totalVirtual, availVirtual uint64
	availExtended                                                          uint64
}

// Memory returns the machine's memory in bytes, or 0 if it is not known.
func Memory() int64 {
	var s memoryStatus
	s.length = uint32(unsafe.Sizeof(s))
	if ok, _, _ := windows.NewLazySystemDLL("kernel32.dll").NewProc("GlobalMemoryStatusEx").Call(uintptr(unsafe.Pointer(&s))); ok == 0 {
		return 0
	}
	return int64(s.totalPhys)
}
