package submit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"matpool/internal/base/file"
	"matpool/internal/status"
)

// Locks are held as long as a call works with a submission file: on that file, and on the names of the outputs,
// which another file, or a later version of this one, may have, too. HTCondor's programs inherit them: one that
// goes on when matsubmit is killed still submits jobs.
type locks struct {
	task  *os.File            // the submission file; nil if it is no regular file
	names map[string]*os.File // of the outputs
}

// lock makes sure that no other matsubmit works with the submission file, such as one that runs its jobs here, or with its
// outputs. A call that continues another waits for it.
func lock(ctx context.Context, t task, messages io.Writer) (*locks, error) {
	if !t.submits() && !t.Try {
		return &locks{}, nil
	}
	for waits := false; ; waits = true {
		l, err := tryLock(t)
		if err == nil || !t.Continue || !errors.Is(err, errLocked) {
			return l, err
		}
		if !waits {
			fmt.Fprintf(messages, "%s: waiting for another matsubmit, which works with this file\n", t.File)
		}
		select {
		case <-time.After(lockInterval):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// lockInterval is the time between two attempts to lock the submission file.
const lockInterval = 200 * time.Millisecond

var errLocked = errors.New("another matsubmit works with")

func tryLock(t task) (*locks, error) {
	l := &locks{names: map[string]*os.File{}}
	var ok bool
	var err error
	switch l.task, ok, err = file.Lock(t.File); {
	case err != nil:
		return nil, fmt.Errorf("%s: can't be locked: %w", t.File, file.Cause(err))
	case !ok:
		return nil, status.UsageError(fmt.Errorf("%s: %w this file", t.File, errLocked), "wait for it, or stop it")
	}
	if err := l.lockOutputs(t); err != nil {
		l.unlock()
		return nil, err
	}
	return l, nil
}

// lockOutputs locks the names of the outputs whose folders are there. Where no file can be made, which is
// found out later, or locked, there is no lock.
func (l *locks) lockOutputs(t task) error {
	if !t.submits() {
		return nil
	}
	names := t.files.Names
	if len(names) == 0 {
		names = []string{t.files.Folder}
	}
	for _, name := range names {
		lock := lockName(name)
		if l.names[lock] != nil {
			continue
		}
		f, ok, err := file.LockName(lock)
		switch {
		case err != nil:
		case !ok:
			return status.UsageError(fmt.Errorf("%s: %w these outputs", file.InsertIndex(filepath.ToSlash(name), "N"), errLocked), "wait for it, or stop it")
		default:
			l.names[lock] = f
		}
	}
	return nil
}

// lockName returns the name of the file that is locked for outputs: in the folder that they have in common.
func lockName(output string) string {
	name := file.InsertIndex(path.Clean(filepath.ToSlash(output)), "\x00")
	before, _, _ := strings.Cut(name, "\x00")
	dir, _ := path.Split(before)
	rest := strings.NewReplacer("\x00", "N", "/", "_").Replace(name[len(dir):])
	return filepath.FromSlash(dir) + "." + rest + ".lock"
}

func (l *locks) unlock() {
	for _, f := range l.names {
		file.UnlockName(f)
	}
	if l.task != nil {
		l.task.Close()
	}
}

// inherited returns the files that a program gets, so that the locks last until it has ended. Windows has no such files.
func (l *locks) inherited() (list []*os.File) {
	if l == nil || runtime.GOOS == "windows" {
		return nil
	}
	if l.task != nil {
		list = append(list, l.task)
	}
	for _, f := range l.names {
		list = append(list, f)
	}
	return list
}
