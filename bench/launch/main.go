//go:build linux

// Launch runs a program and reports what it used on file descriptor 3:
//
//	<nanoseconds> <peak memory in KiB> <page faults> <nanoseconds of the processors' time>
//
// It is a separate program because it must be small. A program's peak memory includes that of the process that started
// it, since the two share their memory until the program is loaded (vfork). Launch needs only 2 MB.
package main

import (
	"os"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

func main() {
	runtime.LockOSThread() // Pdeathsig is sent when this thread ends
	attributes := &syscall.ProcAttr{Env: os.Environ(), Files: []uintptr{0, 1, 2}, Sys: &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}}
	syscall.CloseOnExec(3)
	start := time.Now()
	pid, err := syscall.ForkExec(os.Args[1], os.Args[1:], attributes)
	if err != nil {
		println("launch:", os.Args[1]+":", err.Error())
		os.Exit(127)
	}
	var status syscall.WaitStatus
	var used syscall.Rusage
	for {
		_, err = syscall.Wait4(pid, &status, 0, &used)
		if err != syscall.EINTR {
			break
		}
	}
	elapsed := time.Since(start)
	line := ""
	for _, n := range []int64{int64(elapsed), used.Maxrss, used.Minflt + used.Majflt, used.Utime.Nano() + used.Stime.Nano()} {
		line += strconv.FormatInt(n, 10) + " "
	}
	syscall.Write(3, []byte(line))
	if err != nil || status.Signaled() {
		os.Exit(1)
	}
	os.Exit(status.ExitStatus())
}
