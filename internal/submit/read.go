package submit

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"matpool/condor"
	"matpool/condor/jobfile"
	"matpool/internal/file"
	"matpool/internal/flow"
	"matpool/internal/status"
	"matpool/internal/text"
)

// A task is the user's request. All stages take it, and none changes it.
type task struct {
	Options
	*jobfile.Request
	pair    flow.Pair // of matprod: the factors, without an index
	outputs outputs
	generic bool // in a job's folder, indexed files have names without an index
}

// read reads the simplified submission file.
func read(o Options) (task, error) {
	content, err := readText(o.File)
	if err != nil {
		return task{}, err
	}
	parsed, err := jobfile.Parse(o.File, content)
	if err != nil {
		return task{}, syntaxErrors(o, err)
	}
	r, err := parsed.Request(o.Overrides...)
	if err != nil {
		return task{}, syntaxErrors(o, err)
	}
	if r.ProductsPerJob == 0 && !r.Matprod {
		return task{}, status.DataError(fmt.Errorf("%s: products_per_job: auto is only for matprod: the time of another program is not known", o.File), "")
	}
	indexed := slices.ContainsFunc(r.Arguments, func(t condor.Template) bool {
		return t.Uses("index") || t.Uses("first") || t.Uses("count")
	})
	if r.ProductsPerJob > 1 && !r.Matprod {
		if err := checkRanged(r); err != nil {
			return task{}, status.DataError(fmt.Errorf("%s: products_per_job: %w", o.File, err), "as in arguments = --first $(first) --count $(count)")
		}
	}
	if last := r.FirstIndex + r.TotalJobs - 1; last > file.MaxIndex {
		return task{}, status.DataError(fmt.Errorf("%s: first_index and total_jobs: the last index is %d, but the limit is %d", o.File, last, file.MaxIndex), "")
	}
	t := task{Options: o, Request: r, outputs: outputsOf(r, filepath.Base(o.File)), generic: !r.Matprod && !indexed}
	if jobs := jobCount(r.TotalJobs, max(r.ProductsPerJob, 1)); t.outputs.folders() && jobs > maxFolders {
		return task{}, status.DataError(fmt.Errorf("%s: indexed_output_files: without it each job returns all its new files to a folder of its own; that is for tests with up to %s jobs, and here are %s",
			o.File, text.Number(maxFolders), text.Number(jobs)), "name the outputs, as in indexed_output_files = result.txt")
	}
	if t.Matprod {
		if t.pair, err = pairOf(r); err != nil {
			return task{}, status.DataError(fmt.Errorf("%s: %w", o.File, err), "")
		}
	}
	return t, nil
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

// syntaxErrors gives each error the status of its place: the file or the command line.
func syntaxErrors(o Options, err error) error {
	const hint = "matsubmit -help lists the attributes"
	return mapErrors(err, func(err error) error {
		if syntax := (*condor.SyntaxError)(nil); errors.As(err, &syntax) && syntax.File != o.File {
			return status.UsageError(err, hint)
		}
		return status.DataError(err, hint)
	})
}

// mapErrors applies change to each of several joined errors.
func mapErrors(err error, change func(error) error) error {
	var errs []error
	for _, err := range status.List(err) {
		errs = append(errs, change(err))
	}
	return errors.Join(errs...)
}

func readText(name string) (string, error) {
	const hint = "name the simplified submission file, as in matsubmit run_product"
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", status.DataError(fmt.Errorf("%s: no such file", name), hint)
	case err != nil:
		return "", fmt.Errorf("%s: cannot be read: %w", name, file.Cause(err))
	case info.IsDir():
		return "", status.DataError(fmt.Errorf("%s: is a folder, not a simplified submission file", name), "")
	}
	f, err := os.Open(name)
	if err != nil {
		return "", fmt.Errorf("%s: cannot be read: %w", name, file.Cause(err))
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, jobfile.MaxSize+1)) // the size of a pipe is not known
	if err != nil {
		return "", fmt.Errorf("%s: cannot be read: %w", name, file.Cause(err))
	}
	text, err := jobfile.Decode(content)
	if err != nil {
		return "", status.DataError(fmt.Errorf("%s: is not a simplified submission file: it %w", name, err), hint)
	}
	return text, nil
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
