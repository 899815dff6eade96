package condor

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"matpool/internal/text"
)

// A System is an operating system that machines in a pool have, by HTCondor's
// name for it (the machines' attribute OpSys).
type System string

const (
	Linux   System = "LINUX"
	Windows System = "WINDOWS"
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
		_, err = parseNames(value)
	case Whole:
		_, err = parseWhole(a.Name, value)
	case WholeOrAuto:
		if !isAuto(value) {
			if _, err = parseWhole(a.Name, value); err != nil {
				err = fmt.Errorf("%w, or auto", err)
			}
		}
	case Time:
		_, err = parseTime(a.Name, value)
	case Size:
		_, err = parseSize(value)
	case YesNo:
		_, err = parseYesNo(value)
	case SystemNames:
		_, err = parseSystems(value)
	}
	return err
}

func isAuto(value string) bool { return strings.EqualFold(value, "auto") }

func parseText(name, value string) (string, error) {
	if err := CheckPrintable(value); err != nil {
		return "", err
	}
	switch name {
	case "arguments":
		words, err := SplitArguments(value)
		if err != nil {
			return "", err
		}
		for _, word := range words {
			if err := Template(word).Check(); err != nil {
				return "", err
			}
		}
	case "requirements":
		if strings.HasSuffix(value, `\`) {
			return "", errors.New(`a "\" at the end would join HTCondor's next line to this one`)
		}
	case "batch_name":
		return unquote(value)
	}
	return value, nil
}

// parseName reads the name of one file. In the names that hold for all jobs,
// macros may stand.
func parseName(attr, value string) (string, error) {
	name, err := unquote(value)
	if err != nil {
		return "", err
	}
	if name == "" {
		return "", errors.New("there is no name")
	}
	switch attr {
	case "stdout", "stderr", "log":
		if err := Template(name).Check(); err != nil {
			return "", err
		}
	default:
		if err := CheckLiteral(name); err != nil {
			return "", err
		}
	}
	place := InStream
	if strings.HasSuffix(attr, "log") {
		place = InLog
	}
	return name, CheckName(name, place)
}

// parseNames reads names with commas between them. Double quotes may stand around
// each of them, or around all: "data.h5, dependencies.exe".
func parseNames(value string) ([]string, error) {
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
		name, err := unquote(strings.Trim(value[begin:i], Blanks))
		switch {
		case err != nil:
			return nil, err
		case name == "":
			return nil, errors.New("a name is empty")
		case slices.Contains(names, name):
			return nil, fmt.Errorf("%s stands twice", name)
		}
		if err := CheckLiteral(name); err != nil {
			return nil, err
		}
		if err := CheckName(name, InInputs); err != nil {
			return nil, err
		}
		names, begin = append(names, name), i+1
	}
	return names, nil
}

// unquote takes double quotes off.
func unquote(s string) (string, error) {
	switch inner := strings.TrimSuffix(strings.TrimPrefix(s, `"`), `"`); {
	case len(inner) == len(s) && !strings.Contains(s, `"`):
		return s, nil
	case len(inner) == len(s)-2 && len(s) > 1 && !strings.Contains(inner, `"`):
		return inner, nil
	}
	return "", fmt.Errorf(`%s: a double quote stands at both ends or nowhere`, text.Clip(s))
}

func parseWhole(name, value string) (int, error) {
	least, most := limits(name)
	n, err := strconv.Atoi(value)
	if err != nil || n < least || n > most || value[0] == '+' {
		return 0, fmt.Errorf("%q is not a whole number from %d to %d", text.Clip(value), least, most)
	}
	return n, nil
}

// parseTime reads a time: a number of minutes, or numbers with units, 30s, 90m,
// 2h, 1h30m. Parts of a second are rounded up, since HTCondor counts seconds.
func parseTime(name, value string) (time.Duration, error) {
	const longest = 366 * 24 * time.Hour
	wrong := fmt.Errorf("%q is not a time: write minutes, as in 60, or 30s, 90m, 2h", text.Clip(value))
	total := 0.0
	rest := strings.ToLower(value)
	for first := true; first || rest != ""; first = false {
		number, unit, after, ok := numberAndUnit(rest)
		seconds := timeUnit(unit)
		if unit == "" && first && after == "" {
			seconds = 60
		}
		if !ok || seconds == 0 {
			return 0, wrong
		}
		total += number * seconds
		rest = after
	}
	if name == "max_run_time" && total <= 0 {
		return 0, errors.New("it must be more than nothing")
	}
	if total > longest.Seconds() {
		return 0, fmt.Errorf("%q is more than a year", text.Clip(value))
	}
	return time.Duration(math.Ceil(total)) * time.Second, nil
}

func timeUnit(unit string) (seconds float64) {
	switch unit {
	case "s", "sec", "second", "seconds":
		return 1
	case "m", "min", "minute", "minutes":
		return 60
	case "h", "hour", "hours":
		return 3600
	case "d", "day", "days":
		return 24 * 3600
	}
	return 0
}

// numberAndUnit takes a number and the letters behind it off s.
func numberAndUnit(s string) (number float64, unit, rest string, ok bool) {
	tail := strings.TrimLeft(s, "0123456789.")
	number, err := strconv.ParseFloat(s[:len(s)-len(tail)], 64)
	tail = strings.TrimLeft(tail, Blanks)
	end := strings.IndexFunc(tail, func(r rune) bool { return !unicode.IsLetter(r) })
	if end < 0 {
		end = len(tail)
	}
	return number, tail[:end], strings.TrimLeft(tail[end:], Blanks), err == nil
}

// parseSize reads a size, 512MB or 1.5 GB, in bytes; 0 for auto. Units are powers of
// 1024, as HTCondor's are. A number without a unit is refused: HTCondor itself
// takes megabytes for memory but kilobytes for the disk, and can be told to refuse.
func parseSize(value string) (int64, error) {
	if isAuto(value) {
		return 0, nil
	}
	number, unit, rest, ok := numberAndUnit(strings.ToUpper(value))
	if !ok || rest != "" {
		return 0, fmt.Errorf("%q is not a size: write it as 512MB or 2GB, or auto", text.Clip(value))
	}
	unit, _ = strings.CutSuffix(strings.Replace(unit, "IB", "B", 1), "B")
	power := strings.Index("KMGT", unit) + 1
	switch {
	case unit == "" && !strings.HasSuffix(strings.ToUpper(value), "B"):
		return 0, fmt.Errorf("%q has no unit: write %sMB", text.Clip(value), text.Clip(value))
	case unit == "":
		power = 0
	case len(unit) > 1 || power == 0:
		return 0, fmt.Errorf("%q: the units are B, KB, MB, GB and TB", text.Clip(value))
	}
	bytes := math.Ceil(number * math.Pow(1024, float64(power)))
	if bytes < 1 || bytes > 1<<50 {
		return 0, fmt.Errorf("%q is not from 1 B to 1024 TB", text.Clip(value))
	}
	return int64(bytes), nil
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

// parseSystems reads a list of operating systems. It is sorted, Linux first.
func parseSystems(value string) ([]System, error) {
	value, err := unquote(value)
	if err != nil {
		return nil, err
	}
	var systems []System
	for _, word := range strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
		system := System(strings.ToUpper(word))
		switch {
		case system != Linux && system != Windows:
			return nil, fmt.Errorf("%s is neither linux nor windows", text.Clip(word))
		case slices.Contains(systems, system):
			return nil, fmt.Errorf("%s stands twice", text.Clip(word))
		}
		systems = append(systems, system)
	}
	if systems == nil {
		return nil, errors.New("write linux, windows or both")
	}
	slices.Sort(systems)
	return systems, nil
}
