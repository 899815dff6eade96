package text

import (
	"strings"
	"unicode"
)

// Plain returns a text as one line without control characters. Names of files and texts in a
// log may have any, and a terminal would obey them.
func Plain(text string) string {
	text = strings.ToValidUTF8(text, "\ufffd") // a byte alone may be a control character, too
	return strings.Join(strings.FieldsFunc(text, unicode.IsControl), " ")
}
