package arrayfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"matpool/internal/base/file"
	"matpool/internal/base/text"
	"matpool/internal/record"
	"matpool/internal/status"
)

// OwnName is the hint for an output that is an input or another output.
const OwnName = "give each output its own name"

// Resolved returns a path without symbolic links, or as it is if nothing is there.
func Resolved(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	return file.Key(path)
}

// CheckDistinct returns an error if the output is one of the inputs by another name,
// through a link.
func CheckDistinct(output string, inputs ...string) error {
	out, err := os.Stat(output)
	if err != nil {
		return nil // it does not exist yet; whatever else is wrong shows when it is made
	}
	for _, input := range inputs {
		if in, err := os.Stat(input); err == nil && os.SameFile(in, out) {
			return status.UsageError(fmt.Errorf("%s: the output is the input %s", output, input), OwnName)
		}
	}
	return nil
}

// CheckReplaced returns an error if one of the outputs would replace a file that is no output: one that has
// neither a record as the result of a product or a sum, nor a default name. Those are what numpy's flow writes.
func CheckReplaced(outputs ...string) error {
	folders := map[string]*record.Folder{}
	for _, name := range outputs {
		if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() || IsDefault(filepath.Base(name)) {
			continue
		}
		dir := filepath.Dir(name)
		if folders[dir] == nil {
			f, err := record.Load(dir)
			if err != nil {
				return err
			}
			folders[dir] = f
		}
		isResult := func(r record.Record) bool { return slices.Contains(results, r.Recipe.Op()) }
		if base := filepath.Base(name); !slices.ContainsFunc(folders[dir].Of(base), isResult) && !folders[dir].Begun(base) {
			return status.UsageError(fmt.Errorf("%s: exists, and is not known to be an output; nothing was written", name), "the output's name comes last; -force replaces the file")
		}
	}
	return nil
}

// Begin has it recorded that outputs are about to be written, so that [CheckReplaced] knows them before they have
// their records.
func Begin(r *record.Recorder, outputs ...string) {
	r.Begin(slices.DeleteFunc(slices.Clone(outputs), func(name string) bool { return IsDefault(filepath.Base(name)) }))
}

// results are the operations of recipes whose files are made again by the same command.
var results = []string{"product", "gram", "sum", "join"}

// IsDefault reports whether a name is one that outputs have unless others are given: output7.npy, partial.npz.
func IsDefault(name string) bool {
	for _, stem := range []string{"output", "partial"} {
		if rest, ok := strings.CutPrefix(name, stem); ok {
			ext := strings.TrimLeft(rest, "0123456789")
			return ext == ".npy" || ext == ".npz"
		}
	}
	return false
}

// Repeated returns a name that stands twice in the list, if any.
func Repeated(names []string) (name string, twice bool) {
	seen := make(map[string]bool, len(names))
	for _, name := range names {
		if seen[file.Key(name)] {
			return name, true
		}
		seen[file.Key(name)] = true
	}
	return "", false
}

// Existing returns the size of the files that will be replaced, in bytes; unless
// they may be, there must be none. Each must be one that can be replaced.
func Existing(names []string, replace bool) (size float64, err error) {
	var errs []error
	first, others := "", 0
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil {
			continue
		}
		errs = append(errs, OutputError(file.Check(name)))
		size += float64(info.Size())
		if first == "" {
			first = name
		} else {
			others++
		}
	}
	if replace || first == "" {
		return size, errors.Join(errs...)
	}
	more := ""
	if others > 0 {
		more = fmt.Sprintf(" (as do others, %d in all)", others+1)
	}
	return 0, status.UsageError(fmt.Errorf("%s: already exists%s; nothing was written", first, more), "-force replaces them, -dir writes elsewhere")
}

// MakeDir makes a folder that may be there already.
func MakeDir(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("%s: the folder cannot be made: %w", dir, file.Cause(err))
	}
	return nil
}

// Nearest returns a folder, or while it is not there the nearest one above it that is.
func Nearest(dir string) string {
	for dir = filepath.Clean(dir); dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return dir
}

// CheckSpace returns an error unless the folder, which may not be there yet, has room
// for the bytes needed. The hint says what needs fewer.
func CheckSpace(dir string, needed float64, less string) error {
	free, err := file.FreeSpace(Nearest(dir))
	if err != nil {
		return fmt.Errorf("%s: free space cannot be determined: %w", dir, err)
	}
	if needed > float64(free) {
		return status.WithHint(fmt.Errorf("%s: %s are needed, %s are free; nothing was written", dir, text.Size(int64(min(needed, 1<<62))), text.Size(free)),
			"-dir names another folder; "+less)
	}
	return nil
}
