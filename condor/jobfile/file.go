// Package jobfile reads a simplified submission file: lines NAME = VALUE that say what somebody wants to run, without HTCondor's language.
//
// [Parse] makes a [File] of the text, and [File.Request] what the file asks for, with
// defaults filled in. [Attributes] is the table of names that both go by.
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
// begins a comment, but not within double quotes. Capitals make no difference in names.
// Lines end with a newline, or with CR and newline.
type File struct {
	Name  string
	Lines []Line
}

// A Line is a line of a [File] that gives an attribute its value, both as they are
// written.
type Line struct {
	condor.Setting
	Number int // from 1
}

// Parse reads a simplified submission file; name is for the errors. The error joins all
// that is wrong, each a [*condor.SyntaxError]. The file then has the lines that were
// understood.
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
				msg = fmt.Sprintf("%s has a value already, on line %d", s.Name, before)
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

// parseLine splits a line, or says what is wrong with its form. A line without a setting
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
		return s, `there is no name before the "="`
	}
	value = strings.TrimLeft(value, condor.Blanks)
	if !PassedOn(s.Name) {
		value = value[:commentIn(value)]
	}
	s.Value = strings.TrimRight(value, condor.Blanks)
	return s, ""
}

// commentIn returns where a comment begins in what follows the "=", or the length if
// there is none: at a "#" at the beginning or after a blank, outside double quotes.
func commentIn(s string) int {
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

// canonical returns a name in the form in which names are compared.
func canonical(name string) string { return strings.ToLower(name) }

// checkSetting says what is wrong with a name or its value.
func checkSetting(s condor.Setting) string {
	if PassedOn(s.Name) {
		return checkPassedOn(s)
	}
	a, ok := attribute(s.Name)
	switch {
	case instead(s.Name) != "":
		return s.Name + ": " + instead(s.Name)
	case !ok && len(s.Name) > 40:
		return "unknown attribute " + text.Clip(s.Name)
	case !ok:
		return fmt.Sprintf("unknown attribute %s; the nearest known one is %s", s.Name, Nearest(s.Name, attributeNames()))
	}
	if err := checkValue(a, s.Value); err != nil {
		return fmt.Sprintf("%s: %v", a.Name, err)
	}
	return ""
}
