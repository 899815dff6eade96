// Package random writes pairs of random matrices with numpy's numbers.
package random

import (
	"context"
	"fmt"
	"path/filepath"

	"matpool/internal/arrayfile"
	"matpool/internal/base/file"
	"matpool/internal/progress"
	"matpool/internal/record"
	"matpool/internal/status"
)

// Options say which random inputs [Write] writes.
type Options struct {
	Dir        string
	A, B       string // names without the index
	Npz        string // the name without the index of the archives of A and B; or none
	Jobs, Size int
	Numbers    Numbers
	Streams    bool // each pair has its own stream, that of np.random.default_rng([seed, i])
	First      int  // with Streams: the first pair's number
	Threads    int
	Force      bool          // replace files that are there
	Sync       bool          // flush each file to the disk
	Hashes     *record.Cache // remembers the files' hashes; or nil
}

// Write writes random inputs: for i = 0 … Jobs−1, A then B, each a Size×Size matrix,
// filled row by row from one stream; with Streams from one for each pair, i = First … First+Jobs−1.
// They are the files that numpy writes with these random numbers, or, if Npz is given,
// np.savez(file, A=a, B=b). Write refuses beforehand if one of them exists, or if they do not all fit on the disk.
func Write(ctx context.Context, o Options, show progress.Func) error {
	if err := o.Numbers.Check(); err != nil {
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
	if name, twice := arrayfile.Repeated(names); twice {
		return status.UsageError(fmt.Errorf("two of the matrices would be written to %s", name), "give -a and -b names that differ by more than an index")
	}
	for _, name := range names[:min(2, len(names))] { // the others differ in the index only
		if err := file.Check(name); err != nil {
			return arrayfile.OutputError(err)
		}
	}
	form := newInputForm(o.Numbers.Header(o.Size), o.Npz != "")
	replaced, err := arrayfile.Existing(names, o.Force)
	if err != nil {
		return err
	}
	fileSize := float64(form.size)
	// A file that is replaced stays until the new one is complete.
	if err := arrayfile.CheckSpace(o.Dir, float64(fileSize*float64(len(names)))-replaced+min(replaced, fileSize), "-jobs and -size make less"); err != nil {
		return err
	}
	if err := arrayfile.MakeDir(o.Dir); err != nil {
		return err
	}
	return o.drawAll(ctx, names, form, show)
}
