package submit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"

	"matpool/condor"
	"matpool/internal/arrayfile"
	"matpool/internal/base/file"
	"matpool/internal/status"
)

// folders returns the names of the folders for the jobs' outputs and logs.
func folders(t task) []string {
	names := t.outputFolders()
	for _, name := range []condor.Template{t.Stdout, t.Stderr, t.Log} {
		names = append(names, foldersOf(t, name)...)
	}
	if t.files.Folder != "" {
		names = append(names, t.files.Folder)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (t task) outputFolders() (names []string) {
	for _, name := range t.files.Names {
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
	names := make([]string, min(t.TotalJobs, file.MaxCount)) // sums have the numbers of jobs
	for i := range names {
		index := t.FirstIndex + i
		names[i] = dir.Expand(index, index, 1)
	}
	return names
}

func makeFolders(dirs []string) error {
	for _, dir := range dirs {
		if err := arrayfile.MakeDir(dir); err != nil {
			return err
		}
	}
	return nil
}

// checkFolders makes sure that the folders for the jobs' files are writable or can be made,
// that those which matsubmit fills are what it expects, and that the log is writable.
func checkFolders(t task) error {
	var errs []error
	for _, dir := range folders(t) {
		errs = append(errs, checkFolder(dir))
	}
	if t.generic && len(t.IndexedInputs) > 0 {
		errs = append(errs, checkOurs(t.linkFolder(), "links to the inputs"), checkFolder(t.linkFolder()))
	}
	if name := t.outbox(); name != "" {
		errs = append(errs, checkEmpty(name, "every job gets this folder and returns its content", "empty the folder"))
	}
	if log := t.Log.Expand(t.FirstIndex, t.FirstIndex, 1); exists(log) {
		if err := file.Check(log); err != nil {
			errs = append(errs, status.UsageError(err, ""))
		} else if err := access(log, write); err != nil {
			errs = append(errs, fmt.Errorf("%s: the log is not writable: %w", log, err))
		}
	}
	return errors.Join(errs...)
}

// checkFolder makes sure that a folder is writable, or can be made.
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

// checkOurs makes sure that a name is free for a folder that matsubmit makes, or is a folder. A link to a
// folder is not one: it could lead to other data, or make HTCondor refuse the folder.
func checkOurs(name, purpose string) error {
	if info, err := os.Lstat(name); err == nil && !info.IsDir() {
		return status.UsageError(fmt.Errorf("%s: must be a folder for %s", name, purpose), "rename it")
	}
	return nil
}

// checkEmpty makes sure that a folder is empty, or does not exist yet.
func checkEmpty(dir, why, hint string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case err != nil && isFile(dir): // first, since Windows says of a file that there is no such folder
		return status.UsageError(fmt.Errorf("%s: is a file, but must be a folder", dir), "")
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("%s: the folder cannot be read: %w", dir, file.Cause(err))
	case len(entries) > 0:
		return status.UsageError(fmt.Errorf("%s: must be empty, but contains %s: %s", dir, entries[0].Name(), why), hint)
	}
	return nil
}

// checkJobFolders makes sure that the folders for the outputs of jobs, if the outputs are not named,
// are empty, and where HTCondor looks for them.
func checkJobFolders(t task) error {
	if t.files.Folder == "" {
		return nil
	}
	if err := checkOurs(t.files.Folder, "the outputs of the jobs"); err != nil {
		return err
	}
	for _, b := range t.batches {
		err := checkEmpty(t.files.FolderOf(b.index), fmt.Sprintf("it is for the new files of job %d; nothing was submitted", b.index),
			"remove "+t.files.Folder+", or name the outputs with indexed_output_files")
		if err != nil {
			return err
		}
	}
	return nil
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

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}
