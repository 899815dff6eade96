// Package text formats numbers, sizes, durations and lists for messages.
package text

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Number returns a whole number with commas: 100,000.
func Number(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Count returns a number with a noun: 1 file, 2 files, 1,000 files.
func Count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return Number(n) + " " + what
}

// Size returns a number of bytes in decimal units: 4.2 kB, 16.0 MB, 1.6 GB.
func Size(bytes int64) string {
	switch {
	case bytes >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(bytes)/1e9)
	case bytes < 1e5:
		return fmt.Sprintf("%.1f kB", float64(bytes)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(bytes)/1e6)
}

// Duration returns a duration in its two largest units, without zeros at the end:
// 250ms, 36s, 1m36s, 3h20m, 2d05h, 10m.
func Duration(d time.Duration) string {
	if d < time.Minute && d%time.Second != 0 {
		return d.Round(10 * time.Millisecond).String()
	}
	d = d.Round(time.Second)
	parts := []struct {
		unit time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}}
	for i, large := range parts[:3] {
		if d < large.unit {
			continue
		}
		s := fmt.Sprintf("%d%s", d/large.unit, large.name)
		if small := parts[i+1]; d%large.unit >= small.unit {
			s += fmt.Sprintf("%02d%s", d%large.unit/small.unit, small.name)
		}
		return s
	}
	return fmt.Sprintf("%ds", d/time.Second)
}

// First returns a list of names: all if there are few, otherwise the first ten and the number
// of others.
func First(names []string, separator string) string {
	const most = 10
	if len(names) <= most+1 {
		return strings.Join(names, separator)
	}
	return strings.Join(names[:most], separator) + " and " + Number(len(names)-most) + " more"
}

// Clip returns at most the first 40 bytes of s, without splitting a character, for an error
// to quote. Of bytes that are not UTF-8 it can keep all 40.
func Clip(s string) string {
	const most = 40
	if len(s) <= most {
		return s
	}
	end := most
	for end > most-utf8.UTFMax+1 && !utf8.RuneStart(s[end]) {
		end--
	}
	if !utf8.RuneStart(s[end]) {
		end = most
	}
	return s[:end] + "…"
}

// Plain returns a text as one line without control characters. Names of files and texts in a
// log may have any, and a terminal would obey them.
func Plain(text string) string {
	text = strings.ToValidUTF8(text, "\ufffd") // a byte alone may be a control character, too
	return strings.Join(strings.FieldsFunc(text, unicode.IsControl), " ")
}

// Quoted returns a name in quotation marks, as it can be typed again: Ä and \ are themselves. Only a name with
// characters that do not print, or with a quotation mark, is written as in Go.
func Quoted(name string) string {
	plain := func(r rune) bool { return strconv.IsPrint(r) && r != '"' && r != utf8.RuneError }
	if strings.ContainsFunc(name, func(r rune) bool { return !plain(r) }) {
		return strconv.Quote(name)
	}
	return `"` + name + `"`
}

// Dash returns the name of a character that looks like "-", such as "an en dash", or "" for
// any other character. Word processors and web pages make such characters of "-" and "--".
func Dash(r rune) string {
	switch r {
	case '\u2010':
		return "a hyphen of another kind"
	case '\u2011':
		return "a no-break hyphen"
	case '\u2012':
		return "a figure dash"
	case '–':
		return "an en dash"
	case '—':
		return "an em dash"
	case '\u2015':
		return "a horizontal bar"
	case '\u2212':
		return "a minus sign"
	}
	return ""
}
