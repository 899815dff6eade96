package jobfile

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"matpool/internal/base/text"
)

// parseTime parses a time: a number of minutes, or numbers with units, 30s, 90m, 2h,
// 1h30m. It rounds up to whole seconds, HTCondor's unit.
func parseTime(name, value string) (time.Duration, error) {
	const longest = 366 * 24 * time.Hour
	wrong := fmt.Errorf("%q is not a time: write minutes, as in 60, or 30s, 90m, 2h", text.Clip(value))
	total := 0.0
	rest := strings.ToLower(value)
	for first := true; first || rest != ""; first = false {
		number, unit, after, ok := text.NumberAndUnit(rest)
		seconds := timeUnit(unit)
		if unit == "" && first && after == "" {
			seconds = 60
		}
		if !ok || seconds == 0 {
			return 0, wrong
		}
		total += float64(number * seconds) // rounded, on every processor
		rest = after
	}
	if name == "max_run_time" && total <= 0 {
		return 0, errors.New("it must be more than 0")
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

// parseSize parses a size, 512MB or 1.5 GB, and returns it in bytes; 0 for auto. Units are
// powers of 1024, as in HTCondor. A number without a unit is an error: HTCondor takes it for
// megabytes of memory but for kilobytes of disk, and a pool can refuse it.
func parseSize(name, value string) (int64, error) {
	if isAuto(value) {
		return 0, nil
	}
	switch _, unit, rest, ok := text.NumberAndUnit(value); {
	case !ok || rest != "":
		return 0, fmt.Errorf("%q is not a size: write it as 512MB or 2GB, or auto", text.Clip(value))
	case unit == "":
		word, unit := "megabytes", "MB"
		if name == "request_disk" {
			word, unit = "kilobytes", "KB"
		}
		return 0, fmt.Errorf("%q has no unit: HTCondor takes it for %s: write %s%s", text.Clip(value), word, text.Clip(value), unit)
	}
	return text.ParseSize(value)
}
