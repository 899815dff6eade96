//go:build unix

package file

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// TryLock locks an open file until it is closed. It returns false if another process has locked it. Not
// every file system can lock.
func TryLock(f *os.File) bool {
	return !errors.Is(flock(f), unix.EWOULDBLOCK)
}

func flock(f *os.File) error { return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) }

// waitLock waits until it can lock an open file. It returns false if its file system has no locks.
func waitLock(f *os.File) bool {
	for {
		if err := unix.Flock(int(f.Fd()), unix.LOCK_EX); err != unix.EINTR {
			return err == nil
		}
	}
}

// lockTemp locks a temporary file. It returns false if the file has been removed meanwhile.
func lockTemp(f *os.File) bool {
	if errors.Is(flock(f), unix.EWOULDBLOCK) {
		return false
	}
	var stat unix.Stat_t
	return unix.Fstat(int(f.Fd()), &stat) != nil || stat.Nlink > 0
}

// removeAbandoned removes a temporary file, and reports whether it did: only if no process has locked
// it, and its file system can lock.
func removeAbandoned(name string) bool {
	f, err := os.OpenFile(name, os.O_WRONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return false
	}
	defer f.Close()
	return flock(f) == nil && os.Remove(name) == nil
}

// keepLock keeps a file locked after it is closed, until the returned function is called.
func keepLock(f *os.File) (release func()) {
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return func() {}
	}
	return func() { unix.Close(fd) }
}
