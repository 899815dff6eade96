package jobfile

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"
)

// inUTF16 returns a text in UTF-16, without a mark.
func inUTF16(order binary.AppendByteOrder, text string) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		b = order.AppendUint16(b, unit)
	}
	return string(b)
}

// The text of a file is the same in every form in which an editor saves it.
func TestDecode(t *testing.T) {
	const text = "# 100 Produkte für 数\ntotal_jobs = 2\n\nlog = größe 数 𝄞.log"
	const ascii = "total_jobs = 2\nlog = log.txt"
	crlf := strings.ReplaceAll(text, "\n", "\r\n")
	little, big := binary.LittleEndian, binary.BigEndian
	for _, test := range []struct{ name, in, want string }{
		{"UTF-8", text, text},
		{"UTF-8 with a mark", "\ufeff" + text, text},
		{"CR LF", crlf + "\r\n", text},
		{"CR CR LF", strings.ReplaceAll(text, "\n", "\r\r\n"), text},
		{"CR", strings.ReplaceAll(text, "\n", "\r") + "\r", text},
		{"mixed line ends", "a = 1\rb = 2\r\nc = 3\nd = 4", "a = 1\nb = 2\nc = 3\nd = 4"},
		{"UTF-16LE with a mark", inUTF16(little, "\ufeff"+crlf), text},
		{"UTF-16BE with a mark", inUTF16(big, "\ufeff"+text), text},
		{"UTF-16LE", inUTF16(little, ascii), ascii},
		{"UTF-16BE", inUTF16(big, ascii+"\r\n"), ascii},
		{"UTF-16LE with other letters", inUTF16(little, text), text},
		{"UTF-16BE with other letters", inUTF16(big, text), text},
		{"UTF-16LE with a line end of one byte", inUTF16(little, "\ufeff"+text) + "\n", text},
		{"UTF-16LE with ^Z of one byte", inUTF16(little, text) + "\x1a", text},
		{"UTF-16BE with NULs", inUTF16(big, text+"\x00"), text},
		{"UTF-16LE with half a surrogate", inUTF16(little, "\ufeffa = ") + "\x34\xd8", "a = \ufffd"},
		{"UTF-16LE with half a character", inUTF16(little, "\ufeffa = b") + "c", "a = b\ufffd"},
		{"^Z", crlf + "\r\n\x1a", text},
		{"NULs", text + "\n\x00\x00\x00", text},
		{"^Z, NULs and empty lines", text + "\n \n\x1a\x00\n\n", text},
		{"Latin-1", "# r\xe9sultats\r\na = 1", "# r\xe9sultats\na = 1"},
		{"empty", "", ""},
		{"a mark", "\ufeff", ""},
		{"a mark of UTF-16", "\xff\xfe", ""},
	} {
		if got, err := Decode([]byte(test.in)); err != nil || got != test.want {
			t.Errorf("%s: %q, %v; want %q", test.name, got, err, test.want)
		}
	}
}

// What is no text is no simplified submission file.
func TestDecodeOther(t *testing.T) {
	const notText = "is not text"
	for _, test := range []struct{ name, in, want string }{
		{"NUL", "total_jobs\x00= 2\n", notText},
		{"a matrix", "\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }          \n\x00\x00\x00\x00\x00\x00\xf0?", notText},
		{"zeros", strings.Repeat("\x00", 4096), "has only NULs"},
		{"zeros after a mark", "\xff\xfe\x00\x00", "has only NULs"},
		{"UTF-16 with a mark and a NUL", inUTF16(binary.LittleEndian, "\ufefftotal_jobs = 2\x00\nlog = x"), notText},
		{"UTF-16 with a NUL", inUTF16(binary.LittleEndian, "total_jobs = 2\x00\nlog = x"), notText},
		{"UTF-16 with a control character", inUTF16(binary.LittleEndian, "total_jobs = 2\x01"), notText},
		{"UTF-16 with half a surrogate", inUTF16(binary.LittleEndian, "total_jobs = 2") + "\x34\xd8", notText},
		{"UTF-16 of other letters only", inUTF16(binary.BigEndian, "数数Ā数"), notText},
		{"UTF-32", "\xff\xfe\x00\x00t\x00\x00\x00o\x00\x00\x00", notText},
		{"a program", "MZ\x90\x00\x03\x00\x00\x00\x04", notText},
		{"too long", strings.Repeat("#", MaxSize+1), "has more than 1048576 bytes"},
	} {
		if got, err := Decode([]byte(test.in)); err == nil || err.Error() != test.want {
			t.Errorf("%s: %q, %v; want %s", test.name, got, err, test.want)
		}
	}
	if _, err := Decode([]byte(strings.Repeat("#", MaxSize))); err != nil {
		t.Error(err)
	}
}
