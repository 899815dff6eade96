package submit

import (
	"bytes"
	"debug/elf"
	"debug/pe"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"matpool/condor"
	"matpool/internal/base/file"
	"matpool/internal/local"
	"matpool/internal/status"
)

// systemName returns a system's name for a message.
func systemName(s condor.System) string {
	return map[condor.System]string{condor.Linux: "Linux", condor.LinuxArm64: "Linux on arm64", condor.Windows: "Windows"}[s]
}

// machineName returns the name with the processor.
func machineName(s condor.System) string {
	if s == condor.LinuxArm64 {
		return systemName(s)
	}
	return systemName(s) + " on x86-64"
}

// systemNames returns several names, with a word before the last.
func systemNames(name func(condor.System) string, systems []condor.System, word string) string {
	last := len(systems) - 1
	if last == 0 {
		return name(systems[0])
	}
	var names []string
	for _, s := range systems[:last] {
		names = append(names, name(s))
	}
	return strings.Join(names, ", ") + " " + word + " " + name(systems[last])
}

// systemOf returns the system of a program, or "" if the file is not a program for one.
// Scripts count as programs on x86-64: those with "#!" for Linux, and .bat and .cmd for
// Windows.
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
		return systemOfELF(program), nil
	}
	begin := make([]byte, 256) // Linux reads as much for the first line of a script
	n, err := f.ReadAt(begin, 0)
	if err != nil && err != io.EOF {
		return "", fmt.Errorf("%s: %w", name, file.Cause(err))
	}
	first, _, _ := bytes.Cut(begin[:n], []byte("\n"))
	switch ext := strings.ToLower(path.Ext(name)); {
	case bytes.HasPrefix(first, []byte("MZ")): // package pe also accepts object files, which do not begin with MZ
		if program, err := pe.NewFile(f); err == nil && program.Machine == pe.IMAGE_FILE_MACHINE_AMD64 {
			return condor.Windows, nil
		}
	case bytes.HasPrefix(first, []byte("\ufeff#!")):
		return "", status.DataError(fmt.Errorf("%s: begins with a byte-order mark, so Linux does not see #! at its beginning", name),
			"remove the mark: sed -i '1s/^\\xef\\xbb\\xbf//' "+shellWord(name))
	case bytes.HasPrefix(first, []byte("#!")) && bytes.HasSuffix(first, []byte("\r")):
		return "", status.DataError(fmt.Errorf("%s: its first line ends as lines do on Windows, so Linux would not find the program that it names", name),
			"remove the carriage returns: sed -i 's/\\r$//' "+shellWord(name))
	case bytes.HasPrefix(first, []byte("#!")):
		return condor.Linux, nil
	case ext == ".bat", ext == ".cmd":
		return condor.Windows, nil
	case interpreters[ext] != "":
		return "", status.DataError(fmt.Errorf("%s: its first line does not say what runs it", name), "make its first line #!"+interpreters[ext])
	}
	return "", nil
}

// interpreters has the usual interpreter of scripts with an extension.
var interpreters = map[string]string{".py": "/usr/bin/env python3", ".sh": "/bin/sh", ".pl": "/usr/bin/env perl", ".r": "/usr/bin/env Rscript", ".jl": "/usr/bin/env julia"}

// shellWord returns a name as a word of a shell's command.
func shellWord(name string) string {
	if plainWord(name) {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}

// missingInterpreter returns what the first line of a script names and this machine, if it is one with
// Linux, does not have; "" if there is nothing that is missing. A job has no PATH, and env then looks
// into /bin and /usr/bin.
func missingInterpreter(name string) string {
	f, err := os.Open(name)
	if err != nil || local.System() == condor.Windows {
		return ""
	}
	defer f.Close()
	begin := make([]byte, 256)
	n, _ := f.ReadAt(begin, 0)
	first, _, _ := strings.Cut(string(begin[:n]), "\n")
	line, isScript := strings.CutPrefix(first, "#!")
	words := strings.Fields(line)
	switch {
	case !isScript || len(words) == 0:
		return ""
	case !isFile(words[0]):
		return words[0]
	case path.Base(words[0]) == "env" && len(words) == 2 && !isFile(path.Join("/usr/bin", words[1])) && !isFile(path.Join("/bin", words[1])):
		return words[1]
	}
	return ""
}

// systemOfELF returns the system of an executable file in Linux's format.
func systemOfELF(f *elf.File) condor.System {
	if f.Class != elf.ELFCLASS64 || f.Type != elf.ET_EXEC && f.Type != elf.ET_DYN {
		return ""
	}
	return map[elf.Machine]condor.System{elf.EM_X86_64: condor.Linux, elf.EM_AARCH64: condor.LinuxArm64}[f.Machine]
}
