package file

import (
	"os"

	"golang.org/x/sys/windows"
)

// TryLock locks an open file until it is closed. It returns false if another process has locked it. It
// locks a byte far behind the file's end: Windows lets nobody else read what is locked.
func TryLock(f *os.File) bool { return flock(f) != windows.ERROR_LOCK_VIOLATION }

func flock(f *os.File) error { return lockByte(f, windows.LOCKFILE_FAIL_IMMEDIATELY) }

// waitLock waits until it can lock an open file. It returns false if its file system has no locks.
func waitLock(f *os.File) bool { return lockByte(f, 0) == nil }

func lockByte(f *os.File, flags uint32) error {
	at := windows.Overlapped{OffsetHigh: 1 << 30}
	return windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|flags, 0, 1, 0, &at)
}

// lockTemp does nothing: Windows itself lets nobody remove a file that Go has open.
func lockTemp(*os.File) bool { return true }

// removeAbandoned does nothing.
//
// Note: Windows renames only a closed file, so one that its process is about to rename looks like one that was
// abandoned.
func removeAbandoned(string) bool { return false }

func keepLock(*os.File) (release func()) { return func() {} }
