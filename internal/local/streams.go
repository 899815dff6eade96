package local

import (
	"errors"
	"os"
	"os/exec"

	"matpool/internal/base/file"
)

// streams are the files for a program's standard output and standard error. They may be the
// same; one that is nil discards what it gets.
type streams struct{ stdout, stderr *file.Output }

func (a *attempt) openStreams() (*streams, error) {
	out, err := create(a.path(a.Stdout, a.job))
	if err != nil {
		return nil, err
	}
	s := &streams{out, out}
	if name := a.path(a.Stderr, a.job); name != a.path(a.Stdout, a.job) {
		if s.stderr, err = create(name); err != nil {
			out.Close()
			return nil, err
		}
	}
	return s, nil
}

// create creates a file, or returns nil for the null device.
func create(name string) (*file.Output, error) {
	if name == os.DevNull {
		return nil, nil
	}
	return file.Create(name)
}

// connect makes the program write to the streams.
func (s *streams) connect(cmd *exec.Cmd) {
	if s.stdout != nil {
		cmd.Stdout = s.stdout.File
	}
	if s.stderr != nil {
		cmd.Stderr = s.stderr.File
	}
}

func (s *streams) close() {
	s.stdout.Close()
	s.stderr.Close()
}

func (s *streams) commit() error {
	var errs []error
	for _, out := range []*file.Output{s.stdout, s.stderr} {
		if out != nil && out.File != nil {
			errs = append(errs, out.Commit(false))
		}
	}
	return errors.Join(errs...)
}
