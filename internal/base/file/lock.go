package file

import (
	"errors"
	"io/fs"
	"os"
	"runtime"
)

// Lock opens a file and locks it until the file is closed, or the process ends. It returns false if
// another process has locked it. What is not a regular file, such as a pipe, is not locked; nor is a file
// on a file system that has no locks.
func Lock(name string) (f *os.File, ok bool, err error) {
	if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
		return nil, err == nil, err
	}
	if f, err = os.Open(name); err != nil {
		return nil, false, err
	}
	if !TryLock(f) {
		return nil, false, f.Close()
	}
	return f, true, nil
}

// LockName locks a name that belongs to no file: it makes a file of this name, which [UnlockName] removes, and locks it
// as [Lock] does.
func LockName(name string) (f *os.File, ok bool, err error) {
	if err := Check(name); err != nil {
		return nil, false, err
	}
	for {
		if f, err = os.OpenFile(name, os.O_RDONLY|os.O_CREATE, 0o666); err != nil {
			return nil, false, err
		}
		if !TryLock(f) {
			return nil, false, f.Close()
		}
		if named, err := isNamed(f, name); named || err != nil {
			return closedAfter(f, named, err)
		}
		f.Close() // it was removed meanwhile
	}
}

// UnlockName ends a lock of [LockName].
func UnlockName(f *os.File) {
	if runtime.GOOS != "windows" { // which removes no file that is open
		os.Remove(f.Name())
		f.Close()
		return
	}
	f.Close()
	os.Remove(f.Name()) // unless another process has it open
}

// isNamed reports whether a name is still that of an open file. An error is the disk's.
func isNamed(f *os.File, name string) (bool, error) {
	opened, err := f.Stat()
	if err != nil {
		return false, err
	}
	now, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && os.SameFile(now, opened), err
}

// closedAfter returns its arguments, or closes the file if there is an error.
func closedAfter(f *os.File, locked bool, err error) (*os.File, bool, error) {
	if err != nil {
		f.Close()
		return nil, false, err
	}
	return f, locked, nil
}

// OpenLocked opens a file that others may replace, waits for its lock, and returns the file that has the
// name then. With os.O_CREATE in flag, it makes the file if it is missing. The lock lasts as [Lock]'s
// does; locked is false on a file system that has none.
func OpenLocked(name string, flag int) (f *os.File, locked bool, err error) {
	for {
		if f, err = os.OpenFile(name, flag, 0o666); err != nil {
			return nil, false, err
		}
		locked = waitLock(f)
		if named, err := isNamed(f, name); named || err != nil {
			return closedAfter(f, locked, err)
		}
		f.Close() // it was replaced while we waited
	}
}

// IsFree reports whether a file is there and no process has locked it. On a file system that has no
// locks, it returns false.
func IsFree(name string) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	return flock(f) == nil
}
