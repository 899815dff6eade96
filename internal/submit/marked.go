package submit

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"

	"matpool/internal/file"
)

// mark begins the first line of the files that are written here. A digest of what
// follows shows whether somebody has changed it.
const mark = "# Written by matsubmit, digest "

func marked(content []byte) []byte {
	sum := sha256.Sum256(content)
	return append(fmt.Appendf(nil, "%s%x.\n", mark, sum[:6]), content...)
}

// isMarked reports whether a file begins with the mark.
func isMarked(name string) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	begin := make([]byte, len(mark))
	_, err = io.ReadFull(f, begin)
	return err == nil && string(begin) == mark
}

// isUnchanged reports whether a file is what was written here once.
func isUnchanged(name string) bool {
	if !isMarked(name) { // it may be of any size
		return false
	}
	content, err := os.ReadFile(name)
	_, body, _ := bytes.Cut(content, []byte("\n"))
	return err == nil && bytes.Equal(content, marked(body))
}

// writeMarked writes a file of ours. One that somebody has changed is kept under another
// name.
func writeMarked(w written, say io.Writer) error {
	if isFile(w.name) && !isUnchanged(w.name) {
		kept := w.name + ".old"
		for n := 2; exists(kept); n++ {
			kept = fmt.Sprintf("%s.old%d", w.name, n)
		}
		if err := os.Rename(w.name, kept); err != nil {
			return fmt.Errorf("%s: cannot be renamed: %w", w.name, file.Cause(err))
		}
		fmt.Fprintf(say, "%s: was changed by somebody: kept as %s\n", w.name, kept)
	}
	f, err := file.Create(w.name)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Write(marked(w.content)); err != nil {
		return err
	}
	return f.Commit(false)
}
