package submit

import (
	"context"
	"path"
	"path/filepath"
	"slices"
	"strconv"

	"matpool/condor/jobfile"
	"matpool/internal/base/file"
)

// outputs are the files that come back from jobs.
type outputs struct {
	names []string // without an index; none if another program's are unknown
	sums  bool     // each name has a file for each job, not for each product
	// folder contains, if the names are unknown, a folder for the outputs of each job.
	folder string
}

// outputsOf returns the outputs. The base is the simplified file's name.
func outputsOf(r *jobfile.Request, base string) outputs {
	o := outputs{names: r.Outputs(), sums: r.Sum}
	if len(o.names) == 0 {
		o.folder = base + ".out"
	}
	return o
}

// folders reports whether each job's outputs come back to a folder of its own.
func (o outputs) folders() bool { return o.folder != "" }

// folderOf returns the folder for all outputs of a job.
func (o outputs) folderOf(b batch) string { return path.Join(o.folder, strconv.Itoa(b.index)) }

// of returns the names of a job's outputs.
func (o outputs) of(b batch) []string {
	var names []string
	for _, name := range o.names {
		if o.sums {
			names = append(names, file.Indexed(name, b.index))
		} else {
			names = append(names, file.IndexedRange(name, b.first, b.count)...)
		}
	}
	return names
}

// existing returns the names of the jobs' outputs that exist.
func (o outputs) existing(ctx context.Context, batches []batch) ([]string, error) {
	found := make([][]string, len(batches))
	err := forEach(ctx, len(batches), func(int64, int64) {}, func(i int) error {
		found[i] = slices.DeleteFunc(o.of(batches[i]), func(name string) bool { return !exists(name) })
		return nil
	})
	return slices.Concat(found...), err
}

// fromLog returns the names of the submit description and of the outputs relative to the log's
// folder, where matwatch looks for them; an absolute name if there is no relative one.
func fromLog(t task) (description string, names []string) {
	folder := path.Dir(string(t.Log))
	relative := func(name string) string {
		short, err := filepath.Rel(filepath.FromSlash(folder), filepath.FromSlash(name))
		if err != nil {
			short, _ = filepath.Abs(name)
		}
		return filepath.ToSlash(short)
	}
	if t.Output != "-" {
		description = relative(t.subFile())
	}
	for _, name := range t.outputs.names {
		names = append(names, relative(name))
	}
	return description, names
}
