package submit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"

	"matpool/condor"
	"matpool/internal/base/file"
	"matpool/internal/progress"
	"matpool/internal/status"
)

// linkTo returns the name of the link to an input with an index: FILE.inputs/0/7/data.txt for
// data7.txt. Each folder has up to 1000 entries.
func (t task) linkTo(name string, index int) string {
	return t.linkFolder() + "/" + strconv.Itoa(index/1000) + "/" + strconv.Itoa(index) + "/" + condor.Base(name)
}

// links returns the names of the links to the inputs of a product.
func (t task) links(number int) (names []string) {
	for _, name := range t.IndexedInputs {
		names = append(names, t.linkTo(name, number))
	}
	return names
}

// makeLinks makes the links to the inputs of the batches, which must stay until the jobs are
// done.
func makeLinks(ctx context.Context, t task, batches []batch, stderr io.Writer) error {
	show, finish := progress.New(stderr, "linking")
	defer finish()
	for i, b := range batches {
		if err := ctx.Err(); err != nil {
			return err
		}
		for k := range b.count {
			dir := path.Dir(t.linkTo("", b.first+k))
			err := os.Mkdir(dir, 0o777)
			if errors.Is(err, fs.ErrNotExist) {
				err = os.MkdirAll(dir, 0o777)
			}
			if err != nil && !errors.Is(err, fs.ErrExist) {
				return fmt.Errorf("%s: the folder cannot be made: %w", dir, file.Cause(err))
			}
			for _, name := range t.IndexedInputs {
				target := file.Indexed(name, b.first+k)
				if !filepath.IsAbs(target) {
					target = "../../../" + target // a short text, which is part of the link
				}
				if err := makeLink(target, t.linkTo(name, b.first+k)); err != nil {
					return err
				}
			}
		}
		show(int64(i+1), int64(len(batches)))
	}
	return nil
}

// makeLink makes a link, and replaces another link of this name.
func makeLink(target, link string) error {
	err := os.Symlink(target, link)
	if errors.Is(err, fs.ErrExist) {
		if old, err := os.Readlink(link); err == nil && old == target {
			return nil
		}
		if info, statErr := os.Lstat(link); statErr == nil && info.Mode()&fs.ModeSymlink == 0 && !file.Same(link, from(link, target)) {
			return status.UsageError(fmt.Errorf("%s: must be a link to an input, which matsubmit makes, but is something else", link), "remove it")
		}
		if err = os.Remove(link); err == nil {
			err = os.Symlink(target, link)
		}
	}
	if err != nil && os.Link(from(link, target), link) == nil { // Windows reserves symbolic links for administrators
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: the link to an input cannot be made: %w", link, file.Cause(err))
	}
	return nil
}

// from returns a link's target, relative to the current folder.
func from(link, target string) string {
	if filepath.IsAbs(target) {
		return target
	}
	return path.Join(path.Dir(link), target)
}
