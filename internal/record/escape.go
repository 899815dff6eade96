package record

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// escape writes as %XX each byte that a table, a terminal or a reader of CSV files could misread:
// "%", quotes, control characters, everything else that is not printable, bytes that are not UTF-8,
// and the characters in also.
func escape(s, also string) string {
	if isPlain(s, also) {
		return s
	}
	plain := func(r rune, size int) bool {
		return r != '%' && r != '"' && !strings.ContainsRune(also, r) && (r == ' ' || unicode.IsPrint(r)) && (r != utf8.RuneError || size > 1)
	}
	var b strings.Builder
	done := 0
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !plain(r, size) {
			b.WriteString(s[done:i])
			for _, c := range []byte(s[i : i+size]) {
				fmt.Fprintf(&b, "%%%02X", c)
			}
			done = i + size
		}
		i += size
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}

// isPlain reports whether a text has only printable ASCII characters that need no escape, as nearly all texts do.
func isPlain(s, also string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '%' || c == '"' || strings.IndexByte(also, c) >= 0 {
			return false
		}
	}
	return true
}

// Besides, in a word a blank ends it, in a list of words a comma.
const (
	inCell = ""
	inWord = " ="
	inList = " =,"
)

// unescape is the inverse of [escape]. It takes also what need not be escaped, but nothing that a
// line must not contain.
func unescape(s string) (string, error) {
	if strings.ContainsFunc(s, unicode.IsControl) {
		return "", fmt.Errorf("%q has a control character", s)
	}
	if !strings.Contains(s, "%") {
		return s, nil
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '%' {
			if i+2 >= len(s) {
				return "", fmt.Errorf("%q ends in the middle of an escaped byte", s)
			}
			high, low := strings.IndexByte(hexDigits, s[i+1]), strings.IndexByte(hexDigits, s[i+2])
			if high < 0 || low < 0 {
				return "", fmt.Errorf("%q has %q, which is not an escaped byte", s, s[i:i+3])
			}
			c = byte(high<<4 | low)
			i += 2
		}
		b = append(b, c)
	}
	return string(b), nil
}

const hexDigits = "0123456789ABCDEF"
