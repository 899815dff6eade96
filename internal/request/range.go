package request

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"matpool/condor/jobfile"
	"matpool/internal/pair"
	"matpool/internal/status"
)

// A Range is numbered files, as a simplified submission file names them.
type Range struct {
	Names        []string // without an index
	First, Count int      // the indices First to First+Count−1

	Grid jobfile.Grid // whose tiles the files are, if they are not to be added
}

// Factors returns the pair that matprod multiplies in the jobs of a simplified submission file,
// without an index, and its first index and their number.
func Factors(name string) (p pair.Pair, first, count int, err error) {
	q, err := Read(name)
	if err != nil {
		return p, 0, 0, err
	}
	if n := len(q.IndexedInputs); n != 2 && !q.Matprod {
		return p, 0, 0, status.DataError(fmt.Errorf("%s: indexed_input_files: names %d files; the factors are two", name, n), "name the factors on the command line")
	}
	if p, err = pair.Requested(q); err != nil {
		return p, 0, 0, status.DataError(fmt.Errorf("%s: %w", name, err), "")
	}
	return p, q.FirstIndex, q.TotalJobs, nil
}

// Outputs returns what comes back from the jobs of a simplified submission file: the name of the
// products, or with sum = yes that of the partial sums, one for each job. Of those Count is 0 if
// products_per_job = auto leaves it to matsubmit.
func Outputs(name string) (Range, error) {
	q, err := Read(name)
	if err != nil {
		return Range{}, err
	}
	names := q.Outputs()
	if len(names) != 1 {
		return Range{}, status.DataError(fmt.Errorf("%s: indexed_output_files: names %d files; those to add have one name", name, len(names)), "name the files on the command line")
	}
	if q.Sum {
		return Range{Names: names, Count: sums(q), Grid: q.Grid}, nil
	}
	return Range{Names: names, First: q.FirstIndex, Count: q.TotalJobs, Grid: q.Grid}, nil
}

// sums returns the number of partial sums, or 0 if it is matsubmit's choice.
func sums(q *jobfile.Request) int {
	if q.ProductsPerJob == 0 {
		return 0
	}
	return (q.TotalJobs + q.ProductsPerJob - 1) / q.ProductsPerJob
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
