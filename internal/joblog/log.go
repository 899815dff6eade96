// Package joblog reads HTCondor's event logs from the disk, as they stand and as they grow, and knows which jobs are one run.
package joblog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"matpool/condor"
	"matpool/internal/file"
	"matpool/internal/status"
)

// A log is an event log that may still grow.
type log struct {
	name   string
	file   *os.File
	info   os.FileInfo // of the file when it was opened
	reader *condor.Reader
	sound  bool // an event was in it
}

func open(name string) (*log, error) {
	l := &log{name: name}
	return l, l.reopen()
}

// reopen begins to read what has the log's name now.
func (l *log) reopen() error {
	info, err := os.Stat(l.name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return status.DataError(l.wrap(err), "the log is the file that the line log = NAME of the submission names; with -wait it need not be there yet")
	case err != nil:
		return l.wrap(err)
	case info.IsDir():
		return status.DataError(fmt.Errorf("%s: is a folder, not an event log", l.name), "")
	case !info.Mode().IsRegular(): // to open a pipe is to wait for its writer
		return status.DataError(fmt.Errorf("%s: is not a regular file", l.name), "")
	}
	file, err := openShared(l.name)
	if err != nil {
		return l.wrap(err)
	}
	if info, err = file.Stat(); err != nil {
		file.Close()
		return l.wrap(err)
	}
	l.close()
	l.file, l.info, l.reader = file, info, condor.NewReader(l.name, file)
	return nil
}

func (l *log) close() {
	if l.file != nil {
		l.file.Close()
	}
}

// wrap makes an error name the log first.
func (l *log) wrap(err error) error {
	return fmt.Errorf("%s: %w", l.name, file.Cause(err))
}

// read hands on all that there is to read, and goes on in the file that has taken the
// log's name, if one has. What is wrong with the log, but does not hinder reading on,
// goes to fault.
func (l *log) read(each func(*condor.Event), fault func(error)) error {
	for {
		if err := l.readFile(each, fault); err != nil {
			return err
		}
		replaced, err := l.replaced()
		if err != nil || !replaced {
			return err
		}
		if err := l.readFile(each, fault); err != nil { // what was still written before it was replaced
			return err
		}
		if l.reader.Pending() > 0 {
			fault(fmt.Errorf("%s: was replaced by another file, and ended in the middle of an event", l.name))
		}
		if err := l.reopen(); err != nil {
			return err
		}
	}
}

func (l *log) readFile(each func(*condor.Event), fault func(error)) error {
	var first error
	for l.reader.Scan() {
		switch rec := l.reader.Record().(type) {
		case *condor.Event:
			l.sound = true
			each(rec)
		case *condor.SyntaxError:
			if first == nil {
				first = rec
			}
			fault(rec)
		}
	}
	if err := l.reader.Err(); err != nil {
		if errors.As(err, new(*condor.FormatError)) || errors.As(err, new(*condor.ForeignError)) {
			return status.DataError(err, "")
		}
		return l.wrap(err)
	}
	if !l.sound && first != nil {
		return status.DataError(first, "is this the jobs' event log, the file that the line log = NAME of the submission names?")
	}
	return nil
}

// replaced reports whether another file has the log's name now, or the file has become
// shorter than what was read of it: somebody has moved it away, or begun it anew. What
// it told before stays known.
func (l *log) replaced() (bool, error) {
	info, err := os.Stat(l.name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil // moved away, and nobody has written since
	}
	if err != nil {
		return false, l.wrap(err)
	}
	read := l.reader.Offset() + int64(l.reader.Pending())
	return !os.SameFile(info, l.info) || info.Size() < read, nil
}
