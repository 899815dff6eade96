// Package joblog reads HTCondor's event logs from the disk, also while they grow, and finds the jobs of a run.
package joblog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/internal/base/file"
	"matpool/internal/status"
)

// A log is an event log that may still grow.
type log struct {
	name string
	opened
	earlier []opened // files that had its name before: HTCondor goes on with the one that it has open

	hasEvents bool
	gone      bool // no file has its name
}

type opened struct {
	file   *os.File
	info   os.FileInfo // when it was opened
	reader *eventlog.Reader
}

// maxEarlier limits the files that a log keeps open.
const maxEarlier = 10

const whichFile = "the event log is the file in the line log = NAME of the submission file"

func open(name string) (*log, error) {
	l := &log{name: name}
	return l, l.reopen()
}

// reopen opens the file that now has the log's name.
func (l *log) reopen() error {
	info, err := os.Stat(l.name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return status.DataError(l.wrap(err), whichFile+"; -wait waits for it")
	case err != nil:
		return l.wrap(err)
	case info.IsDir():
		return status.DataError(fmt.Errorf("%s: is a folder, not an event log", l.name), whichFile)
	case !info.Mode().IsRegular(): // opening a pipe would wait for its writer
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
	switch {
	case l.file == nil:
	case os.SameFile(info, l.info): // truncated
		l.file.Close()
	default:
		if l.earlier = append(l.earlier, l.opened); len(l.earlier) > maxEarlier {
			l.earlier[0].file.Close()
			l.earlier = l.earlier[1:]
		}
	}
	l.opened = opened{file, info, eventlog.NewReader(l.name, file)}
	return nil
}

func (l *log) close() {
	for _, o := range append(l.earlier, l.opened) {
		if o.file != nil {
			o.file.Close()
		}
	}
}

// wrap puts the log's name before an error.
func (l *log) wrap(err error) error {
	return fmt.Errorf("%s: %w", l.name, file.Cause(err))
}

// read reads to the end of the log, of the files that had its name before, and of the one that replaced it, if any. It calls
// fault for each place that cannot be parsed, and continues after it.
func (l *log) read(each func(*eventlog.Event), fault func(error)) error {
	for _, o := range l.earlier {
		if err := l.readFile(o.reader, each, fault); err != nil {
			return err
		}
	}
	for {
		if err := l.readFile(l.reader, each, fault); err != nil {
			return err
		}
		wasGone := l.gone
		replaced, err := l.replaced()
		if l.gone && !wasGone {
			fault(fmt.Errorf("%s: has been deleted or moved away: what jobs do that begin now is not known until it is back", l.name))
		}
		if err != nil || !replaced {
			return err
		}
		if err := l.readFile(l.reader, each, fault); err != nil { // events written just before it was replaced
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

func (l *log) readFile(r *eventlog.Reader, each func(*eventlog.Event), fault func(error)) error {
	var first error
	for r.Scan() {
		switch rec := r.Record().(type) {
		case *eventlog.Event:
			l.hasEvents = true
			each(rec)
		case *condor.SyntaxError:
			if first == nil {
				first = rec
			}
			fault(rec)
		}
	}
	if err := r.Err(); err != nil {
		if errors.As(err, new(*eventlog.NotLogError)) {
			return status.DataError(err, whichFile)
		}
		return l.wrap(err)
	}
	if !l.hasEvents && first != nil {
		return status.DataError(first, whichFile)
	}
	return nil
}

// replaced reports whether somebody moved the log away and another file has its name, or
// truncated it below the size that was read. Events that were read stay in the history.
func (l *log) replaced() (bool, error) {
	info, err := os.Stat(l.name)
	l.gone = errors.Is(err, fs.ErrNotExist)
	if l.gone {
		return false, nil // there may be a new log soon
	}
	if err != nil {
		return false, l.wrap(err)
	}
	read := l.reader.Offset() + int64(l.reader.Pending())
	return !os.SameFile(info, l.info) || info.Size() < read, nil
}
