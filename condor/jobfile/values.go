package jobfile

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"matpool/condor"
	"matpool/internal/base/file"
	"matpool/internal/base/text"
)

// checkValue returns what is wrong with an attribute's value.
func checkValue(a Attribute, value string) error {
	var err error
	switch a.Kind {
	case Text:
		_, err = parseText(a.Name, value)
	case Name:
		_, err = parseName(a.Name, value)
	case Names:
		_, err = parseNames(a.Name, value)
	case Integer:
		_, err = parseInteger(a.Name, value)
	case IntegerOrAuto:
		if !isAuto(value) {
			if _, err = parseInteger(a.Name, value); err != nil {
				err = fmt.Errorf("%w, or auto", err)
			}
		}
	case Time:
		_, err = parseTime(a.Name, value)
	case Size:
		_, err = parseSize(a.Name, value)
	case YesNo:
		_, err = parseYesNo(value)
	case SystemNames:
		_, err = parseSystems(value)
	}
	return err
}

func isAuto(value string) bool { return strings.EqualFold(value, "auto") }

func parseText(name, value string) (string, error) {
	if err := condor.CheckPrintable(value); err != nil {
		return "", err
	}
	if err := checkWord(name, value); err != nil {
		return "", err
	}
	switch name {
	case "grid":
		if _, _, err := text.ParseGrid(value, file.MaxIndex); err != nil {
			return "", fmt.Errorf("%q: %w", text.Clip(value), err)
		}
	case "transpose":
		if value != "a" {
			return "", fmt.Errorf("%q: only the first factor can be transposed: write transpose = a", text.Clip(value))
		}
	case "arguments":
		words, err := condor.SplitArguments(value)
		if err != nil {
			return "", err
		}
		for _, word := range words {
			if err := condor.Template(word).Check(); err != nil {
				return "", err
			}
			if err := checkJobNumber(condor.Template(word)); err != nil {
				return "", err
			}
		}
	case "requirements":
		if strings.HasSuffix(value, `\`) {
			return "", errors.New(`a "\" at the end would continue the line`)
		}
	case "batch_name":
		return unquote(value)
	}
	return value, nil
}

// parseName parses the name of one file. Names that are common to all jobs may have any
// macros, those of numbered files $(index).
func parseName(attr, value string) (string, error) {
	name, err := unquote(value)
	if err != nil {
		return "", err
	}
	if name == "" {
		return "", errors.New("the name is empty")
	}
	switch attr {
	case "stdout", "stderr", "log":
		if err := condor.Template(name).Check(); err != nil {
			return "", err
		}
		if err := checkJobNumber(condor.Template(name)); err != nil {
			return "", err
		}
	default:
		if err := checkNumbers(attr, name); err != nil {
			return "", err
		}
		if err := condor.CheckLiteral(name, strings.HasPrefix(attr, "indexed_")); err != nil {
			return "", err
		}
	}
	place := condor.InStream
	if strings.HasSuffix(attr, "log") {
		place = condor.InLog
	}
	return name, condor.CheckName(name, place)
}

// parseNames parses names separated by commas. Double quotes may enclose each name, or the
// whole list: "data.h5, dependencies.exe".
func parseNames(attr, value string) ([]string, error) {
	if value == "" {
		return nil, nil
	}
	if inner, ok := strings.CutPrefix(value, `"`); ok {
		if inner, ok := strings.CutSuffix(inner, `"`); ok && !strings.Contains(inner, `"`) {
			value = inner
		}
	}
	var names []string
	for begin, i, quoted := 0, 0, false; i <= len(value); i++ {
		if i < len(value) && value[i] == '"' {
			quoted = !quoted
		}
		if i < len(value) && (value[i] != ',' || quoted) {
			continue
		}
		name, err := unquote(strings.Trim(value[begin:i], condor.Blanks))
		switch {
		case err != nil:
			return nil, err
		case name == "":
			return nil, errors.New("a name is empty")
		case slices.Contains(names, name):
			return nil, fmt.Errorf("%s is named twice", name)
		}
		if err := checkNumbers(attr, name); err != nil {
			return nil, err
		}
		if err := condor.CheckLiteral(name, strings.HasPrefix(attr, "indexed_")); err != nil {
			return nil, err
		}
		if err := condor.CheckName(name, condor.InInputs); err != nil {
			return nil, err
		}
		names, begin = append(names, name), i+1
	}
	return names, nil
}

// unquote removes the double quotes around a text, if any.
func unquote(s string) (string, error) {
	switch inner := strings.TrimSuffix(strings.TrimPrefix(s, `"`), `"`); {
	case len(inner) == len(s) && !strings.Contains(s, `"`):
		return s, nil
	case len(inner) == len(s)-2 && len(s) > 1 && !strings.Contains(inner, `"`):
		return inner, nil
	}
	return "", fmt.Errorf(`%s: double quotes must be at both ends or at neither`, text.Clip(s))
}

func parseInteger(name, value string) (int, error) {
	least, most := limits(name)
	n, err := strconv.Atoi(value)
	if err != nil || n < least || n > most || value[0] == '+' {
		return 0, fmt.Errorf("%q is not a whole number from %d to %d", text.Clip(value), least, most)
	}
	return n, nil
}

func parseYesNo(value string) (bool, error) {
	switch strings.ToLower(value) {
	case "yes", "true":
		return true, nil
	case "no", "false":
		return false, nil
	}
	return false, fmt.Errorf("%q is neither yes nor no", text.Clip(value))
}

// parseSystems parses a list of systems and sorts it.
func parseSystems(value string) ([]condor.System, error) {
	value, err := unquote(value)
	if err != nil {
		return nil, err
	}
	var systems []condor.System
	for _, word := range strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
		system := condor.System(strings.ToUpper(word))
		switch {
		case !slices.Contains(condor.Systems(), system):
			return nil, fmt.Errorf("%s is none of linux, linux-arm64 and windows", text.Clip(word))
		case slices.Contains(systems, system):
			return nil, fmt.Errorf("%s is named twice", text.Clip(word))
		}
		systems = append(systems, system)
	}
	if systems == nil {
		return nil, errors.New("write some of linux, linux-arm64 and windows")
	}
	slices.Sort(systems)
	return systems, nil
}
