package flow

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"matpool/internal/base/file"
	"matpool/internal/base/text"
	"matpool/internal/progress"
	"matpool/internal/status"
)

// InitOptions say which random inputs [Init] writes.
type InitOptions struct {
	Dir        string
	A, B       string // names without the index
	Npz        string // the name without the index of the archives of A and B; or none
	Jobs, Size int
	Random     Random
	Streams    bool // each pair has a stream of its own: see [RandomPair]
	First      int  // with Streams: the first pair's number
	Threads    int
	Force      bool // replace files that are there
	Sync       bool // flush each file to the disk
}

// The arrays of an archive of a pair.
const (
	memberA = "A"
	memberB = "B"
)

// Init writes random inputs: for i = 0 … Jobs−1, A then B, each a Size×Size matrix,
// filled row by row from one stream; with Streams from one for each pair, i = First … First+Jobs−1.
// They are the files that numpy writes with these random numbers, or, if Npz is given,
// np.savez(file, A=a, B=b). Init refuses beforehand if one of them exists, or if they do not all fit on the disk.
func Init(ctx context.Context, o InitOptions, show progress.Func) error {
	if err := o.Random.Check(); err != nil {
		return err
	}
	var names []string
	for i := o.First; i < o.First+o.Jobs; i++ {
		if o.Npz != "" {
			names = append(names, filepath.Join(o.Dir, file.Indexed(o.Npz, i)))
		} else {
			names = append(names, filepath.Join(o.Dir, file.Indexed(o.A, i)), filepath.Join(o.Dir, file.Indexed(o.B, i)))
		}
	}
	if name, twice := repeated(names); twice {
		return status.UsageError(fmt.Errorf("two of the matrices would be written to %s", name), "give -a and -b names that no index makes equal")
	}
	for _, name := range names[:min(2, len(names))] { // the others differ in the index only
		if err := file.Check(name); err != nil {
			return outputError(err)
		}
	}
	form := newInputForm(o.Random.header(o.Size), o.Npz != "")
	replaced, err := existing(names, o.Force)
	if err != nil {
		return err
	}
	fileSize := float64(form.size)
	// A file that is replaced stays until the new one is complete.
	if err := checkSpace(o.Dir, float64(fileSize*float64(len(names)))-replaced+min(replaced, fileSize), "-jobs and -size make less"); err != nil {
		return err
	}
	if err := makeDir(o.Dir); err != nil {
		return err
	}
	return o.drawAll(ctx, names, form, show)
}

// repeated returns a name that stands twice in the list, if any.
func repeated(names []string) (name string, twice bool) {
	seen := make(map[string]bool, len(names))
	for _, name := range names {
		if seen[key(name)] {
			return name, true
		}
		seen[key(name)] = true
	}
	return "", false
}

// existing returns the size of the files that will be replaced, in bytes; unless
// they may be, there must be none. Each must be one that can be replaced.
func existing(names []string, replace bool) (size float64, err error) {
	var errs []error
	first, others := "", 0
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil {
			continue
		}
		errs = append(errs, outputError(file.Check(name)))
		size += float64(info.Size())
		if first == "" {
			first = name
		} else {
			others++
		}
	}
	if replace || first == "" {
		return size, errors.Join(errs...)
	}
	more := ""
	if others > 0 {
		more = fmt.Sprintf(" (as do others, %d in all)", others+1)
	}
	return 0, status.UsageError(fmt.Errorf("%s: exists already%s; nothing was written", first, more), "-force replaces them, -dir writes elsewhere")
}

// makeDir makes a folder that may be there already.
func makeDir(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("%s: the folder cannot be made: %w", dir, file.Cause(err))
	}
	return nil
}

// nearest returns a folder, or while it is not there the nearest one above it that is.
func nearest(dir string) string {
	for dir = filepath.Clean(dir); dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return dir
}

// checkSpace returns an error unless the folder, which may not be there yet, has room
// for the bytes needed. The hint says what needs fewer.
func checkSpace(dir string, needed float64, less string) error {
	free, err := freeSpace(nearest(dir))
	if err != nil {
		return fmt.Errorf("%s: free space cannot be determined: %w", dir, err)
	}
	if needed > float64(free) {
		return status.WithHint(fmt.Errorf("%s: %s are needed, %s are free; nothing was written", dir, text.Size(int64(min(needed, 1<<62))), text.Size(free)),
			"-dir names another folder; "+less)
	}
	return nil
}
