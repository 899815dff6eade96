package npyio

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"matpool/internal/base/text"
)

// maxHeader is the longest header that is read, in bytes: numpy's own limit.
const maxHeader = 10000

// maxDims is the largest number of dimensions, numpy 2's limit.
const maxDims = 64

// ReadHeader reads what stands before the values, and returns it with its length
// in bytes. Of a .npy file it reads not one byte more.
func ReadHeader(r io.Reader) (Header, int64, error) {
	var prefix [12]byte
	n, err := io.ReadFull(r, prefix[:8])
	if begin := string(prefix[:min(n, len(magic))]); n > 0 && !strings.HasPrefix(magic, begin) {
		return Header{}, 0, notNpy(io.MultiReader(bytes.NewReader(prefix[:n]), r))
	}
	if n == 0 && errors.Is(err, io.EOF) {
		return Header{}, 0, empty
	}
	if err != nil {
		return Header{}, 0, shortHeader(err)
	}
	version := Version{prefix[6], prefix[7]}
	width := 2
	switch version {
	case Version{1, 0}:
	case Version{2, 0}, Version{3, 0}:
		width = 4
	default:
		return Header{}, 0, &HeaderError{What: fmt.Sprintf("version %d.%d of the .npy format is not known; 1.0, 2.0 and 3.0 are", version.Major, version.Minor)}
	}
	if _, err := io.ReadFull(r, prefix[8:8+width]); err != nil {
		return Header{}, 0, shortHeader(err)
	}
	length := int64(0)
	for i := range width {
		length |= int64(prefix[8+i]) << (8 * i)
	}
	if length > maxHeader {
		return Header{}, 0, &HeaderError{What: fmt.Sprintf("header of %d bytes is longer than the limit of %d", length, maxHeader)}
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(r, text); err != nil {
		return Header{}, 0, shortHeader(err)
	}
	if bytes.HasSuffix(text, []byte("\r")) { // where a header ends with \n, and the values begin
		return Header{}, 0, textMode
	}
	h, err := parseHeader(string(text), version)
	return h, int64(8+width) + length, err
}

// shortHeader makes the end of the file a fault of the file.
func shortHeader(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &HeaderError{What: "truncated: the file ends inside its header"}
	}
	return err
}

// parseHeader understands the dictionary. Numpy evaluates it as a Python literal;
// what is accepted here is what numpy of any version has written: the three keys
// in any order, Python 2's long integers (3L), any blanks.
func parseHeader(text string, version Version) (Header, error) {
	if version.Major == 3 && !utf8.ValidString(text) {
		return Header{}, &HeaderError{What: "header is not UTF-8, as version 3.0 promises"}
	}
	if version.Major < 3 {
		text = fromLatin1(text)
	}
	h := Header{Version: version}
	p := parser{rest: text, version: version}
	seen := map[string]bool{}
	p.expect("{")
	for p.err == nil && !p.accept("}") {
		key := p.str()
		p.expect(":")
		if seen[key] {
			p.fail("key '" + key + "' stands twice")
		}
		seen[key] = true
		switch key {
		case "descr":
			h.DType = p.dtype()
		case "fortran_order":
			h.Fortran = p.boolean()
		case "shape":
			h.Shape = p.shape()
		default:
			p.fail("unknown key '" + key + "'")
		}
		if !p.accept(",") {
			p.expect("}")
			break
		}
	}
	if p.space(); p.err == nil && p.rest != "" {
		p.fail("something follows the dictionary")
	}
	for _, key := range []string{"descr", "fortran_order", "shape"} {
		if p.err == nil && !seen[key] {
			p.fail("key '" + key + "' is missing")
		}
	}
	return h, p.err
}

// A parser takes a header apart from its beginning. After the first error it does
// nothing more.
type parser struct {
	rest    string
	version Version
	err     error
}

func (p *parser) fail(what string) {
	p.failWith(&HeaderError{What: "header cannot be understood: " + what})
}

func (p *parser) failWith(err error) {
	if p.err == nil {
		p.err, p.rest = err, ""
	}
}

func (p *parser) space() { p.rest = strings.TrimLeft(p.rest, " \t\n\r\f") }

func (p *parser) accept(token string) bool {
	p.space()
	rest, ok := strings.CutPrefix(p.rest, token)
	p.rest = rest
	return ok
}

func (p *parser) expect(token string) {
	if !p.accept(token) {
		p.fail(fmt.Sprintf("%q where %q should be", text.Clip(p.rest), token))
	}
}

// quote returns the quotation mark of the string that follows, and nothing if none does.
func (p *parser) quote() string {
	p.space()
	text := p.rest
	if text != "" && strings.IndexByte("uUrR", text[0]) >= 0 { // u is Python 2's
		text = text[1:]
	}
	if text != "" && (text[0] == '\'' || text[0] == '"') {
		return text[:1]
	}
	return ""
}

// str takes a quoted string without escapes: no key and no numeric type has any.
func (p *parser) str() string {
	if quote := p.quote(); quote != "" {
		_, text, _ := strings.Cut(p.rest, quote)
		value, rest, ok := strings.Cut(text, quote)
		if ok && !strings.ContainsAny(value, "\\\n") {
			p.rest = rest
			return value
		}
	}
	p.fail(fmt.Sprintf("%q where a string should be", text.Clip(p.rest)))
	return ""
}

func (p *parser) boolean() bool {
	if p.accept("True") {
		return true
	}
	if !p.accept("False") {
		p.fail(fmt.Sprintf("fortran_order is %q, neither True nor False", text.Clip(p.rest)))
	}
	return false
}

func (p *parser) shape() []int {
	shape := []int{}
	p.expect("(")
	for p.err == nil && !p.accept(")") {
		p.space()
		digits := len(p.rest) - len(strings.TrimLeft(p.rest, "0123456789"))
		if number := p.rest[:digits]; len(number) > 1 && number[0] == '0' && strings.Trim(number, "0") != "" {
			p.fail(fmt.Sprintf("size %q begins with 0, which Python does not read", number))
			break
		}
		size, err := strconv.Atoi(p.rest[:digits])
		if err != nil {
			p.fail(fmt.Sprintf("size %q is not a number from 0 to %d", text.Clip(p.rest), int(^uint(0)>>1)))
			break
		}
		p.rest = p.rest[digits:]
		if p.version.Major < 3 {
			p.accept("L") // of Python 2
		}
		if shape = append(shape, size); len(shape) > maxDims {
			p.fail(fmt.Sprintf("more than %d dimensions", maxDims))
		}
		if !p.accept(",") {
			if p.expect(")"); len(shape) == 1 {
				p.fail("shape is a number, not a tuple")
			}
			break
		}
	}
	return shape
}

func (p *parser) dtype() DType {
	if p.space(); strings.HasPrefix(p.rest, "[") || strings.HasPrefix(p.rest, "(") {
		descr := p.value(0)
		p.failWith(structured(descr))
		return DType{}
	}
	descr := p.str()
	if p.err != nil {
		return DType{}
	}
	d, err := parseDType(descr)
	if err != nil {
		p.failWith(err)
	}
	return d
}

// fromLatin1 returns a text of version 1 or 2, in which a byte is a character.
func fromLatin1(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) { // mostly
		return text
	}
	runes := make([]rune, len(text))
	for i := range len(text) {
		runes[i] = rune(text[i])
	}
	return string(runes)
}

// quote returns a text from a file for an error to show.
func quote(s string) string { return "'" + text.Clip(text.Plain(s)) + "'" }
