package submit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"matpool/condor"
	"matpool/condor/submitfile"
	"matpool/internal/file"
	"matpool/internal/status"
	"matpool/internal/text"
)

// The names that matprod gives its outputs where the file names none.
const (
	defaultOutput  = "output.npy"
	defaultPartial = "partial.npz"
)

// outputs returns the names, without the index, of what comes back: of each product, or
// of each job where it returns a sum. There are none where another program's are not
// known.
func (p *plan) outputs() []string {
	names := p.job.IndexedOutputs
	if !p.job.Sum {
		if len(names) == 0 && p.job.Matprod {
			return []string{defaultOutput}
		}
		return names
	}
	switch {
	case len(names) == 0:
		return []string{defaultPartial}
	case strings.EqualFold(path.Ext(names[0]), ".npz"):
		return names
	}
	// The file's name is that of the products.
	return []string{path.Join(path.Dir(names[0]), defaultPartial)}
}

// outputsOf returns the names of what a job returns.
func (p *plan) outputsOf(row submitfile.Job) []string {
	var names []string
	for _, name := range p.outputs() {
		if p.job.Sum {
			names = append(names, file.Indexed(name, row.Index))
			continue
		}
		for i := range row.Count {
			names = append(names, file.Indexed(name, row.First+i))
		}
	}
	return names
}

// again is the hint where something is there or in the queue already.
func (p *plan) again() string {
	if p.DAG {
		return "-force makes all of it again"
	}
	return "-resubmit submits what is missing, -force makes all of it again"
}

// checkOutputs makes sure that nothing is there that the jobs would replace.
func (p *plan) checkOutputs(ctx context.Context) error {
	if p.Force {
		return nil
	}
	found := make([][]string, len(p.all))
	err := p.forAll(ctx, len(p.all), func(int64, int64) {}, func(i int) error {
		for _, name := range p.outputsOf(p.all[i]) {
			if exists(name) {
				found[i] = append(found[i], name)
			}
		}
		return nil
	})
	names := slices.Concat(found...)
	if p.DAG && p.combines() && exists(p.normFile()) {
		names = append(names, p.normFile())
	}
	if err != nil || len(names) == 0 {
		return err
	}
	verb := "exist"
	if len(names) == 1 {
		verb = "exists"
	}
	return status.UsageError(fmt.Errorf("%s: %s already; nothing was submitted", text.First(names, ", "), verb), p.again())
}

// removeOutputs removes what is there of outputs that are made again, so that, if a job
// fails, nobody takes the old one for the new.
func (p *plan) removeOutputs(say io.Writer) error {
	n := 0
	for _, row := range p.rows {
		for _, name := range p.outputsOf(row) {
			switch err := os.Remove(name); {
			case err == nil:
				n++
			case !errors.Is(err, fs.ErrNotExist):
				return fmt.Errorf("%s: cannot be removed: %w", name, file.Cause(err))
			}
		}
	}
	if n > 0 {
		fmt.Fprintf(say, "%s removed, to be made again\n", text.Count(n, "output"))
	}
	return nil
}

// noteShared says where jobs overwrite what others have written.
func (p *plan) noteShared() {
	for _, stream := range []struct {
		name string
		condor.Template
	}{{"stdout", p.job.Stdout}, {"stderr", p.job.Stderr}} {
		if len(p.all) > 1 && !stream.PerJob() {
			p.notes = append(p.notes, fmt.Sprintf("%s: all jobs write to %s, and the last one's stays; indexed_%s gives each its own",
				stream.name, stream.Expand(0, 0, 1), stream.name))
		}
	}
}

// folders returns those that the jobs write to when they come back, without a look at
// the disk.
func (p *plan) folders() []string {
	var names []string
	for _, t := range []condor.Template{p.job.Stdout, p.job.Stderr, p.job.Log} {
		if dir := condor.Template(path.Dir(string(t))); !dir.PerJob() {
			names = append(names, path.Dir(t.Expand(p.job.FirstIndex, p.job.FirstIndex, 1)))
			continue
		}
		for i := range p.job.TotalJobs {
			index := p.job.FirstIndex + i
			names = append(names, path.Dir(t.Expand(index, index, 1)))
		}
	}
	for _, name := range p.outputs() {
		names = append(names, path.Dir(name))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// checkFolders makes sure that the folders of [plan.folders] can be written to, or made,
// and the log be added to.
func (p *plan) checkFolders() error {
	var errs []error
	for _, dir := range p.folders() {
		errs = append(errs, checkFolder(dir))
	}
	if log := p.job.Log.Expand(p.job.FirstIndex, p.job.FirstIndex, 1); exists(log) {
		if err := file.Check(log); err != nil {
			errs = append(errs, status.UsageError(err, ""))
		} else if err := access(log, write); err != nil {
			errs = append(errs, fmt.Errorf("%s: the log cannot be written to: %w", log, err))
		}
	}
	return errors.Join(errs...)
}

func checkFolder(dir string) error {
	for there := dir; ; there = path.Dir(there) {
		info, err := os.Stat(there)
		switch {
		case errors.Is(err, fs.ErrNotExist) && path.Dir(there) != there:
			continue
		case err != nil:
			return fmt.Errorf("%s: the folder cannot be used: %w", dir, file.Cause(err))
		case !info.IsDir():
			return status.UsageError(fmt.Errorf("%s: is a file, where a folder is needed", there), "")
		}
		if err := access(there, write|enter); err != nil {
			return fmt.Errorf("%s: the folder cannot be written to: %w", there, err)
		}
		return nil
	}
}
