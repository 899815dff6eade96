package local

import (
	"os"

	"golang.org/x/sys/windows"
)

// lock locks a file until it is closed. It returns false if another process has locked it. It
// locks a byte far behind the file's end: Windows lets nobody else read what is locked.
func lock(f *os.File) bool {
	at := windows.Overlapped{OffsetHigh: 1 << 30}
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &at)
	return err != windows.ERROR_LOCK_VIOLATION
}
