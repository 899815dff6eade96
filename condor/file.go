package condor

import (
	"errors"
	"fmt"
	"strings"

	"matpool/internal/text"
)

// A File is a simplified submission file: attributes, one to a line, in any order.
//
//	# 100 products
//	executable          = matprod
//	indexed_input_files = inputA.npy, inputB.npy
//	total_jobs=100
//
// A line is NAME = VALUE, or empty. What follows a "#" at a line's beginning or
// after a blank is a comment, but not in double quotes. Names may be written in
// capitals too. Lines end with a newline or with CR and newline; the last may do
// without.
type File struct {
	Name  string
	Lines []Line
}

// A Line is one line of a [File], in parts that make it up when put together.
type Line struct {
	Indent string // Blanks, and at a file's beginning a byte order mark
	Name   string // as it is written; "" where the line is empty or a comment
	Equals string // "=" and the Blanks around it
	Value  string // as it is written
	Rest   string // Blanks and a comment; or the whole of a line that is wrong
	End    string // "\n", "\r\n", or "" at the end of the file
}

// String returns the line as it was read.
func (l Line) String() string { return l.Indent + l.Name + l.Equals + l.Value + l.Rest + l.End }

// String returns the file's text. It is what the file was parsed from, byte for byte.
func (f *File) String() string {
	var b strings.Builder
	for _, l := range f.Lines {
		b.WriteString(l.String())
	}
	return b.String()
}

const Blanks = " \t"

// Parse reads a simplified submission file; name is for the errors. It returns all
// that is wrong, joined, each a [*SyntaxError]; and the file even then, whose
// String is text.
func Parse(name, text string) (*File, error) {
	f := &File{Name: name}
	var errs []error
	first := map[string]int{} // the line where an attribute has its value
	for text != "" {
		line, rest, found := strings.Cut(text, "\n")
		end := ""
		if found {
			if end = "\n"; strings.HasSuffix(line, "\r") {
				line, end = line[:len(line)-1], "\r\n"
			}
		}
		text = rest
		l, msg := parseLine(line, len(f.Lines) == 0)
		l.End = end
		f.Lines = append(f.Lines, l)
		here := len(f.Lines)
		if msg == "" && l.Name != "" {
			key := canonical(l.Name)
			if before := first[key]; before > 0 {
				msg = fmt.Sprintf("%s has a value already, on line %d", l.Name, before)
			} else if first[key] = here; true {
				msg = checkSetting(l.Name, l.Value)
			}
		}
		if msg != "" {
			errs = append(errs, &SyntaxError{name, here, msg})
		}
	}
	return f, errors.Join(errs...)
}

// parseLine takes a line apart, and says what is wrong with it. A line that is
// wrong is all Rest.
func parseLine(line string, atStart bool) (l Line, msg string) {
	rest := line
	if atStart {
		rest = strings.TrimPrefix(rest, "\ufeff")
	}
	rest = strings.TrimLeft(rest, Blanks)
	l.Indent = line[:len(line)-len(rest)]
	if rest == "" || rest[0] == '#' {
		l.Rest = rest
		return l, ""
	}
	equals := strings.IndexByte(rest, '=')
	if equals < 0 {
		l.Rest = rest
		return l, fmt.Sprintf("%q is not of the form NAME = VALUE", text.Clip(rest))
	}
	name := strings.TrimRight(rest[:equals], Blanks)
	if name == "" {
		l.Rest = rest
		return l, `there is no name before the "="`
	}
	tail := strings.TrimLeft(rest[equals+1:], Blanks)
	value := strings.TrimRight(tail, Blanks)
	if !PassedOn(name) {
		value = strings.TrimRight(tail[:commentIn(tail)], Blanks)
	}
	l.Name, l.Value, l.Rest = name, value, tail[len(value):]
	l.Equals = rest[len(name) : len(rest)-len(tail)]
	return l, ""
}

// commentIn returns where a comment begins in what follows an "=", or its length:
// at a "#" at the beginning or after a blank, and not in double quotes.
func commentIn(s string) int {
	quoted := false
	for i := range len(s) {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == '#' && !quoted && (i == 0 || strings.IndexByte(Blanks, s[i-1]) >= 0):
			return i
		}
	}
	return len(s)
}

// PassedOn reports whether a line of this name is HTCondor's: +Attr or condor.NAME.
func PassedOn(name string) bool {
	return strings.HasPrefix(name, "+") || len(name) >= len(condorPrefix) && strings.EqualFold(name[:len(condorPrefix)], condorPrefix)
}

const condorPrefix = "condor."

// canonical returns a name as it is compared with others.
func canonical(name string) string { return strings.ToLower(name) }

// checkSetting says what is wrong with a name or its value.
func checkSetting(name, value string) string {
	if PassedOn(name) {
		return checkPassedOn(name, value)
	}
	a, ok := attribute(name)
	switch {
	case instead(name) != "":
		return name + ": " + instead(name)
	case !ok && len(name) > 40:
		return fmt.Sprintf("unknown attribute %s", text.Clip(name))
	case !ok:
		return fmt.Sprintf("unknown attribute %s; the nearest known one is %s", name, Nearest(name, attributeNames()))
	}
	if err := checkValue(a, value); err != nil {
		return fmt.Sprintf("%s: %v", a.Name, err)
	}
	return ""
}

// checkPassedOn says what is wrong with a line that is passed on word for word.
// What it means is HTCondor's business; but it must stay one line there too.
func checkPassedOn(name, value string) string {
	rest := strings.TrimPrefix(name, "+")
	if rest == name {
		rest = name[len(condorPrefix):]
	}
	for i := range len(rest) {
		if c := rest[i]; c != '_' && c != '.' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return fmt.Sprintf("%s: a name has letters, digits, _ and . only", text.Clip(name))
		}
	}
	switch {
	case strings.Trim(rest, ".") == "":
		return name + " is no name"
	case strings.EqualFold(rest, "queue"):
		return name + ": write total_jobs"
	case strings.HasSuffix(value, `\`):
		return name + `: a "\" at the end would join the next line to this one`
	}
	return ""
}
