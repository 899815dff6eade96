package flow

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"matpool/internal/file"
	"matpool/internal/progress"
	"matpool/internal/status"
	"matpool/npyio"
)

// An Init says which random inputs to write: for i = 0 … Jobs−1, A then B, each a
// Size×Size matrix, uniform on [0, 1), filled row by row from one stream: the files
// that numpy writes after np.random.seed(Seed).
type Init struct {
	Dir        string
	A, B       string // names without the index
	Jobs, Size int
	Seed       uint32
	Force      bool // replace files that are there
	Sync       bool // flush each file to the disk
}

// Run writes the files. It refuses beforehand if one of them exists, or if they
// do not all fit on the disk.
func (in Init) Run(ctx context.Context, show progress.Func) error {
	names := make([]string, 0, 2*in.Jobs)
	for i := range in.Jobs {
		names = append(names, filepath.Join(in.Dir, file.Indexed(in.A, i)), filepath.Join(in.Dir, file.Indexed(in.B, i)))
	}
	if name, twice := repeated(names); twice {
		return status.UsageError(fmt.Errorf("two of the matrices would be written to %s", name), "give -a and -b names that no index makes equal")
	}
	for _, name := range names[:2] { // the others differ in the index only
		if err := file.Check(name); err != nil {
			return outputError(err)
		}
	}
	h := npyio.Header{DType: npyio.Float64, Shape: []int{in.Size, in.Size}}
	replaced, err := in.existing(names)
	if err != nil {
		return err
	}
	count, _ := h.Len()
	fileSize := float64(len(h.Append(nil))) + 8*float64(count)
	// A file that is replaced stays until the new one is complete.
	if err := checkSpace(in.Dir, fileSize*float64(len(names))-replaced+min(replaced, fileSize)); err != nil {
		return err
	}
	if err := os.MkdirAll(in.Dir, 0o777); err != nil {
		if path := (*fs.PathError)(nil); errors.As(err, &path) {
			err = path.Err
		}
		return fmt.Errorf("%s: the folder cannot be made: %w", in.Dir, err)
	}

	return in.drawAll(ctx, names, h, show)
}

// repeated returns a name that stands twice in the list, if there is one.
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

// existing returns the size of the files that will be replaced, in bytes; without
// Force, there must be none. What is there must be such that it can be replaced.
func (in Init) existing(names []string) (size float64, err error) {
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
	if in.Force || first == "" {
		return size, errors.Join(errs...)
	}
	more := ""
	if others > 0 {
		more = fmt.Sprintf(" (as do others, %d in all)", others+1)
	}
	return 0, status.UsageError(fmt.Errorf("%s: exists already%s; nothing was written", first, more), "-force replaces them, -dir writes elsewhere")
}

// checkSpace returns an error unless the folder, which may not be there yet, has room
// for so many bytes.
func checkSpace(dir string, needed float64) error {
	free, err := freeSpace(dir)
	for parent := filepath.Clean(dir); errors.Is(err, fs.ErrNotExist) && parent != filepath.Dir(parent); {
		parent = filepath.Dir(parent)
		free, err = freeSpace(parent)
	}
	if err != nil {
		return fmt.Errorf("%s: free space cannot be determined: %w", dir, err)
	}
	if needed > float64(free) {
		return status.WithHint(fmt.Errorf("%s: %.2f GB are needed, %.2f GB are free; nothing was written", dir, needed/1e9, float64(free)/1e9),
			"-dir names another folder; -jobs and -size make less")
	}
	return nil
}
