package submit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"matpool/internal/base/file"
)

// An asideFile is an output that was set aside, because new jobs make it again.
//
// Outputs are set aside before the jobs are submitted, so that nobody takes an old one for a
// new one. They are put back if HTCondor refuses the jobs, and removed if it accepts them.
// If matsubmit is interrupted in between, its next call finds the files by their names, and
// the event log shows what to do with them.
type asideFile struct {
	name string // the output's
	kept string // the temporary name, in the same folder: .NAME.aside-SECONDS
	when time.Time
}

const asideMark = ".aside-"

// setAside renames files. If it fails for one of them, it puts all of them back.
func setAside(names []string, now time.Time) ([]asideFile, error) {
	var list []asideFile
	for _, name := range names {
		dir, base := filepath.Split(name)
		a := asideFile{name: name, kept: fmt.Sprintf("%s.%s%s%d", dir, base, asideMark, now.Unix()), when: time.Unix(now.Unix(), 0)}
		info, err := os.Lstat(name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err == nil && info.IsDir():
			err = errors.New("is a folder")
		case err == nil:
			err = os.Rename(name, a.kept)
		}
		if err != nil {
			err = fmt.Errorf("%s: cannot be set aside: %w", name, file.Cause(err))
			return nil, errors.Join(err, putBack(list))
		}
		list = append(list, a)
	}
	return list, nil
}

// putBack restores the files' names.
func putBack(list []asideFile) error {
	var errs []error
	for _, a := range list {
		if err := os.Rename(a.kept, a.name); err != nil {
			errs = append(errs, fmt.Errorf("%s: cannot be put back from %s: %w", a.name, a.kept, file.Cause(err)))
		}
	}
	return errors.Join(errs...)
}

// discard removes the files.
func discard(list []asideFile) error {
	var errs []error
	for _, a := range list {
		if err := os.Remove(a.kept); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, fmt.Errorf("%s: cannot be removed: %w", a.kept, file.Cause(err)))
		}
	}
	return errors.Join(errs...)
}

// findAsides finds the files that an interrupted call set aside, in the folders of the
// outputs and of the norm.
func findAsides(t task) (list []asideFile, err error) {
	dirs := append(t.outputFolders(), filepath.Dir(t.normFile()))
	slices.Sort(dirs)
	for _, dir := range slices.Compact(dirs) {
		names, err := file.Hidden(dir)
		if err != nil {
			return nil, err
		}
		for _, kept := range names {
			name, seconds, ok := strings.Cut(kept[1:], asideMark)
			if when, err := strconv.ParseInt(seconds, 10, 64); ok && err == nil {
				list = append(list, asideFile{filepath.Join(dir, name), filepath.Join(dir, kept), time.Unix(when, 0)})
			}
		}
	}
	return list, nil
}

// recoverAside finishes the work of an interrupted call. It removes an old output that exists
// again, or whose job was submitted since, according to the log. It puts all others back, and
// leaves files alone that are not outputs of this task.
func recoverAside(list []asideFile, t task, d division, q queue) (notes []string, err error) {
	if len(list) == 0 {
		return nil, nil
	}
	submitted := map[string]time.Time{filepath.Clean(t.normFile()): {}} // when the latest job of each output was submitted
	for _, b := range d.batches {
		for i := range b.count {
			one := b
			if !t.outputs.sums {
				one = batch{index: b.first + i, first: b.first + i, count: 1}
			}
			for _, name := range t.outputs.of(one) {
				when := submitted[filepath.Clean(name)]
				if job := q.latest[b.first+i-t.FirstIndex]; job != nil && job.Submitted.After(when) {
					when = job.Submitted
				}
				submitted[filepath.Clean(name)] = when
			}
		}
	}
	var restore, remove []asideFile
	for _, a := range list {
		switch when, ours := submitted[filepath.Clean(a.name)]; {
		case !ours:
		case exists(a.name) || !when.IsZero() && !when.Before(a.when):
			remove = append(remove, a)
		default:
			restore = append(restore, a)
		}
	}
	if n := len(restore); n > 0 {
		notes = append(notes, putBackNote(n)+": an earlier call was interrupted before anything was submitted")
	}
	return notes, errors.Join(putBack(restore), discard(remove))
}
