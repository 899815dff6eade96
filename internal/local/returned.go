package local

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"matpool/condor/eventlog"
	"matpool/internal/base/file"
)

// A returned is an output that has been copied here, under a temporary name until Commit.
type returned interface {
	Commit(sync bool) error
	Close() error
}

// fetch copies an output: a file and its mode, or a folder with all that is in it.
func (a *attempt) fetch(from, to string) (out returned, held eventlog.JobHeld, err error) {
	info, err := os.Stat(from)
	if err == nil && !info.IsDir() && !info.Mode().IsRegular() {
		err = syscall.EINVAL // to open a pipe would wait for its writer
	}
	if err != nil {
		return nil, a.notReturned(from, err), nil
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil { // as HTCondor does
		return nil, a.notWritten(to, err), nil
	}
	if info.IsDir() {
		t := newTree(to)
		if held := a.fetchTree(from, t.temp, to); held.Code != 0 {
			t.Close()
			return nil, held, nil
		}
		return t, held, nil
	}
	in, err := os.Open(from)
	if err != nil {
		return nil, a.notReturned(from, err), nil
	}
	defer in.Close()
	f, err := file.Create(to)
	if err != nil {
		return nil, a.notWritten(to, err), nil
	}
	size, err := io.Copy(f.File, in)
	if err := errors.Join(err, f.Chmod(info.Mode().Perm())); err != nil {
		f.Close()
		return nil, a.notWritten(to, err), nil
	}
	a.usage.Sent += size
	return f, held, nil
}

// A tree is a folder that has come back.
type tree struct{ temp, name string }

// newTree returns a tree without a folder. It removes what a call that was killed has left of it: the calls that
// return the same outputs exclude each other.
func newTree(name string) tree {
	dir, base := filepath.Split(name)
	t := tree{fmt.Sprintf("%s.%s.tmp-tree", dir, base), name}
	t.Close()
	return t
}

// Commit gives the folder its name, in place of a file. An earlier folder has been set aside, or is empty.
func (t tree) Commit(bool) error {
	if info, err := os.Lstat(t.name); err == nil && !info.IsDir() {
		if err := os.Remove(t.name); err != nil {
			return err
		}
	}
	return os.Rename(t.temp, t.name)
}

func (t tree) Close() error { return os.RemoveAll(t.temp) }

// fetchTree copies a folder as HTCondor returns it: with empty folders, and with files in place of links to them;
// a link to a folder, or a pipe, holds the job. Name is what the user knows of the copy.
func (a *attempt) fetchTree(from, to, name string) (held eventlog.JobHeld) {
	entries, err := os.ReadDir(from)
	if err != nil {
		return a.notReturned(from, err)
	}
	if err := os.Mkdir(to, 0o777); err != nil {
		return a.notWritten(name, err)
	}
	for _, e := range entries {
		from, to, name := filepath.Join(from, e.Name()), filepath.Join(to, e.Name()), filepath.Join(name, e.Name())
		info, err := os.Stat(from)
		switch {
		case err != nil:
		case info.IsDir() && e.Type()&fs.ModeSymlink != 0:
			err = syscall.EISDIR
		case info.IsDir():
			if held := a.fetchTree(from, to, name); held.Code != 0 {
				return held
			}
			continue
		case !info.Mode().IsRegular():
			err = syscall.EINVAL
		}
		if err != nil {
			return a.notReturned(from, err)
		}
		size, readErr, writeErr := copyFile(from, to, info.Mode().Perm())
		if readErr != nil {
			return a.notReturned(from, readErr)
		}
		if writeErr != nil {
			return a.notWritten(name, writeErr)
		}
		a.usage.Sent += size
	}
	return held
}

func copyFile(from, to string, mode fs.FileMode) (size int64, readErr, writeErr error) {
	in, err := os.Open(from)
	if err != nil {
		return 0, err, nil
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return 0, nil, err
	}
	size, err = io.Copy(out, in)
	if closed := out.Close(); err == nil {
		err = closed
	}
	return size, nil, err
}
