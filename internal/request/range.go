package request

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"matpool/condor"
	"matpool/condor/jobfile"
	"matpool/internal/pair"
	"matpool/internal/status"
)

// Factors returns the pair that matprod multiplies in the jobs of a simplified submission file,
// without an index, and what else the file says.
func Factors(name string, overrides ...condor.Setting) (p pair.Pair, q *jobfile.Request, err error) {
	if q, err = Read(name, overrides...); err != nil {
		return p, nil, err
	}
	if n := len(q.IndexedInputs); n != 2 && !q.Matprod {
		return p, nil, status.DataError(fmt.Errorf("%s: indexed_input_files: names %d files; the factors are two", name, n), "name the factors on the command line")
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
