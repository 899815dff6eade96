package jobfile

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"matpool/condor"
	"matpool/internal/base/file"
	"matpool/internal/base/text"
)

// The functions in the table of attributes: each returns one that parses a value and stores it.

// store returns a function that parses a value and stores it unless it is wrong.
func store[T any](to *T, parse func(string) (T, error)) func(string) error {
	return func(value string) error {
		v, err := parse(value)
		if err == nil {
			*to = v
		}
		return err
	}
}

// plain is for a text whose meaning is not known here.
func plain(to *string) func(string) error {
	return store(to, func(value string) (string, error) { return value, condor.CheckPrintable(value) })
}

// quoted is for a text that may have double quotes around it.
func quoted(to *string) func(string) error {
	return store(to, func(value string) (string, error) {
		if err := condor.CheckPrintable(value); err != nil {
			return "", err
		}
		return unquote(value)
	})
}

// comparisons matches what has a "=" in an expression, and strings, in which it does not count.
var comparisons = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|=\?=|=!=|[=!<>]=|=`)
})

func requirements(to *string) func(string) error {
	return store(to, func(value string) (string, error) {
		if strings.HasSuffix(value, `\`) {
			return "", errors.New(`a "\" at the end would continue the line`)
		}
		compared := comparisons().ReplaceAllStringFunc(value, func(token string) string {
			if token == "=" {
				return "=="
			}
			return token
		})
		if compared != value {
			return "", fmt.Errorf("= compares nothing: write %s", text.Clip(compared))
		}
		return value, condor.CheckPrintable(value)
	})
}

func arguments(to *[]condor.Template) func(string) error {
	return store(to, func(value string) (args []condor.Template, err error) {
		if err := condor.CheckPrintable(value); err != nil {
			return nil, err
		}
		words, err := condor.SplitArguments(value)
		for _, word := range words {
			arg := condor.Template(word)
			if err := arg.Check(); err != nil {
				return nil, err
			}
			if err := checkJobNumber(arg); err != nil {
				return nil, err
			}
			args = append(args, arg)
		}
		return args, err
	})
}

func number(to *int, least, most int) func(string) error {
	return store(to, func(value string) (int, error) {
		n, err := strconv.Atoi(value)
		if err != nil || n < least || n > most || value[0] == '+' {
			return 0, fmt.Errorf("%q is not a whole number from %d to %d", text.Clip(value), least, most)
		}
		return n, nil
	})
}

// orAuto is for a number or auto, which is stored as 0.
func orAuto(to *int) func(string) error {
	return func(value string) error {
		if isAuto(value) {
			*to = 0
			return nil
		}
		if err := number(to, 1, file.MaxCount)(value); err != nil {
			return fmt.Errorf("%w, or auto", err)
		}
		return nil
	}
}

func isAuto(value string) bool { return strings.EqualFold(value, "auto") }

func yesNo(to *bool) func(string) error {
	return store(to, func(value string) (bool, error) {
		switch strings.ToLower(value) {
		case "yes", "true":
			return true, nil
		case "no", "false":
			return false, nil
		}
		return false, fmt.Errorf("must be yes or no, not %q", text.Clip(value))
	})
}

func transpose(to *bool) func(string) error {
	return store(to, func(value string) (bool, error) {
		if value != "a" {
			return false, fmt.Errorf("%q: only the first factor can be transposed: write transpose = a", text.Clip(value))
		}
		return true, nil
	})
}

func fixed(to *string) func(string) error {
	return store(to, func(value string) (string, error) {
		if value != "a" && value != "b" {
			return "", fmt.Errorf("must be a, the first factor, or b, the second, not %q", text.Clip(value))
		}
		return value, nil
	})
}

func inputs(random *bool) func(string) error {
	return store(random, func(value string) (bool, error) {
		if value != "files" && value != "random" {
			return false, fmt.Errorf("must be files or random, not %q", text.Clip(value))
		}
		return value == "random", nil
	})
}

// seed stores a number of any size without the zeros before it: the log compares seeds as text.
func seed(to *string) func(string) error {
	return store(to, func(value string) (string, error) {
		if value == "" || strings.Trim(value, "0123456789") != "" {
			return "", fmt.Errorf("must be a whole number, 0 or more, not %q", text.Clip(value))
		}
		return cmp.Or(strings.TrimLeft(value, "0"), "0"), nil
	})
}

// generator checks rng, which has only one value.
func generator(value string) error {
	switch value {
	case "pcg64":
		return nil
	case "mt19937":
		return errors.New("mt19937 is not seeded for several streams, and each pair has one: write pcg64")
	}
	return fmt.Errorf("must be pcg64, not %q", text.Clip(value))
}

func grid(to *Grid) func(string) error {
	return store(to, func(value string) (g Grid, err error) {
		if g, err = ParseGrid(value); err != nil {
			err = fmt.Errorf("%q: %w", text.Clip(value), err)
		}
		return g, err
	})
}

// systems stores a sorted list of systems.
func systems(to *[]condor.System) func(string) error {
	return store(to, func(value string) (systems []condor.System, err error) {
		if value, err = unquote(value); err != nil {
			return nil, err
		}
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
			return nil, errors.New("write one or more of linux, linux-arm64 and windows")
		}
		slices.Sort(systems)
		return systems, nil
	})
}

// duration is for a time: a number of minutes, or numbers with units, 30s, 90m, 2h, 1h30m. It is
// rounded up to whole seconds, HTCondor's unit.
func duration(to *time.Duration, leastSeconds float64) func(string) error {
	const longest = 366 * 24 * time.Hour
	return store(to, func(value string) (time.Duration, error) {
		total := 0.0
		rest := strings.ToLower(value)
		for first := true; first || rest != ""; first = false {
			number, unit, after, ok := text.NumberAndUnit(rest)
			seconds := timeUnit(unit)
			if unit == "" && first && after == "" {
				seconds = 60
			}
			if !ok || seconds == 0 {
				return 0, fmt.Errorf("%q is not a time: write minutes, as in 60, or 30s, 90m, 2h", text.Clip(value))
			}
			total += float64(number * seconds) // rounded, on every processor
			rest = after
		}
		total = math.Ceil(total)
		switch {
		case total < leastSeconds:
			return 0, errors.New("must be more than 0")
		case total > longest.Seconds():
			return 0, fmt.Errorf("%q is more than a year", text.Clip(value))
		}
		return time.Duration(total) * time.Second, nil
	})
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

// size is for a size, 512MB or 1.5 GB, stored in bytes, or auto, stored as 0. Units are powers of
// 1024, as in HTCondor. A number without a unit is an error: HTCondor takes it for megabytes of
// memory but for kilobytes of disk, and a pool can refuse it.
func size(to *int64, units, unit string) func(string) error {
	return store(to, func(value string) (int64, error) {
		if isAuto(value) {
			return 0, nil
		}
		switch _, given, rest, ok := text.NumberAndUnit(value); {
		case !ok || rest != "":
			return 0, fmt.Errorf("%q is not a size: write it as 512MB or 2GB, or auto", text.Clip(value))
		case given == "":
			return 0, fmt.Errorf("%q has no unit: HTCondor takes it for %s: write %s%s", text.Clip(value), units, text.Clip(value), unit)
		}
		return text.ParseSize(value)
	})
}

// rate is for what a network carries, 1Gbit/s or 100 MB/s, stored in bytes per second. Units are powers of 1000, as
// those of networks are; B is a byte and b a bit.
func rate(to *float64) func(string) error {
	return store(to, func(value string) (float64, error) {
		number, unit, rest, ok := text.NumberAndUnit(value)
		power, bits := 0, 0.0
		if unit != "" {
			power = strings.Index("kmgt", strings.ToLower(unit[:1])) + 1
		}
		if power > 0 {
			unit = unit[1:]
		}
		switch unit + rest {
		case "bit/s", "b/s", "bps":
			bits = 1
		case "B/s", "byte/s":
			bits = 8
		}
		if !ok || bits == 0 || !(number > 0) {
			return 0, fmt.Errorf("%q is not a rate: write it as 1Gbit/s or 100MB/s", text.Clip(value))
		}
		return float64(number*bits) / 8 * math.Pow(1000, float64(power)), nil
	})
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
