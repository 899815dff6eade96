package file

import "os"

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

// OpenLocked opens a file that others may replace, waits for its lock, and returns the file that has the
// name then. With os.O_CREATE in flag, it makes the file if it is missing. The lock lasts as [Lock]'s
// does; locked is false on a file system that has none.
func OpenLocked(name string, flag int) (f *os.File, locked bool, err error) {
	for {
		if f, err = os.OpenFile(name, flag, 0o666); err != nil {
			return nil, false, err
		}
		locked = waitLock(f)
		opened, err := f.Stat()
		if err != nil {
			f.Close()
			return nil, false, err
		}
		if now, err := os.Stat(name); err == nil && os.SameFile(now, opened) {
			return f, locked, nil
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
