package condor

import (
	"bytes"
	"fmt"
	"io"
	"time"

	"matpool/internal/text"
)

// A Reader reads the events of a job event log, in HTCondor's text format.
//
// Each event ends with a line "...", and is written by one call. A log may be read
// while it grows: an event whose end has not been written yet is not an event yet.
// Scan then returns false, and when called later goes on from where that event
// begins.
//
//	for r.Scan() {
//		switch rec := r.Record().(type) {
//		case *condor.Event: …
//		case *condor.SyntaxError: … // reading goes on behind it
//		}
//	}
//	if err := r.Err(); err != nil { … }
type Reader struct {
	// Location is the time zone of events whose time does not name one: that of the
	// machine which wrote the log. It is the local one where it is nil.
	Location *time.Location
	// Now is the time up to which dates without a year are taken to be the latest
	// possible. It is the time of reading where it is zero.
	Now time.Time

	name string
	r    io.Reader

	buf      []byte
	from     int   // where in buf the next event begins
	searched int   // how far behind from no end of an event was found
	line     int   // of the byte at from
	offset   int64 // of the byte at from, in what was read
	skipping bool  // what comes up to the next end of an event belongs to one that was too long
	chunk    chunk // a copy of some of buf, of which events' texts are parts

	events []Event

	stampText string // the time of the last event as it was written,
	stampTime time.Time
	assumed   bool // and what it means

	record Record
	err    error
}

// A Record is an [*Event] or a [*SyntaxError].
type Record any

// A FormatError is a log in a format that is not read here.
type FormatError struct {
	File   string
	Line   int
	Format string // JSON or XML
}

func (e *FormatError) Error() string {
	return fmt.Sprintf("%s:%d: the log is in %s, which is not read here: leave log_xml and DEFAULT_USERLOG_FORMAT_OPTIONS out to have it in text", e.File, e.Line, e.Format)
}

// A ForeignError is a file that is no event log.
type ForeignError struct {
	File   string
	Begins string // its first line
}

func (e *ForeignError) Error() string {
	return fmt.Sprintf("%s: this is no job event log: it begins with %q", e.File, e.Begins)
}

// NewReader returns a reader for the log that r yields. The name is for errors.
func NewReader(name string, r io.Reader) *Reader { return &Reader{name: name, r: r, line: 1} }

// maxEvent is the size in bytes beyond which there is no event any more, but a file
// of another kind.
const maxEvent = 1 << 20

// Scan goes on to the next record. It returns false where there is none yet, or an
// error stands in the way.
func (r *Reader) Scan() bool {
	r.record = nil
	for r.err == nil {
		if size, end := r.findEnd(); end > 0 {
			if r.take(size, end) {
				return true
			}
			continue
		}
		if format := foreign(r.buf[r.from:]); format != "" && !r.skipping {
			r.err = &FormatError{r.name, r.line, format}
			return false
		}
		if len(r.buf)-r.from > maxEvent && r.giveUp() {
			return true
		}
		if !r.fill() {
			if line, ok := r.foreignLine(); ok && r.err == nil {
				r.err = &ForeignError{r.name, line}
			}
			return false
		}
	}
	return false
}

// foreignLine returns the first line of a file in which there is neither the end of an
// event nor the beginning of one.
func (r *Reader) foreignLine() (string, bool) {
	begin := bytes.TrimLeft(r.buf, "\r\n")
	if r.offset > 0 || r.skipping || bytes.IndexByte(begin, '\n') < 0 {
		return "", false
	}
	line := firstLine(begin)
	if _, ok := parseHeader(line, ""); ok {
		return "", false
	}
	if at, _ := nextHeader(begin); at > 0 {
		return "", false // the beginning of the log is missing
	}
	return text.Clip(line), true
}

// Record returns what Scan has come to. It stays as it is when Scan goes on.
func (r *Reader) Record() Record { return r.record }

// Err returns what ended the reading: an error of the underlying reader, a
// [*FormatError] or a [*ForeignError]. At the end of what there is to read it is nil.
func (r *Reader) Err() error { return r.err }

// Offset returns where the next event begins, in bytes from where reading began.
func (r *Reader) Offset() int64 { return r.offset }

// Pending returns the number of bytes that have been read of an event whose end has
// not been written yet.
func (r *Reader) Pending() int { return len(r.buf) - r.from }

// A chunk is the text of buf from one place to another.
type chunk struct {
	from, to int
	text     string
}

// text returns the next size bytes. It makes one string for all events that are there,
// since most of them are wanted next.
func (r *Reader) text(size int) string {
	if c := r.chunk; r.from < c.from || r.from+size > c.to {
		r.chunk = chunk{r.from, len(r.buf), string(r.buf[r.from:])}
	}
	at := r.from - r.chunk.from
	return r.chunk.text[at : at+size]
}

// fill reads more. It returns false where there is no more, for now or for good.
func (r *Reader) fill() bool {
	const least = 64 << 10
	r.chunk = chunk{}
	if r.from > 0 && cap(r.buf)-len(r.buf) < least {
		r.buf = r.buf[:copy(r.buf, r.buf[r.from:])]
		r.from = 0
	}
	if cap(r.buf)-len(r.buf) < least {
		r.buf = append(make([]byte, 0, max(2*cap(r.buf), 4*least)), r.buf...)
	}
	for range 100 {
		n, err := r.r.Read(r.buf[len(r.buf):cap(r.buf)])
		r.buf = r.buf[:len(r.buf)+n]
		if err != nil && err != io.EOF {
			r.err = err
		}
		if n > 0 {
			return true
		}
		if err != nil {
			return false
		}
	}
	r.err = io.ErrNoProgress
	return false
}

// findEnd looks for the line that ends the event at from. It returns the event's size
// and where the next begins, counted from from; 0, 0 if that line is not complete yet.
func (r *Reader) findEnd() (size, end int) {
	buf := r.buf[r.from:]
	for r.searched < len(buf) {
		at := r.searched
		if !(at == 0 && bytes.HasPrefix(buf, []byte("..."))) {
			i := bytes.Index(buf[at:], []byte("\n..."))
			if i < 0 {
				r.searched = max(at, len(buf)-len("\n..")) // the end of buf may be the beginning of one
				return 0, 0
			}
			at += i + 1
		}
		switch tail := buf[at+3:]; {
		case len(tail) > 0 && tail[0] == '\n':
			return at, at + 4
		case len(tail) > 1 && tail[0] == '\r' && tail[1] == '\n':
			return at, at + 5
		case len(tail) == 0, len(tail) == 1 && tail[0] == '\r':
			r.searched = max(0, at-1)
			return 0, 0
		}
		r.searched = at + 1
	}
	return 0, 0
}

// take makes a record of the size bytes at from, behind which the next event begins
// at end. It returns false if there is none to be made.
func (r *Reader) take(size, end int) bool {
	block := r.buf[r.from : r.from+size]
	before := len(block) - len(bytes.TrimLeft(block, "\r\n"))
	if r.skipping || before == size {
		r.skipping = false
		r.advance(end)
		return false
	}
	if before > 0 { // blank lines
		r.advance(before)
		block, end = block[before:], end-before
	}
	line := r.line
	cut, newlines := nextHeader(block)
	if cut > 0 {
		// The writer was interrupted, or the disk was full; what follows is sound.
		r.advance(cut)
		r.record = &SyntaxError{r.name, line, fmt.Sprintf("%q: the event is not complete, the next begins on line %d", text.Clip(firstLine(block)), r.line)}
		return true
	}
	text := r.text(len(block))
	r.from, r.offset, r.searched = r.from+end, r.offset+int64(end), 0
	r.line += newlines + 1 // and the line "..."
	event, msg := r.parse(text, line)
	if msg != "" {
		r.record = &SyntaxError{r.name, line, msg}
	} else {
		r.record = event
	}
	return true
}

// advance passes over n bytes.
func (r *Reader) advance(n int) {
	r.line += bytes.Count(r.buf[r.from:r.from+n], []byte("\n"))
	r.from += n
	r.offset += int64(n)
	r.searched = 0
}

// giveUp drops what is too long for an event, but for the bytes that may begin its
// end. It makes a record of it the first time.
func (r *Reader) giveUp() bool {
	line, first := r.line, text.Clip(firstLine(r.buf[r.from:]))
	r.advance(len(r.buf) - r.from - len("\n...\r"))
	if r.skipping {
		return false
	}
	r.skipping = true
	r.record = &SyntaxError{r.name, line, fmt.Sprintf("%q: no event ends within %d bytes", first, maxEvent)}
	return true
}

func firstLine(block []byte) string {
	line, _, _ := bytes.Cut(block, []byte("\n"))
	return string(bytes.TrimRight(line[:min(len(line), 100)], "\r"))
}

// nextHeader returns where in a block, behind its first line, another event begins, or
// 0; and the number of newlines up to there.
func nextHeader(block []byte) (at, newlines int) {
	for {
		i := bytes.IndexByte(block[at:], '\n')
		if i < 0 {
			return 0, newlines
		}
		at += i + 1
		newlines++
		// All but the first lines of an event are indented, or attributes.
		if at < len(block) && '0' <= block[at] && block[at] <= '9' {
			line := block[at:min(len(block), at+100)]
			if _, ok := parseHeader(string(line), ""); ok {
				return at, newlines
			}
		}
	}
}

// foreign returns the format of a log that is not in text, by its first bytes. Such
// logs have no lines "...".
func foreign(buf []byte) string {
	buf = bytes.TrimLeft(buf, " \t\r\n")
	for _, begin := range []string{"<?xml", "<!DOCTYPE", "<classads", "<c>"} {
		if bytes.HasPrefix(buf, []byte(begin)) {
			return "XML"
		}
	}
	if buf, ok := bytes.CutPrefix(buf, []byte("{")); ok && bytes.HasPrefix(bytes.TrimLeft(buf, " \t\r\n"), []byte(`"`)) {
		return "JSON"
	}
	return ""
}
