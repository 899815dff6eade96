package cli

import (
	"strings"
	"unicode"
)

// Plain returns a text as one line in which nothing commands a terminal. Names of files
// and the words of a log are anybody's.
func Plain(text string) string {
	return strings.Join(strings.FieldsFunc(text, unicode.IsControl), " ")
}
