package jobfile

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"matpool/internal/base/text"
)

// isBlank reports whether a character means nothing around a name or a value: blanks of all
// kinds, and characters that cannot be seen, such as a byte order mark.
func isBlank(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }

// ordinaryBlanks replaces the blanks between the words of a value with ordinary ones: those
// next to the commas of a list, and all that can be seen in a number, a time or a size. Texts
// and names of files keep theirs, since a blank may be part of a name.
func ordinaryBlanks(kind string, value string) string {
	if kind == kindText || kind == kindName || kind == "" {
		return value
	}
	parts := strings.Split(value, ",")
	for i, part := range parts {
		word := strings.TrimFunc(part, isBlank)
		before, after, _ := strings.Cut(part, word)
		if kind != kindNames {
			word = ordinarySpaces(word)
		}
		parts[i] = spaces(before) + word + spaces(after)
	}
	return strings.Join(parts, ",")
}

func ordinarySpaces(s string) string {
	var b strings.Builder
	for s != "" {
		r, size := utf8.DecodeRuneInString(s)
		if unicode.IsSpace(r) {
			b.WriteByte(' ')
		} else {
			b.WriteString(s[:size])
		}
		s = s[size:]
	}
	return b.String()
}

// spaces returns a space for each character, so that columns stay the same.
func spaces(s string) string { return strings.Repeat(" ", utf8.RuneCountInString(s)) }

// oddCharacter returns the byte offset of the first character that looks like another one or
// cannot be seen, and what to write instead. The message is empty if there is none.
//
// Note: quotes do not make such a character part of a name. A word processor makes the quotes,
// too, and a name that looks like another one loses a result.
func oddCharacter(s string) (offset int, msg string) {
	for i, r := range s {
		if _, size := utf8.DecodeRuneInString(s[i:]); r == utf8.RuneError && size == 1 {
			return i, fmt.Sprintf("byte 0x%X is not UTF-8: write it in UTF-8", s[i])
		}
		if what := oddity(r); what != "" {
			return i, fmt.Sprintf("U+%04X (%s", r, what)
		}
	}
	return 0, ""
}

// oddity returns what an odd character is, and what to write for it: "an en dash): write -";
// "" for other characters.
func oddity(r rune) string {
	const space = "): write an ordinary space or nothing"
	if dash := text.Dash(r); dash != "" {
		return dash + "): write - or nothing"
	}
	switch r {
	case ' ', '\t':
		return ""
	case '“', '”', '„', '‟':
		return `a curly quotation mark): write " or nothing`
	case '«', '»':
		return `an angle quotation mark): write " or nothing`
	case '‘', '’', '‚', '‛':
		return `a curly quotation mark): write ' or nothing`
	case '‹', '›':
		return `an angle quotation mark): write ' or nothing`
	case '\u00a0', '\u2007', '\u202f':
		return "a no-break space" + space
	case '\u200b':
		return "a zero-width space): remove it"
	case '\ufeff':
		return "a byte order mark): remove it"
	case '＝', '，', '＃', '－', '＂', '＇':
		return fmt.Sprintf("a full-width %c): write %[1]c", r-'＝'+'=')
	case '\u2028', '\u2029':
		return "a line separator): write an ordinary line end"
	case '\ufffd':
		return "a character that a conversion lost): type it again"
	}
	switch {
	case unicode.Is(unicode.Zs, r):
		return "a space of unusual width" + space
	case unicode.IsControl(r):
		return "a control character): remove it"
	case unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point):
		return "an invisible character): remove it"
	}
	return ""
}
