package flow

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sync/errgroup"

	"matpool/internal/atomicfile"
	"matpool/internal/indexed"
	"matpool/internal/nprand"
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

// chunk is how many values are drawn at once: 1 MiB, which stays in a core's cache
// until another core writes it to its file.
const chunk = 128 << 10

// Run writes the files. It refuses beforehand if one of them exists, or if they
// do not all fit on the disk.
func (in Init) Run(ctx context.Context, show progress.Func) error {
	names := make([]string, 0, 2*in.Jobs)
	for i := range in.Jobs {
		names = append(names, filepath.Join(in.Dir, indexed.Name(in.A, i)), filepath.Join(in.Dir, indexed.Name(in.B, i)))
	}
	if name, twice := repeated(names); twice {
		return status.UsageError(fmt.Errorf("two of the matrices would be written to %s", name), "give -a and -b names that no index makes equal")
	}
	for _, name := range names[:2] { // the others differ in the index only
		if err := atomicfile.Check(name); err != nil {
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

	const ahead = 8 // chunks between the generator and the writer
	free, drawn := make(chan []float64, ahead), make(chan []float64, ahead)
	for range ahead {
		free <- make([]float64, min(chunk, count))
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return in.draw(ctx, len(names), count, free, drawn) })
	g.Go(func() error {
		for i, name := range names {
			if err := in.write(ctx, name, h, count, free, drawn); err != nil {
				return err
			}
			show(int64(i+1), int64(len(names)))
		}
		return nil
	})
	return g.Wait()
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
		errs = append(errs, outputError(atomicfile.Check(name)))
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

// draw fills chunks with random numbers, file after file.
func (in Init) draw(ctx context.Context, files int, count int64, free <-chan []float64, drawn chan<- []float64) error {
	source := nprand.New(in.Seed)
	for range files {
		for left := count; left > 0; {
			var x []float64
			select {
			case x = <-free:
			case <-ctx.Done():
				return ctx.Err()
			}
			x = x[:min(int64(cap(x)), left)]
			source.Float64s(x)
			left -= int64(len(x))
			drawn <- x // never blocks: there are as many places as chunks
		}
	}
	return nil
}

// write writes one file of chunks.
func (in Init) write(ctx context.Context, name string, h npyio.Header, count int64, free chan<- []float64, drawn <-chan []float64) error {
	out, err := create(name, h)
	if err != nil {
		return err
	}
	defer out.Close()
	for left := count; left > 0; {
		var x []float64
		select {
		case x = <-drawn:
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := npyio.WriteFloat64s(out, x); err != nil {
			return err
		}
		left -= int64(len(x))
		free <- x
	}
	return out.Commit(in.Sync)
}
