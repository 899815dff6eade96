package record

import (
	"bufio"
	"bytes"
	"io"
	"strings"

	"matpool/internal/base/file"
)

// mark begins a line of a job's stdout that is a record.
const mark = "matpool-record\t"

// longestLine bounds the memory for a line: a sum of 50,000 products has one of 5 MB.
const longestLine = 64 << 20

// StdoutLine returns the record as a job prints it, with the line's end.
func (r Record) StdoutLine() string { return mark + r.Line() + "\n" }

// IsStdoutLine reports whether a line that a job has printed is a record.
func IsStdoutLine(line string) bool { return strings.HasPrefix(line, mark) }

// ParseStdout returns the records in what a job has printed. Other lines are not looked at, a damaged
// record is passed over.
func ParseStdout(r io.Reader) (list []Record, err error) {
	b := bufio.NewReaderSize(r, 4<<10) // there may be 100,000 of them
	var line []byte
	for begins := true; ; {
		part, err := b.ReadSlice('\n')
		if begins {
			line = line[:0]
		}
		if begins && bytes.HasPrefix(part, []byte(mark)) || len(line) > 0 && len(line) < longestLine {
			line = append(line, part...)
		}
		if begins = err != bufio.ErrBufferFull; !begins {
			continue
		}
		if text, complete := strings.CutSuffix(string(line), "\n"); complete {
			if rec, err := ParseLine(strings.TrimSuffix(strings.TrimPrefix(text, mark), "\r")); err == nil {
				list = append(list, rec)
			}
			line = line[:0]
		}
		if err == io.EOF {
			return list, nil
		}
		if err != nil {
			return list, err
		}
	}
}

// readStdout returns the records in a job's stdout, none if there is no such file.
func readStdout(name string) []Record {
	f, err := file.OpenNow(name)
	if err != nil {
		return nil
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	list, _ := ParseStdout(f) // what was read before an error of the disk is as true
	return list
}
