package local

import "os"

// Lock locks a submission file for the time in which its jobs run here. It returns false if
// another matsubmit runs them. The lock ends when the file is closed, or the process ends. A
// pipe is not locked.
func Lock(name string) (f *os.File, ok bool, err error) {
	if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
		return nil, err == nil, err
	}
	if f, err = os.Open(name); err != nil {
		return nil, false, err
	}
	if !lock(f) {
		return nil, false, f.Close()
	}
	return f, true, nil
}
