package submit

import (
	"bytes"
	"debug/elf"
	"debug/pe"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"matpool/condor"
	"matpool/condor/jobfile"
	"matpool/internal/file"
	"matpool/internal/status"
)

// programs are the files of one program for one system or several.
type programs struct {
	stem    string // their name without an extension
	systems []condor.System
	files   []string // one for each system
}

// findPrograms finds the program for the systems that are asked for, or else for those that
// it exists for. Default programs are looked for in dir.
//
// For Linux the file is that of the program's name, for Windows the same with .exe; it
// may also have the name that [condor.Variant] gives it.
func findPrograms(r *jobfile.Request, dir string) (programs, error) {
	name := r.Executable
	if name == "" || r.Matprod && path.Base(name) == name && !isFile(name) {
		name = filepath.ToSlash(filepath.Join(dir, "matprod"))
	}
	p := programs{stem: strings.TrimSuffix(name, ".exe")}
	wanted := r.Systems
	if wanted == nil {
		wanted = []condor.System{condor.Linux, condor.Windows}
	}
	var errs []error
	for _, system := range wanted {
		f, found, err := p.find(name, system)
		switch {
		case found:
			p.systems, p.files = append(p.systems, system), append(p.files, f)
		case err == nil && r.Systems != nil:
			err = noProgram(p.usual(system), system)
		}
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil || len(p.files) > 0 {
		return p, err
	}
	return p, noProgram(name, condor.Linux, condor.Windows)
}

// usual returns the name that the program's file for a system usually has.
func (p programs) usual(s condor.System) string {
	if s == condor.Windows {
		return p.stem + ".exe"
	}
	return p.stem
}

// find returns the program's file for a system, if there is one.
func (p programs) find(name string, s condor.System) (found string, ok bool, err error) {
	// The name that was given may be one for either.
	for _, f := range []string{p.usual(s), condor.Variant(p.stem, s), name} {
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

// noProgram returns the error for a file that does not exist, or is no program for one of
// the systems.
func noProgram(name string, systems ...condor.System) error {
	what := "no such program"
	if is, err := systemOf(name); err == nil {
		what = "is no program for " + systemNames(systems, " or ") + " on x86-64"
		if is != "" {
			what += ", but one for " + systemNames([]condor.System{is}, "")
		}
	}
	hint := "name the program, executable = NAME"
	if len(systems) == 1 {
		hint = "put it there, or leave " + strings.ToLower(string(systems[0])) + " out of operating_systems"
	}
	return status.DataError(fmt.Errorf("%s: %s", name, what), hint)
}

// systemNames returns the systems' names for a person.
func systemNames(systems []condor.System, separator string) string {
	var names []string
	for _, s := range systems {
		names = append(names, map[condor.System]string{condor.Linux: "Linux", condor.Windows: "Windows"}[s])
	}
	return strings.Join(names, separator)
}

// systemOf returns the system that a program is for, on x86-64, or "" if it is no
// program for either. Scripts count as programs: those with "#!" for Linux, and .bat
// and .cmd for Windows.
func systemOf(name string) (condor.System, error) {
	info, err := os.Stat(name)
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, file.Cause(err))
	}
	if !info.Mode().IsRegular() {
		return "", nil
	}
	f, err := os.Open(name)
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, file.Cause(err))
	}
	defer f.Close()
	if program, err := elf.NewFile(f); err == nil {
		if program.Class == elf.ELFCLASS64 && program.Machine == elf.EM_X86_64 && (program.Type == elf.ET_EXEC || program.Type == elf.ET_DYN) {
			return condor.Linux, nil
		}
		return "", nil
	}
	begin := make([]byte, 2)
	if _, err := f.ReadAt(begin, 0); err != nil && err != io.EOF {
		return "", fmt.Errorf("%s: %w", name, file.Cause(err))
	}
	switch ext := strings.ToLower(path.Ext(name)); {
	case string(begin) == "MZ": // pe also takes object files, which have no such beginning
		if program, err := pe.NewFile(f); err == nil && program.Machine == pe.IMAGE_FILE_MACHINE_AMD64 {
			return condor.Windows, nil
		}
	case string(begin) == "#!":
		return condor.Linux, nil
	case ext == ".bat", ext == ".cmd":
		return condor.Windows, nil
	}
	return "", nil
}

// executable returns what the submit description names: the program's file, or, if there
// are several, the stem of the variants that lie in dir or already beside the files.
func (p programs) executable(dir string) string {
	if len(p.systems) == 1 {
		return p.files[0]
	}
	stem, _ := p.variants(dir)
	return stem
}

// variants returns the stem of the names by which HTCondor finds each machine's program,
// and whether the files have these names already. Otherwise copies go to the folder dir.
func (p programs) variants(dir string) (stem string, exist bool) {
	for i, system := range p.systems {
		if p.files[i] != condor.Variant(p.stem, system) {
			return path.Join(dir, path.Base(p.stem)), false
		}
	}
	return p.stem, true
}

// copyVariants copies the programs to where HTCondor finds each machine's by its name.
func (p programs) copyVariants(dir string, say io.Writer) error {
	stem, exist := p.variants(dir)
	if len(p.systems) < 2 || exist {
		return nil
	}
	for i, system := range p.systems {
		if err := copyProgram(condor.Variant(stem, system), p.files[i], say); err != nil {
			return err
		}
	}
	return nil
}

// copyProgram makes to an executable copy of from, whatever was there.
func copyProgram(to, from string, say io.Writer) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("%s: %w", from, file.Cause(err))
	}
	if before, err := os.ReadFile(to); err == nil {
		if same := bytes.Equal(before, data); same && isExecutable(to) {
			return nil
		} else if !same {
			fmt.Fprintf(say, "%s: is another version than %s: replaced\n", to, from)
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

// size returns the size of the largest of the files.
func (p programs) size() (bytes int64) {
	for _, name := range p.files {
		if info, err := os.Stat(name); err == nil {
			bytes = max(bytes, info.Size())
		}
	}
	return bytes
}
