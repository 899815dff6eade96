package submit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"matpool/condor"
	"matpool/internal/base/file"
	"matpool/internal/status"
)

// checkNames makes sure that no output has the name of an input: neither in a job's folder,
// where files have the last part of their names, nor here, where input1.npy with index 0 is
// input.npy with index 10.
func checkNames(t task) error {
	inputs := map[condor.Template]string{}
	for _, name := range t.Inputs {
		inputs[condor.Literal(condor.Base(name))] = name
	}
	for _, name := range t.IndexedInputFiles() {
		inputs[t.inJob(name)] = name
	}
	var errs []error
	for _, output := range t.outputs.names {
		if input, clash := inputs[t.inJob(output)]; clash && !t.Matprod { // matprod's outputs go to the outbox
			errs = append(errs, status.DataError(fmt.Errorf("%s: indexed_output_files: %s and %s would have the same name in a job's folder", t.File, output, input),
				"give the outputs different names, as in indexed_output_files = results/output.npy"))
		}
		for _, input := range t.Inputs {
			if index, clash := indexOf(output, input, t.FirstIndex, t.TotalJobs); clash {
				errs = append(errs, status.DataError(fmt.Errorf("%s: indexed_output_files: %s is also in input_files", t.File, file.Indexed(output, index)),
					"choose another name for the outputs"))
			}
		}
		for _, input := range t.IndexedInputFiles() {
			if index, clash := commonIndex(output, input, t.FirstIndex, t.TotalJobs); clash {
				errs = append(errs, status.DataError(fmt.Errorf("%s: indexed_output_files: %s is also an input", t.File, file.Indexed(output, index)),
					"choose a name that differs from the inputs' by more than an index"))
			}
		}
	}
	return errors.Join(errs...)
}

// indexOf finds an index for which a name equals another name.
func indexOf(name, other string, first, count int) (index int, found bool) {
	if withoutIndex(name) != withoutIndex(other) {
		return 0, false
	}
	for i, indexed := range file.IndexedRange(name, first, count) {
		if filepath.Clean(indexed) == filepath.Clean(other) {
			return first + i, true
		}
	}
	return 0, false
}

// commonIndex finds an index for which a name equals the other name with another index.
func commonIndex(name, other string, first, count int) (index int, found bool) {
	if withoutIndex(name) != withoutIndex(other) {
		return 0, false
	}
	others := make(map[string]bool, count)
	for _, indexed := range file.IndexedRange(other, first, count) {
		others[filepath.Clean(indexed)] = true
	}
	for i, indexed := range file.IndexedRange(name, first, count) {
		if others[filepath.Clean(indexed)] {
			return first + i, true
		}
	}
	return 0, false
}

// withoutIndex removes the index and all digits from a name.
func withoutIndex(name string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return -1
		}
		return r
	}, filepath.Clean(file.InsertIndex(name, "")))
}

// folders returns the names of the folders for the jobs' outputs and logs.
func folders(t task) []string {
	names := t.outputFolders()
	for _, name := range []condor.Template{t.Stdout, t.Stderr, t.Log} {
		names = append(names, foldersOf(t, name)...)
	}
	if t.outputs.folders() {
		names = append(names, t.outputs.folder)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// outputFolders returns the names of the folders for the named outputs.
func (t task) outputFolders() (names []string) {
	for _, name := range t.outputs.names {
		names = append(names, foldersOf(t, condor.Indexed(name))...)
	}
	return names
}

// foldersOf returns the names of the folders for files with an index in their names.
func foldersOf(t task, name condor.Template) []string {
	dir := condor.Template(path.Dir(string(name)))
	if !dir.PerJob() {
		return []string{dir.Expand(0, 0, 1)}
	}
	names := make([]string, t.TotalJobs)
	for i := range names {
		index := t.FirstIndex + i
		names[i] = dir.Expand(index, index, 1)
	}
	return names
}

// checkFolders makes sure that the folders for the jobs' files are writable or can be made,
// and that the log is writable.
func checkFolders(t task) error {
	var errs []error
	for _, dir := range folders(t) {
		errs = append(errs, checkFolder(dir))
	}
	errs = append(errs, checkLinks(t))
	if log := t.Log.Expand(t.FirstIndex, t.FirstIndex, 1); exists(log) {
		if err := file.Check(log); err != nil {
			errs = append(errs, status.UsageError(err, ""))
		} else if err := access(log, write); err != nil {
			errs = append(errs, fmt.Errorf("%s: the log is not writable: %w", log, err))
		}
	}
	return errors.Join(errs...)
}

func checkFolder(dir string) error {
	for ancestor := dir; ; ancestor = path.Dir(ancestor) {
		info, err := os.Stat(ancestor)
		switch {
		case errors.Is(err, fs.ErrNotExist) && path.Dir(ancestor) != ancestor:
			continue
		case err != nil:
			return fmt.Errorf("%s: the folder cannot be used: %w", dir, file.Cause(err))
		case !info.IsDir():
			return status.UsageError(fmt.Errorf("%s: is a file, but must be a folder", ancestor), "")
		}
		if err := access(ancestor, write|enter); err != nil {
			return fmt.Errorf("%s: the folder is not writable: %w", ancestor, err)
		}
		return nil
	}
}

// checkTargets makes sure that the files to write are writable, and that matsubmit wrote
// those that exist.
func checkTargets(t task) error {
	var targets []string
	if t.DAG {
		targets = []string{t.dagFile(), t.subFile(), t.combineFile()}
	} else if t.Output != "-" {
		targets = []string{t.subFile()}
	}
	var errs []error
	for _, name := range targets {
		errs = append(errs, checkFolder(path.Dir(name)))
		if err := file.Check(name); err != nil {
			errs = append(errs, status.UsageError(err, ""))
		}
		switch {
		case file.Same(name, t.File):
			errs = append(errs, status.UsageError(fmt.Errorf("%s: is the submission file itself", name), ""))
		case isFile(name) && !isMarked(name) && !t.Force:
			errs = append(errs, status.UsageError(fmt.Errorf("%s: already exists, and was not written by matsubmit", name), "-force replaces it; -o writes to another file"))
		}
	}
	return errors.Join(errs...)
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}
