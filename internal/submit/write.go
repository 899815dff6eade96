package submit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"

	"matpool/condor/submitfile"
	"matpool/internal/file"
	"matpool/internal/status"
)

// subFile returns the name of the submit description.
func (p *plan) subFile() string {
	switch p.Output {
	case "":
		return filepath.ToSlash(p.File) + ".sub"
	case "-":
		return "stdout"
	}
	return filepath.ToSlash(p.Output)
}

// prepare makes the folders that the jobs write to, and lays what they are sent besides
// their inputs, the empty folder and the programs, beside the submit description.
func (p *plan) prepare(say io.Writer) error {
	for _, dir := range p.folders() {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return fmt.Errorf("%s: the folder cannot be made: %w", dir, file.Cause(err))
		}
	}
	if err := p.makeOutbox(); err != nil {
		return err
	}
	return p.programs.lay(path.Dir(p.subFile()), say)
}

// run writes the submit description and submits it.
func (p *plan) run(ctx context.Context, s *submitfile.Description, stdout, say io.Writer) error {
	var text bytes.Buffer
	if err := s.Write(&text); err != nil {
		return err
	}
	if p.Output == "-" {
		p.sayHeld(say)
		_, err := text.WriteTo(stdout)
		return err
	}
	if err := writeFile(p.subFile(), text.Bytes(), say); err != nil {
		return err
	}
	fmt.Fprintf(say, "%s: %s, on %s\n", p.subFile(), p.summary(), p.systemNames())
	if p.WriteOnly {
		p.sayHeld(say)
		return nil
	}
	return p.submit(ctx, say, "condor_submit", p.subFile())
}

// mark begins the first line of the files that are written here. A digest of what
// follows tells whether somebody has changed it.
const mark = "# Written by matsubmit, digest "

func marked(text []byte) []byte {
	sum := sha256.Sum256(text)
	return append(fmt.Appendf(nil, "%s%x.\n", mark, sum[:6]), text...)
}

// isMarked reports whether a file begins with the mark.
func isMarked(name string) bool {
	file, err := os.Open(name)
	if err != nil {
		return false
	}
	defer file.Close()
	begin := make([]byte, len(mark))
	_, err = io.ReadFull(file, begin)
	return err == nil && string(begin) == mark
}

// isUnchanged reports whether a file is what was written here once.
func isUnchanged(name string) bool {
	if !isMarked(name) { // it may be of any size
		return false
	}
	text, err := os.ReadFile(name)
	_, body, _ := bytes.Cut(text, []byte("\n"))
	return err == nil && bytes.Equal(text, marked(body))
}

// targets returns the names of the files that will be written.
func (p *plan) targets() []string {
	switch {
	case p.DAG:
		return []string{p.dagFile(), p.nodeFile(), p.combineFile()}
	case p.Output == "-":
		return nil
	}
	return []string{p.subFile()}
}

// checkTargets makes sure that they can be written, and that none is somebody else's.
func (p *plan) checkTargets() error {
	var errs []error
	for _, name := range p.targets() {
		errs = append(errs, checkFolder(path.Dir(name)))
		if err := file.Check(name); err != nil {
			errs = append(errs, status.UsageError(err, ""))
		}
		switch {
		case file.Same(name, p.File):
			errs = append(errs, status.UsageError(fmt.Errorf("%s: is the file that is read", name), ""))
		case isFile(name) && !isMarked(name) && !p.Force:
			errs = append(errs, status.UsageError(fmt.Errorf("%s: exists already, and was not written by matsubmit", name), "-force replaces it, -o writes elsewhere"))
		}
	}
	return errors.Join(errs...)
}

// writeFile writes a file of ours. What somebody has changed in it is kept under another
// name.
func writeFile(name string, text []byte, say io.Writer) error {
	if isFile(name) && !isUnchanged(name) {
		kept := name + ".old"
		for n := 2; exists(kept); n++ {
			kept = fmt.Sprintf("%s.old%d", name, n)
		}
		if err := os.Rename(name, kept); err != nil {
			return fmt.Errorf("%s: cannot be renamed: %w", name, file.Cause(err))
		}
		fmt.Fprintf(say, "%s: was changed by somebody: kept as %s\n", name, kept)
	}
	f, err := file.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Write(marked(text)); err != nil {
		return err
	}
	return f.Commit(false)
}
