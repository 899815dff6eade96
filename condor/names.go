package condor

import (
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"matpool/internal/base/text"
)

// Blanks are the characters that separate words in HTCondor's languages and in a
// simplified submission file.
const Blanks = " \t"

// A QuoteError reports text that HTCondor cannot represent in its place. Escaping does not
// help: the user must choose another name.
type QuoteError struct {
	Text       string
	ByteOffset int // of the first byte at fault
	Message    string
}

func (e *QuoteError) Error() string {
	return fmt.Sprintf("%s: byte %d: %s", text.Clip(e.Text), e.ByteOffset, e.Message)
}

// A Place is a place for names in a submit description. Each has its own separators, and
// HTCondor has no working escape for them.
type Place int

const (
	InStream    Place = iota // output, error
	InLog                    // log, executable: HTCondor does not expand $$
	InBatchName              // batch_name: HTCondor does not expand $$ either
	InInputs                 // transfer_input_files, a list separated by commas
	InRemaps                 // transfer_output_remaps, a list of pairs with = and ;
)

// CheckName returns a [*QuoteError] if HTCondor cannot represent a name in a place.
//
// The rules were found by running jobs with such names on 23.9.6. In
// transfer_output_remaps, a backslash does not escape "=", ";", "\" and `"`, although the
// manual says so: the file keeps its name, and there is no error.
func CheckName(name string, in Place) error {
	if err := CheckPrintable(name); err != nil {
		return err
	}
	at := func(i int, message string) error { return &QuoteError{name, i, message} }
	switch {
	case name == "":
		return at(0, "the name is empty")
	case strings.IndexByte(Blanks, name[0]) >= 0:
		return at(0, "HTCondor drops a blank at the beginning")
	case strings.IndexByte(Blanks, name[len(name)-1]) >= 0:
		return at(len(name)-1, "HTCondor drops a blank at the end")
	case strings.Contains(name, "\t"):
		return at(strings.IndexByte(name, '\t'), "HTCondor takes a tab for a separator")
	case name[len(name)-1] == '\\':
		return at(len(name)-1, "a backslash at the end would continue the line")
	case name[len(name)-1] == '/':
		return at(len(name)-1, "this is a folder's name, not a file's")
	}
	lost := `\` // some daemons take it for "/"
	switch in {
	case InStream:
		lost = `;\` // it becomes an entry of transfer_output_remaps
	case InInputs:
		lost = ","
	case InRemaps:
		lost = `,=;\"`
	}
	if i := strings.IndexAny(name, lost); i >= 0 {
		return at(i, fmt.Sprintf("HTCondor cannot represent %q here", name[i]))
	}
	if i := strings.Index(name, "://"); i >= 0 && in == InInputs {
		return at(i, "HTCondor would take this for a URL")
	}
	if in == InBatchName && name[0] == '"' && name[len(name)-1] == '"' {
		return at(0, "HTCondor removes the quotes at both ends")
	}
	if i := strings.Index(name, "$$"); i >= 0 && (in == InLog || in == InBatchName) {
		return at(i, "HTCondor does not expand $$ here, so $$ cannot be escaped")
	}
	return checkDollars(name)
}

// CheckPrintable returns a [*QuoteError] for a control character other than a tab, and for
// bytes that are not UTF-8.
func CheckPrintable(s string) error {
	for i, r := range s {
		switch {
		case r < ' ' && r != '\t' || r == 0x7f:
			return &QuoteError{s, i, fmt.Sprintf("a control character (%q)", r)}
		case r == utf8.RuneError:
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return &QuoteError{s, i, "not UTF-8"}
			}
		}
	}
	return nil
}

// CheckWindows returns a [*QuoteError] if Windows does not allow a file of this name in a
// job's folder, where the file has only the last part of the name.
//
// Note: package file asks Windows itself about a name, but this check also runs on Linux.
func CheckWindows(name string) error {
	base := Base(name)
	offset := len(name) - len(base)
	if i := strings.IndexAny(base, `<>:"\|?*`); i >= 0 {
		return &QuoteError{name, offset + i, fmt.Sprintf("Windows does not allow %q in a file name", base[i])}
	}
	if strings.HasSuffix(base, ".") {
		return &QuoteError{name, len(name) - 1, "Windows does not allow a dot at the end of a file name"}
	}
	stem, _, _ := strings.Cut(strings.ToUpper(base), ".")
	stem = strings.TrimRight(stem, " ")
	device := len(stem) == 4 && (strings.HasPrefix(stem, "COM") || strings.HasPrefix(stem, "LPT")) && stem[3] >= '1' && stem[3] <= '9'
	switch stem {
	case "CON", "PRN", "AUX", "NUL":
		device = true
	}
	if device {
		return &QuoteError{name, offset, "Windows reserves this name for a device"}
	}
	return nil
}

// Base returns the last part of a name, which is the file's name in a job's folder. Only
// "/" separates parts, on Windows too, since [CheckName] refuses a backslash in most
// places.
func Base(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

// ClashInJob finds two files that would have the same name in a job's folder: the program, or ""
// if its file's name is not known yet; the job's own files; and those that all jobs get, which
// may include the program itself. With ignoreCase, case does not tell names apart, as on Windows.
//
// HTCondor sends the program under its own name (file-transfer in the manual), and puts all files
// into one folder.
func ClashInJob(ignoreCase bool, program string, own, common []string) (a, b string, found bool) {
	seen := make(map[string]string, 1+len(own)+len(common))
	clash := func(name string) bool {
		base := Base(name)
		if ignoreCase {
			base = strings.ToLower(base)
		}
		if other, ok := seen[base]; ok {
			a, b = other, name
			return true
		}
		seen[base] = name
		return false
	}
	if program != "" {
		clash(program)
	}
	for _, name := range own {
		if clash(name) {
			return a, b, true
		}
	}
	for _, name := range common {
		if !(program != "" && path.Clean(name) == path.Clean(program)) && clash(name) {
			return a, b, true
		}
	}
	return "", "", false
}
