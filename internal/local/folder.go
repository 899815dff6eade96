package local

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"matpool/internal/base/file"
)

// newFolder makes an empty folder for a job. It is locked, where folders can be, until the file is closed:
// so a later call knows that it is in use.
func newFolder() (dir string, lock *os.File, err error) {
	for {
		if dir, err = os.MkdirTemp("", "matsubmit-"); err != nil {
			return "", nil, err
		}
		lock, err = os.Open(dir)
		if errors.Is(err, fs.ErrNotExist) { // another call has taken it for abandoned
			continue
		}
		if err != nil {
			return "", nil, err
		}
		if !file.TryLock(lock) { // another call is about to remove it
			lock.Close()
			continue
		}
		if _, err := os.Stat(dir); err == nil {
			dir, err = filepath.EvalSymlinks(dir)
			return dir, lock, err
		}
		lock.Close()
	}
}

// RemoveAbandoned removes the folders of jobs whose matsubmit was killed.
func RemoveAbandoned() {
	names, _ := filepath.Glob(filepath.Join(os.TempDir(), "matsubmit-*"))
	ours := regexp.MustCompile(`^matsubmit-\d+$`)
	for _, name := range names {
		if !ours.MatchString(filepath.Base(name)) {
			continue
		}
		if info, err := os.Lstat(name); err != nil || !info.IsDir() || !file.IsFree(name) {
			continue
		}
		lock, err := os.Open(name)
		if err != nil {
			continue
		}
		if file.TryLock(lock) {
			os.RemoveAll(name) // what is somebody else's stays
		}
		lock.Close()
	}
}
