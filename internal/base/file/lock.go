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
