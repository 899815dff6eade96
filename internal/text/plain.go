package text

import (
	"strings"
	"unicode"
)

// Plain returns a text as one line in which nothing commands a terminal. Names of files
// and the words of a log are anybody's.
func Plain(text string) string {
	text = strings.ToValidUTF8(text, "\ufffd") // a byte alone may be a control character, too
	return strings.Join(strings.FieldsFunc(text, unicode.IsControl), " ")
}
