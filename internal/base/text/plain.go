package text

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

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
