package submit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"

	"matpool/condor"
	"matpool/internal/base/file"
	"matpool/internal/local"
	"matpool/internal/status"
)

// programs are the files of one program for one or several systems.
type programs struct {
	stem    string // their name without an extension
	systems []condor.System
	files   []string // one for each system
}

// findPrograms finds the program for the requested systems, or, if none is requested, for
// all systems for which it exists. The default program is matprod in dir.
//
// The file for Linux, on either processor, has the program's name, the one for Windows the same
// with .exe; each may also have the name that [condor.Variant] returns.
func findPrograms(w work, dir string) (programs, error) {
	name := w.kind.program(w, dir)
	p := programs{stem: strings.TrimSuffix(name, ".exe")}
	wanted := w.Systems
	if wanted == nil {
		wanted = condor.Systems()
	}
	var errs []error
	for _, system := range wanted {
		f, found, err := p.find(name, system)
		switch {
		case found:
			p.systems, p.files = append(p.systems, system), append(p.files, f)
		case err == nil && w.Systems != nil:
			err = programError(p.defaultName(system), system)
		}
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil || len(p.files) > 0 {
		return p, err
	}
	return p, programError(name, condor.Systems()...)
}

// defaultName returns the usual name of the program's file for a system.
func (p programs) defaultName(s condor.System) string {
	if s == condor.Windows {
		return p.stem + ".exe"
	}
	return p.stem
}

// find returns the program's file for a system, if any.
func (p programs) find(name string, s condor.System) (found string, ok bool, err error) {
	// The user may name a file for any system.
	for _, f := range []string{p.defaultName(s), condor.Variant(p.stem, s), name} {
		switch is, err := systemOf(f); {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return "", false, err
		case is == s:
			return f, true, nil
		}
	}
	return "", false, nil
}

// programError returns the error for a file that does not exist, or is not a program for one
// of the systems.
func programError(name string, systems ...condor.System) error {
	what := "no such program"
	if is, err := systemOf(name); err == nil {
		what = "is not a program for " + systemNames(machineName, systems, "or")
		if is != "" {
			what += ", but for " + machineName(is)
		}
	}
	hint := "set executable = NAME to name the program"
	words := strings.Fields(name)
	if _, err := exec.LookPath(append(words, name)[0]); err == nil && !strings.Contains(words[0], "/") {
		hint = "name the program's own file, whose first line (#!) says what runs it"
		if len(words) > 1 && isFile(words[1]) {
			hint += ": executable = " + words[1]
			if len(words) > 2 {
				hint += ", arguments = " + strings.Join(words[2:], " ")
			}
		}
	}
	if len(systems) == 1 {
		hint = "put it there, or remove " + strings.ToLower(string(systems[0])) + " from operating_systems"
	}
	return status.DataError(fmt.Errorf("%s: %s", name, what), hint)
}

// executable returns the name for the submit description: the program's file, or, for several
// systems, the stem of the variants (see variants).
func (p programs) executable(dir string) string {
	if len(p.systems) == 1 {
		return p.files[0]
	}
	stem, _ := p.variants(dir)
	return stem
}

// here returns the file for this machine, and the name that HTCondor gives it in a job's folder;
// ok is false if there is none.
func (p programs) here() (name, inJob string, ok bool) {
	i := slices.Index(p.systems, local.System())
	if i < 0 {
		return "", "", false
	}
	if len(p.systems) == 1 {
		return p.files[i], path.Base(p.files[i]), true
	}
	stem, _ := p.variants("")
	return p.files[i], path.Base(condor.Variant(stem, p.systems[i])), true
}

// checkHere makes sure that the jobs can run on this machine.
func (p programs) checkHere() error {
	name, _, ok := p.here()
	if missing := missingInterpreter(name); ok && missing != "" {
		return status.DataError(fmt.Errorf("%s: its first line names %s, which this machine does not have", name, missing),
			"correct that line, as in #!/usr/bin/env python3; a job finds only what is in /bin and /usr/bin, or named in full")
	}
	if ok {
		return nil
	}
	return status.DataError(fmt.Errorf("%s: is a program for %s: it cannot run on this machine", p.files[0], systemNames(machineName, p.systems, "and")), "")
}

// variants returns the stem of the names that [condor.Variant] gives the files, and whether
// the files already have these names. If not, copies in the folder dir have them.
func (p programs) variants(dir string) (stem string, exist bool) {
	for i, system := range p.systems {
		if p.files[i] != condor.Variant(p.stem, system) {
			return path.Join(dir, path.Base(p.stem)), false
		}
	}
	return p.stem, true
}

// copyVariants copies the programs to files with the names of their variants.
func (p programs) copyVariants(dir string, messages io.Writer) error {
	stem, exist := p.variants(dir)
	if len(p.systems) < 2 || exist {
		return nil
	}
	for i, system := range p.systems {
		if err := copyProgram(condor.Variant(stem, system), p.files[i], messages); err != nil {
			return err
		}
	}
	return nil
}

// copyProgram copies a program, and replaces an existing file.
func copyProgram(to, from string, messages io.Writer) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("%s: %w", from, file.Cause(err))
	}
	if before, err := os.ReadFile(to); err == nil {
		if same := bytes.Equal(before, data); same && isExecutable(to) {
			return nil
		} else if !same {
			fmt.Fprintf(messages, "%s: differs from %s: replaced\n", to, from)
		}
	}
	f, err := file.Create(to)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Write(data); err != nil {
		return err
	}
	if err := f.Chmod(0o755); err != nil {
		return fmt.Errorf("%s: %w", to, file.Cause(err))
	}
	return f.Commit(false)
}

// size returns the size of the largest file.
func (p programs) size() (bytes int64) {
	for _, name := range p.files {
		if info, err := os.Stat(name); err == nil {
			bytes = max(bytes, info.Size())
		}
	}
	return bytes
}
