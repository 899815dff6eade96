package timeline

import (
	"errors"
	"fmt"
	"io/fs"

	"matpool/internal/base/file"
	"matpool/internal/status"
	"matpool/internal/watch/report"
)

// Save writes the timeline of a report to a file, and replaces an existing one.
func Save(r *report.Report, name string) error {
	format, err := FormatOf(name)
	if err != nil {
		return err
	}
	for _, log := range r.Names {
		if file.Same(log, name) {
			return status.UsageError(fmt.Errorf("%s: the output is the log %s", name, log), "choose another name for the picture")
		}
	}
	p, err := New(r)
	if err != nil {
		return err
	}
	f, err := file.Create(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return status.UsageError(err, "make the folder first")
	case errors.As(err, new(*file.TargetError)), errors.As(err, new(*file.NameError)):
		return status.UsageError(err, "")
	case err != nil:
		return err
	}
	defer f.Close()
	if err := p.Write(f, format); err != nil {
		return err
	}
	return f.Commit(false)
}
