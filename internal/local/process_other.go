//go:build unix && !linux

package local

import "syscall"

func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// Memory returns 0: jobs run here only on Linux and Windows.
func Memory() int64 { return 0 }
