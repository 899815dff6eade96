package submit

import (
	"fmt"
	"path/filepath"
	"slices"

	"matpool/condor"
	"matpool/condor/jobfile"
	"matpool/internal/base/file"
	"matpool/internal/base/text"
	"matpool/internal/pair"
	"matpool/internal/request"
	"matpool/internal/status"
)

// A task is the user's request. All stages take it, and none changes it.
type task struct {
	Options
	*jobfile.Request
	pair    pair.Pair // of matprod: the factors, without an index
	outputs outputs
	generic bool // in a job's folder, indexed files have names without an index
}

// read reads the simplified submission file.
func read(o Options) (task, error) {
	r, err := request.Read(o.File, o.Overrides...)
	if err != nil {
		return task{}, err
	}
	if r.ProductsPerJob == 0 && !r.Matprod {
		return task{}, status.DataError(fmt.Errorf("%s: products_per_job: auto is only for matprod: the time of another program is not known", o.File), "")
	}
	if r.ProductsPerJob > 1 && !r.Matprod {
		if err := checkRanged(r); err != nil {
			return task{}, status.DataError(fmt.Errorf("%s: products_per_job: %w", o.File, err), "as in arguments = --first $(first) --count $(count)")
		}
	}
	t := task{Options: o, Request: r, outputs: outputsOf(r, filepath.Base(o.File)), generic: !r.Matprod && !wantsIndex(r)}
	if jobs := jobCount(r.TotalJobs, max(r.ProductsPerJob, 1)); t.outputs.folders() && jobs > maxFolders {
		return task{}, status.DataError(fmt.Errorf("%s: indexed_output_files: without it each job returns all its new files to a folder of its own; that is for tests with up to %s jobs, and here are %s",
			o.File, text.Number(maxFolders), text.Number(jobs)), "name the outputs, as in indexed_output_files = result.txt")
	}
	if t.Matprod {
		if t.pair, err = pair.Requested(r); err != nil {
			return task{}, status.DataError(fmt.Errorf("%s: %w", o.File, err), "")
		}
	}
	return t, nil
}

// wantsIndex reports whether another program gets files whose names have an index: it says so
// in its arguments, or in the last part of a name.
func wantsIndex(r *jobfile.Request) bool {
	return slices.ContainsFunc(r.Arguments, func(t condor.Template) bool {
		return t.Uses("index") || t.Uses("first") || t.Uses("count")
	}) || slices.ContainsFunc(slices.Concat(r.IndexedInputs, r.IndexedOutputs), func(name string) bool {
		return file.PlacesIndex(condor.Base(name))
	})
}

// inJob returns the name in a job's folder of a numbered file: the last part of its name, with
// the index unless the program knows nothing of it, or only a folder's name has it.
func (t task) inJob(name string) condor.Template {
	base := condor.Base(name)
	if t.generic || file.PlacesIndex(name) && !file.PlacesIndex(base) && !t.Matprod {
		return condor.Literal(base)
	}
	return condor.Indexed(base)
}

// maxFolders is the largest number of jobs whose outputs are not named.
const maxFolders = 1000

// checkRanged makes sure that another program learns which products a job has.
func checkRanged(r *jobfile.Request) error {
	for _, macro := range []string{"first", "count"} {
		if !slices.ContainsFunc(r.Arguments, func(t condor.Template) bool { return t.Uses(macro) }) {
			return fmt.Errorf("a program other than matprod learns the numbers of a job's %d products from $(first) and $(count) in arguments, but $(%s) is not there", r.ProductsPerJob, macro)
		}
	}
	return nil
}

// subFile returns the name of the submit description, relative to the current folder.
func (o Options) subFile() string {
	switch p := filepath.ToSlash(o.File); {
	case o.DAG:
		return p + ".node.sub"
	case o.Output == "":
		return p + ".sub"
	}
	return filepath.ToSlash(o.Output)
}

// The names of the other files that matsubmit and the DAG write.
func (o Options) dagFile() string     { return filepath.ToSlash(o.File) + ".dag" }
func (o Options) combineFile() string { return filepath.ToSlash(o.File) + ".combine.sub" }
func (o Options) normFile() string    { return filepath.ToSlash(o.File) + ".norm" }
