package submit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"

	"matpool/condor"
	"matpool/internal/file"
	"matpool/internal/status"
)

// linksInputs reports whether HTCondor sends links to the jobs' inputs, which have the names
// that the inputs have in a job's folder. Otherwise the machines rename the inputs, which
// takes no files here, but which only Linux machines can do, and not for all names (see
// [submitfile.Description]).
func (t task) linksInputs(systems []condor.System) bool {
	if !t.generic || len(t.IndexedInputs) == 0 {
		return false
	}
	return slices.Contains(systems, condor.Windows) || slices.ContainsFunc(t.IndexedInputs, func(name string) bool {
		return condor.CheckName(condor.Base(name), condor.InRemaps) != nil
	})
}

// linkFolder returns the folder of the links.
func (t task) linkFolder() string { return filepath.Base(t.File) + ".inputs" }

// linkTo returns the name of the link to an input with an index: FILE.inputs/0/7/data.txt for
// data7.txt. Each folder has up to 1000 entries.
func (t task) linkTo(name string, index int) string {
	return path.Join(t.linkFolder(), strconv.Itoa(index/1000), strconv.Itoa(index), condor.Base(name))
}

// makeLinks makes the links to the inputs of the batches, which must stay until the jobs are
// done.
func makeLinks(ctx context.Context, t task, batches []batch) error {
	here, err := os.Getwd()
	if err != nil {
		return err
	}
	return forEach(ctx, len(batches), func(int64, int64) {}, func(i int) error {
		b := batches[i]
		for k := range b.count {
			for _, name := range t.IndexedInputs {
				target := file.Indexed(name, b.first+k)
				if !filepath.IsAbs(target) {
					target = filepath.Join(here, target)
				}
				if err := makeLink(target, t.linkTo(name, b.first+k)); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// makeLink makes a link, and replaces another link of this name.
func makeLink(target, link string) error {
	if old, err := os.Readlink(link); err == nil && old == target {
		return nil
	}
	err := os.Symlink(target, link)
	if errors.Is(err, fs.ErrNotExist) {
		if err = os.MkdirAll(path.Dir(link), 0o777); err == nil {
			err = os.Symlink(target, link)
		}
	}
	if errors.Is(err, fs.ErrExist) {
		if info, statErr := os.Lstat(link); statErr == nil && info.Mode()&fs.ModeSymlink == 0 && !file.Same(link, target) {
			return status.UsageError(fmt.Errorf("%s: must be a link to an input, which matsubmit makes, but is something else", link), "remove it")
		}
		if err = os.Remove(link); err == nil {
			err = os.Symlink(target, link)
		}
	}
	if err != nil && os.Link(target, link) == nil { // Windows reserves symbolic links for administrators
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: the link to an input cannot be made: %w", link, file.Cause(err))
	}
	return nil
}
