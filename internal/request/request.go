// Package request reads a simplified submission file for the programs: matsubmit, which submits
// its jobs, and those that do the same work without HTCondor.
package request

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"unicode/utf8"

	"matpool/condor"
	"matpool/condor/jobfile"
	"matpool/internal/base/file"
	"matpool/internal/cli"
	"matpool/internal/pair"
	"matpool/internal/status"
)

// Read reads a simplified submission file, whose values the overrides replace.
func Read(name string, overrides ...condor.Setting) (*jobfile.Request, error) {
	content, err := readText(name)
	if err != nil {
		return nil, err
	}
	parsed, err := jobfile.Parse(name, content)
	if err != nil {
		return nil, syntaxErrors(name, err)
	}
	r, err := parsed.Request(overrides...)
	if err != nil {
		return nil, syntaxErrors(name, err)
	}
	if last := r.FirstIndex + r.TotalJobs - 1; last > file.MaxIndex {
		return nil, status.DataError(fmt.Errorf("%s: first_index and total_jobs: the last index is %d, but the limit is %d", name, last, file.MaxIndex), "")
	}
	return r, nil
}

// syntaxErrors gives each error the status of its place: the file or the command line.
func syntaxErrors(name string, err error) error {
	const hint = "matsubmit -help lists the attributes"
	return status.Map(err, func(err error) error {
		if syntax := (*condor.SyntaxError)(nil); errors.As(err, &syntax) && syntax.File != name {
			return status.UsageError(err, hint)
		}
		return status.DataError(err, hint)
	})
}

// unreadable returns the error for a file that cannot be read.
func unreadable(name string, err error) error {
	failed := fmt.Errorf("%s: cannot be read: %w", name, file.Cause(err))
	if file.Impossible(err) {
		return status.DataError(failed, "")
	}
	return failed
}

func readText(name string) (string, error) {
	const hint = "name the simplified submission file, such as run_product"
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if like := cli.SimilarFile(name); like != "" {
			return "", status.DataError(fmt.Errorf("%s: no such file", name), fmt.Sprintf("did you mean %s?", like))
		}
		return "", status.DataError(fmt.Errorf("%s: no such file", name), hint)
	case err != nil:
		return "", unreadable(name, err)
	case info.IsDir():
		return "", status.DataError(fmt.Errorf("%s: is a folder, not a simplified submission file", name), hint)
	}
	f, err := file.OpenNow(name)
	if err != nil {
		return "", unreadable(name, err)
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, jobfile.MaxSize+1)) // the size of a pipe is not known
	if err != nil {
		return "", unreadable(name, err)
	}
	if len(content) == 0 && info.Mode()&fs.ModeNamedPipe != 0 {
		return "", status.DataError(fmt.Errorf("%s: is a pipe that nothing writes to", name), hint)
	}
	text, err := jobfile.Decode(content)
	if err != nil {
		return "", status.DataError(fmt.Errorf("%s: is not a simplified submission file: it %w", name, err), hint)
	}
	return text, nil
}

// Factors returns the pair that matprod multiplies in the jobs of a simplified submission file,
// without an index, and what else the file says. A serial run adds such products, so they must not be tiles.
func Factors(name string, overrides ...condor.Setting) (p pair.Pair, q *jobfile.Request, err error) {
	if q, err = Read(name, overrides...); err != nil {
		return p, nil, err
	}
	if n := len(q.IndexedInputs); n != 2 && !q.Matprod {
		return p, nil, status.DataError(fmt.Errorf("%s: indexed_input_files: names %d files, but there must be two factors", name, n), "name the factors on the command line")
	}
	if q.Grid.Tiles() > 0 {
		return p, nil, status.DataError(fmt.Errorf("%s: grid: -serial adds products, but these are the tiles of a matrix", name), "compare with the product of the two matrices that were cut: matprod A.npy B.npy C.npy")
	}
	if q.TotalJobs > file.MaxCount {
		return p, nil, status.DataError(fmt.Errorf("%s: total_jobs: %d products are too many for a serial run, the limit is %d", name, q.TotalJobs, file.MaxCount), "-total_jobs=1000 makes fewer of them")
	}
	if p, err = pair.Requested(q); err != nil {
		return p, nil, status.DataError(fmt.Errorf("%s: %w", name, err), "")
	}
	return p, q, nil
}

// Is reports whether a file looks like a simplified submission file and not like an array: it is
// text with a "=".
func Is(name string) bool {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() > jobfile.MaxSize {
		return false
	}
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, jobfile.MaxSize))
	if err != nil || bytes.HasPrefix(content, []byte("PK")) {
		return false
	}
	text, err := jobfile.Decode(content)
	return err == nil && utf8.ValidString(text) && strings.Contains(text, "=")
}
