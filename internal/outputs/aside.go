package outputs

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

// An Aside is an output that was set aside, because new jobs make it again.
//
// Outputs are set aside before the jobs are submitted, so that nobody takes an old one for a
// new one. They are put back if HTCondor refuses the jobs, and removed if it accepts them.
// If matsubmit is interrupted in between, its next call finds the files by their names, and
// the event log shows what to do with them: jobs whose events are behind its end of then are new.
type Aside struct {
	Name string // the output's
	Kept string // its temporary name, in the same folder: .NAME.aside-SECONDS-LOG, or without -LOG
	When time.Time
	Log  int64 // the size of the log then, in bytes; -1 if each job has its own
}

const asideMark = ".aside-"

// asideName returns the temporary name of an output that is set aside.
func asideName(name string, when time.Time, log int64) string {
	dir, base := filepath.Split(name)
	kept := fmt.Sprintf("%s.%s%s%d", dir, base, asideMark, when.Unix())
	if log >= 0 {
		kept += fmt.Sprintf("-%d", log)
	}
	return kept
}

// asideOf returns the output that was set aside under a name, which begins with a dot, in a folder. It
// returns false for any other name.
func asideOf(dir, kept string) (Aside, bool) {
	name, numbers, ok := strings.Cut(kept[1:], asideMark)
	seconds, size, hasSize := strings.Cut(numbers, "-")
	when, err := strconv.ParseInt(seconds, 10, 64)
	log := int64(-1)
	if hasSize && err == nil {
		log, err = strconv.ParseInt(size, 10, 64)
	}
	return Aside{filepath.Join(dir, name), filepath.Join(dir, kept), time.Unix(when, 0), log}, ok && err == nil
}

// SetAside renames files, and also folders if a program makes such. If it fails for one of them, it puts all of them back.
// The log has a size, or -1, as in [Aside].
func SetAside(names []string, folders bool, now time.Time, log int64) ([]Aside, error) {
	var list []Aside
	for _, name := range names {
		a := Aside{Name: name, Kept: asideName(name, now, log), When: time.Unix(now.Unix(), 0), Log: log}
		info, err := os.Lstat(name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err == nil && info.IsDir() && !folders:
			err = errors.New("is a folder")
		case err == nil:
			err = os.Rename(name, a.Kept)
		}
		if err != nil {
			err = fmt.Errorf("%s: cannot be set aside: %w", name, file.Cause(err))
			return nil, errors.Join(err, PutBack(list))
		}
		list = append(list, a)
	}
	return list, nil
}

// PutBack restores the files' names.
func PutBack(list []Aside) error {
	var errs []error
	for _, a := range list {
		if err := os.Rename(a.Kept, a.Name); err != nil {
			errs = append(errs, fmt.Errorf("%s: cannot be put back from %s: %w", a.Name, a.Kept, file.Cause(err)))
		}
	}
	return errors.Join(errs...)
}

// Discard removes the files.
func Discard(list []Aside) error {
	var errs []error
	for _, a := range list {
		if err := os.RemoveAll(a.Kept); err != nil {
			errs = append(errs, fmt.Errorf("%s: cannot be removed: %w", a.Kept, file.Cause(err)))
		}
	}
	return errors.Join(errs...)
}

// FindAsides finds the files in some folders that an interrupted call set aside.
func FindAsides(dirs []string) (list []Aside, err error) {
	dirs = slices.Clone(dirs)
	slices.Sort(dirs)
	for _, dir := range slices.Compact(dirs) {
		names, err := file.Hidden(dir)
		if err != nil {
			return nil, err
		}
		for _, kept := range names {
			if a, ok := asideOf(dir, kept); ok {
				list = append(list, a)
			}
		}
	}
	return list, nil
}
