// Package jobfile reads a simplified submission file: lines NAME = VALUE that describe what to run, without HTCondor's syntax.
//
// [Decode] returns a file's text, and [Parse] parses it into a [File]. [File.Request] returns what the file asks for, with
// defaults filled in. [Attributes] is the table of names that both use.
package jobfile

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"matpool/condor"
	"matpool/internal/base/text"
)

// A File is a simplified submission file: attributes, one to a line, in any order.
//
//	# 100 products
//	executable          = matprod
//	indexed_input_files = inputA.npy, inputB.npy
//	total_jobs=100
//
// A line is NAME = VALUE, or empty. A "#" at the beginning of a line or after a blank
// begins a comment, except inside double quotes. Names ignore case.
//
// A name and a value have blanks of any kind around them, which are ignored. Inside, a
// character that looks like another one or cannot be seen is an error: a no-break space, a
// curly quotation mark, a dash. A comment may have any characters.
type File struct {
	Name  string
	Lines []Line
}

// A Line is a line of a [File] that sets an attribute. Name and value are as written.
type Line struct {
	condor.Setting
	Number int // from 1
}

// Parse parses the text of a simplified submission file (see [Decode]); errors have the name.
// The error joins a [*condor.SyntaxError] for each fault. The file then has the lines that
// could be parsed.
func Parse(name, text string) (*File, error) {
	f := &File{Name: name}
	var errs []error
	set := map[string]Line{} // by canonical name
	all := Attributes()
	number, known := 0, false
	for line := range strings.Lines(text) {
		number++
		s, column, msg := parseLine(all, strings.TrimSuffix(line, "\n"))
		if _, ok := find(all, s.Name); ok || PassedOn(s.Name) || Foreign(s.Name) {
			known = true
		}
		if key := canonical(s.Name); key != "" && msg == "" {
			if before, ok := set[key]; ok {
				msg = fmt.Sprintf("%s is already set on line %d", s.Name, before.Number)
				if !strings.EqualFold(before.Name, s.Name) {
					msg += ", as " + before.Name
				}
			} else {
				set[key] = Line{s, number}
				f.Lines = append(f.Lines, set[key])
				msg = checkSetting(all, s)
			}
		}
		if msg != "" {
			errs = append(errs, &condor.SyntaxError{File: name, Line: number, Column: column, Msg: msg})
		}
	}
	if len(errs) > 1 && !known {
		return f, &condor.SyntaxError{File: name, Msg: "no line sets an attribute; for a program, a submission file has the line executable = " + condor.Base(name)}
	}
	return f, errors.Join(errs...)
}

// Begins reports whether a text begins as a simplified submission file does: the first line that is neither empty nor a
// comment sets an attribute. That of an event log does not.
func Begins(text string) bool {
	all := Attributes()
	for line := range strings.Lines(text) {
		if s, _, _ := parseLine(all, strings.TrimSuffix(line, "\n")); s.Name != "" {
			_, ok := find(all, s.Name)
			return ok || PassedOn(s.Name)
		}
	}
	return false
}

// parseLine splits a line, or returns a message on its syntax, with the column of the
// character at fault, if any. A line without a setting has no name.
func parseLine(all []Attribute, line string) (s condor.Setting, column int, msg string) {
	name, value, ok := strings.Cut(line, "=")
	s.Name = strings.TrimFunc(name, isBlank)
	if strings.HasPrefix(s.Name, "#") || s.Name == "" && !ok {
		return condor.Setting{}, 0, ""
	}
	if arguments, queue := queueStatement(s.Name); queue && (!ok || arguments != "") {
		return s, 0, "queue: " + queueReplacement(arguments)
	}
	if column, msg := oddColumn(line, strings.Index(line, s.Name), s.Name); msg != "" {
		return s, column, msg
	}
	switch {
	case !ok:
		return s, 0, fmt.Sprintf("%q is not of the form NAME = VALUE", text.Clip(s.Name))
	case s.Name == "":
		return s, 0, `no name before the "="`
	}
	start := len(line) - len(strings.TrimLeftFunc(value, isBlank))
	value = line[start:]
	if !PassedOn(s.Name) {
		value = value[:commentStart(value)]
	}
	s.Value = trimValue(all, s.Name, value)
	column, msg = oddColumn(line, start, s.Value)
	return s, column, msg
}

// trimValue removes the blanks around a value, and replaces odd ones between words.
func trimValue(all []Attribute, name, value string) string {
	a, _ := find(all, name)
	return ordinaryBlanks(a.Kind, strings.TrimFunc(value, isBlank))
}

// oddColumn is oddCharacter for a part of a line that begins at a byte offset. It returns the
// character's column.
func oddColumn(line string, start int, part string) (column int, msg string) {
	offset, msg := oddCharacter(part)
	if msg == "" {
		return 0, ""
	}
	return utf8.RuneCountInString(line[:start]) + utf8.RuneCountInString(part[:offset]) + 1, msg
}

// commentStart returns the index of a comment in the text after the "=", or its length if it
// has none. A comment begins with a "#" at the beginning or after a blank, outside double
// quotes.
func commentStart(s string) int {
	quoted := false
	for i := range len(s) {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == '#' && !quoted && (i == 0 || endsInBlank(s[:i])):
			return i
		}
	}
	return len(s)
}

func endsInBlank(s string) bool {
	last, _ := utf8.DecodeLastRuneInString(s)
	return isBlank(last)
}

// checkSetting returns a message on what is wrong with a name or its value, or "".
func checkSetting(all []Attribute, s condor.Setting) string {
	if PassedOn(s.Name) {
		return checkPassedOn(s)
	}
	a, ok := find(all, s.Name)
	switch {
	case replacement(s) != "":
		return s.Name + ": " + replacement(s)
	case !ok:
		if nearest := text.Nearest(s.Name, namesOf(all)); nearest != "" {
			return fmt.Sprintf("unknown attribute %s; did you mean %s?", text.Clip(s.Name), nearest)
		}
		return "unknown attribute " + text.Clip(s.Name)
	}
	if err := a.set(s.Value); err != nil {
		return fmt.Sprintf("%s: %v", s.Name, err)
	}
	return ""
}

const condorPrefix = "condor."

// PassedOn reports whether a name has the form +Attr or condor.NAME. The value of such a
// name is passed on to HTCondor unchanged.
func PassedOn(name string) bool {
	return strings.HasPrefix(name, "+") || len(name) >= len(condorPrefix) && strings.EqualFold(name[:len(condorPrefix)], condorPrefix)
}

// htcondorName returns HTCondor's name for a setting that is passed on: +Attr or NAME.
func htcondorName(name string) string {
	if strings.HasPrefix(name, "+") {
		return name
	}
	return name[len(condorPrefix):]
}
