package submit

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"

	"matpool/internal/base/file"
)

// mark begins the first line of the files that matsubmit writes. It is followed by a digest
// of the other lines, which shows whether somebody changed them.
const mark = "# Written by matsubmit, digest "

// marked returns the content of a file with its first line.
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

// isUnchanged reports whether a file is as matsubmit wrote it.
func isUnchanged(name string) bool {
	if !isMarked(name) { // it may be too large to read
		return false
	}
	content, err := os.ReadFile(name)
	_, body, _ := bytes.Cut(content, []byte("\n"))
	return err == nil && bytes.Equal(content, marked(body))
}

// writeMarked writes a file with a mark. It renames an existing file that somebody changed.
func writeMarked(f textFile, messages io.Writer) error {
	if isFile(f.name) && !isUnchanged(f.name) {
		kept := f.name + ".old"
		for n := 2; exists(kept); n++ {
			kept = fmt.Sprintf("%s.old%d", f.name, n)
		}
		if err := os.Rename(f.name, kept); err != nil {
			return fmt.Errorf("%s: cannot be renamed: %w", f.name, file.Cause(err))
		}
		fmt.Fprintf(messages, "%s: was edited: kept as %s\n", f.name, kept)
	}
	out, err := file.Create(f.name)
	if err != nil {
		return err
	}
	defer out.Close()
	if _, err := out.Write(marked(f.content)); err != nil {
		return err
	}
	return out.Commit(false)
}
