// Package jobfile reads a simplified submission file: lines NAME = VALUE that describe what to run, without HTCondor's syntax.
//
// [Parse] parses the text into a [File]. [File.Request] returns what the file asks for, with
// defaults filled in. [Attributes] is the table of names that both use.
package jobfile

import (
	"errors"
	"fmt"
	"strings"

	"matpool/condor"
	"matpool/internal/text"
)

// A File is a simplified submission file: attributes, one to a line, in any order.
//
//	# 100 products
//	executable          = matprod
//	indexed_input_files = inputA.npy, inputB.npy
//	total_jobs=100
//
// A line is NAME = VALUE, or empty. A "#" at the beginning of a line or after a blank
// begins a comment, except inside double quotes. Names ignore case. Lines end with LF or
// CR LF.
type File struct {
	Name  string
	Lines []Line
}

// A Line is a line of a [File] that sets an attribute. Name and value are as written.
type Line struct {
	condor.Setting
	Number int // from 1
}

// Parse parses a simplified submission file; errors have the name. The error joins a
// [*condor.SyntaxError] for each fault. The file then has the lines that could be parsed.
func Parse(name, text string) (*File, error) {
	f := &File{Name: name}
	var errs []error
	lineOf := map[string]int{} // by canonical name
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		number++
		s, msg := parseLine(strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r"))
		if key := canonical(s.Name); key != "" {
			if before := lineOf[key]; before > 0 {
				msg = fmt.Sprintf("%s is already set on line %d", s.Name, before)
			} else {
				lineOf[key] = number
				f.Lines = append(f.Lines, Line{s, number})
				msg = checkSetting(s)
			}
		}
		if msg != "" {
			errs = append(errs, &condor.SyntaxError{File: name, Line: number, Msg: msg})
		}
	}
	return f, errors.Join(errs...)
}

// parseLine splits a line, or returns a message on its syntax. A line without a setting
// has no name.
func parseLine(line string) (s condor.Setting, msg string) {
	line = strings.TrimLeft(line, condor.Blanks)
	if line == "" || line[0] == '#' {
		return s, ""
	}
	name, value, ok := strings.Cut(line, "=")
	if !ok {
		return s, fmt.Sprintf("%q is not of the form NAME = VALUE", text.Clip(line))
	}
	if s.Name = strings.TrimRight(name, condor.Blanks); s.Name == "" {
		return s, `no name before the "="`
	}
	value = strings.TrimLeft(value, condor.Blanks)
	if !PassedOn(s.Name) {
		value = value[:commentStart(value)]
	}
	s.Value = strings.TrimRight(value, condor.Blanks)
	return s, ""
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
		case s[i] == '#' && !quoted && (i == 0 || strings.IndexByte(condor.Blanks, s[i-1]) >= 0):
			return i
		}
	}
	return len(s)
}

// canonical returns a name in the form for comparisons.
func canonical(name string) string { return strings.ToLower(name) }

// checkSetting returns a message on what is wrong with a name or its value, or "".
func checkSetting(s condor.Setting) string {
	if PassedOn(s.Name) {
		return checkPassedOn(s)
	}
	a, ok := attribute(s.Name)
	switch {
	case replacement(s.Name) != "":
		return s.Name + ": " + replacement(s.Name)
	case !ok && len(s.Name) > 40:
		return "unknown attribute " + text.Clip(s.Name)
	case !ok:
		return fmt.Sprintf("unknown attribute %s; did you mean %s?", s.Name, Nearest(s.Name, attributeNames()))
	}
	if err := checkValue(a, s.Value); err != nil {
		return fmt.Sprintf("%s: %v", a.Name, err)
	}
	return ""
}
