package text

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// blanks are what may stand between a number and its unit.
const blanks = " \t"

// NumberAndUnit splits s into a number, the letters that follow it, and the rest.
func NumberAndUnit(s string) (number float64, unit, rest string, ok bool) {
	tail := strings.TrimLeft(s, "0123456789.")
	number, err := strconv.ParseFloat(s[:len(s)-len(tail)], 64)
	tail = strings.TrimLeft(tail, blanks)
	end := strings.IndexFunc(tail, func(r rune) bool { return !unicode.IsLetter(r) })
	if end < 0 {
		end = len(tail)
	}
	return number, tail[:end], strings.TrimLeft(tail[end:], blanks), err == nil
}

// ParseSize parses a size with its unit, 512MB or 1.5 GB, and returns it in bytes. Units are
// powers of 1024, in any case.
func ParseSize(value string) (int64, error) {
	number, unit, rest, ok := NumberAndUnit(strings.ToUpper(value))
	if !ok || rest != "" || unit == "" {
		return 0, fmt.Errorf("%q is not a size: write it as 512MB or 2GB", Clip(value))
	}
	unit, _ = strings.CutSuffix(strings.Replace(unit, "IB", "B", 1), "B")
	power := strings.Index("KMGT", unit) + 1
	switch {
	case unit == "":
		power = 0
	case len(unit) > 1 || power == 0:
		return 0, fmt.Errorf("%q: the units are B, KB, MB, GB and TB", Clip(value))
	}
	bytes := math.Ceil(number * math.Pow(1024, float64(power)))
	if bytes < 1 || bytes > 1<<50 {
		return 0, fmt.Errorf("%q is not between 1 B and 1024 TB", Clip(value))
	}
	return int64(bytes), nil
}
