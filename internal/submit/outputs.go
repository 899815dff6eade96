package submit

import (
	"context"
	"path"
	"slices"
	"strings"

	"matpool/condor/jobfile"
	"matpool/internal/file"
)

// The default names of matprod's outputs.
const (
	defaultOutput  = "output.npy"
	defaultPartial = "partial.npz"
)

// outputs are the files that come back from jobs.
type outputs struct {
	names []string // without an index; none if another program's are unknown
	sums  bool     // each name has a file for each job, not for each product
}

func outputsOf(r *jobfile.Request) outputs {
	names := r.IndexedOutputs
	switch {
	case !r.Sum && len(names) == 0 && r.Matprod:
		names = []string{defaultOutput}
	case r.Sum && len(names) == 0:
		names = []string{defaultPartial}
	case r.Sum && !strings.EqualFold(path.Ext(names[0]), ".npz"): // this name is for products
		names = []string{path.Join(path.Dir(names[0]), defaultPartial)}
	}
	return outputs{names, r.Sum}
}

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
