package jobfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// MaxSize is the largest size in bytes of a simplified submission file.
const MaxSize = 1 << 20

// Decode returns the content of a simplified submission file as text for [Parse], whose lines
// end with LF.
//
// The content is UTF-8, or UTF-16 in either byte order, with or without a byte order mark.
// Lines end with LF, CR LF or CR. Decode removes what editors and copies leave at the end: ^Z,
// NULs, empty lines. Bytes that are not UTF-8 remain, for Parse to name their place.
// The error is for content that is not text, or too long.
func Decode(content []byte) (string, error) {
	if len(content) > MaxSize {
		return "", fmt.Errorf("has more than %d bytes", MaxSize)
	}
	text := string(bytes.TrimPrefix(content, []byte("\ufeff")))
	if order := byteOrder(content); order != nil {
		text = strings.TrimPrefix(fromUTF16(content, order), "\ufeff")
	}
	trimmed := strings.TrimRight(text, atEnd)
	switch {
	case strings.IndexByte(trimmed, 0) >= 0:
		return "", errors.New("is not text")
	case trimmed == "" && strings.IndexByte(text, 0) >= 0:
		return "", errors.New("has only NULs")
	}
	return lineEnds().ReplaceAllLiteralString(trimmed, "\n"), nil
}

// lineEnds matches the end of a line. A program that makes CR LF of LF makes CR CR LF of CR LF.
var lineEnds = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\r*\n|\r`) })

// atEnd are the characters that mean nothing at the end of a text. DOS and CP/M ended a text
// with ^Z.
const atEnd = "\x00\x1a\r\n \t"

// byteOrder returns the byte order of UTF-16, or nil for other content.
func byteOrder(content []byte) binary.ByteOrder {
	switch {
	case bytes.HasPrefix(content, []byte{0xff, 0xfe}):
		return binary.LittleEndian
	case bytes.HasPrefix(content, []byte{0xfe, 0xff}):
		return binary.BigEndian
	case bytes.IndexByte(bytes.TrimRight(content, "\x00"), 0) < 0:
		return nil // UTF-16 has a NUL for every ASCII character
	}
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		if mostlyASCII(strings.TrimRight(fromUTF16(content, order), atEnd)) {
			return order
		}
	}
	return nil
}

// mostlyASCII reports whether more than half of the characters are ASCII, and none is binary.
func mostlyASCII(text string) bool {
	ascii, others := 0, 0
	for _, r := range text {
		switch {
		case r == utf8.RuneError || unicode.IsControl(r) && !unicode.IsSpace(r):
			return false
		case r < utf8.RuneSelf:
			ascii++
		default:
			others++
		}
	}
	return ascii > others
}

// fromUTF16 decodes UTF-16. Half a character or surrogate becomes U+FFFD, but a single byte
// from [atEnd] at the end, which a program for bytes has appended, stays.
func fromUTF16(content []byte, order binary.ByteOrder) string {
	units := make([]uint16, 0, len(content)/2+1)
	for ; len(content) > 1; content = content[2:] {
		units = append(units, order.Uint16(content))
	}
	for _, last := range content {
		unit := uint16(utf8.RuneError)
		if strings.IndexByte(atEnd, last) >= 0 {
			unit = uint16(last)
		}
		units = append(units, unit)
	}
	return string(utf16.Decode(units))
}
