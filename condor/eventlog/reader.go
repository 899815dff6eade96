package eventlog

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"

	"matpool/condor"
	"matpool/internal/base/text"
)

// A Reader reads the events of a job event log, in HTCondor's text format, in XML or in JSON.
//
// Each event ends with a line "...". A log may be read while it grows: at an event that
// lacks this line, Scan returns false, and a later Scan continues from the beginning of
// the event.
//
// A full disk or a network disk can leave a hole of zero bytes in a log. The Reader reports it,
// drops the event that it damages, and continues at the next header.
//
//	for r.Scan() {
//		switch rec := r.Record().(type) {
//		case *eventlog.Event: …
//		case *condor.SyntaxError: … // the next Scan continues after it
//		}
//	}
//	if err := r.Err(); err != nil { … }
type Reader struct {
	location *time.Location // of times without a time zone
	now      time.Time      // for dates without a year; zero means the current time

	name string
	r    io.Reader

	buf      []byte
	from     int   // index in buf of the next event
	searched int   // bytes after from that do not contain the end of an event
	line     int   // of the byte at from
	offset   int64 // of the byte at from, in the log
	skipping bool  // the bytes up to the next end of an event belong to one that is too long
	chunk    chunk // a copy of part of buf that the texts of events share

	events []Event

	stampText string    // the time of the previous event, as text
	stampTime time.Time // the same, parsed
	assumed   bool      // its year is assumed

	record Record
	err    error
}

// A Record is an [*Event] or a [*condor.SyntaxError].
type Record any

// A NotLogError reports a file that is not an event log.
type NotLogError struct {
	File      string
	FirstLine string
}

func (e *NotLogError) Error() string {
	return fmt.Sprintf("%s: not a job event log: it begins with %q", e.File, e.FirstLine)
}

// NewReader returns a reader for the log in r. Errors have the name.
func NewReader(name string, r io.Reader) *Reader {
	return &Reader{name: name, r: r, line: 1, location: time.Local}
}

// maxEvent is the largest size of an event in bytes. A longer one is not part of a log.
const maxEvent = 1 << 20

// Scan advances to the next record. It returns false after an error, or if the log has no
// more records yet.
func (r *Reader) Scan() bool {
	r.record = nil
	for r.err == nil {
		format, ad, isAd := otherFormat(r.buf[r.from:]), 0, false
		if format != "" && !r.skipping {
			ad, isAd = adEnd(r.buf[r.from:], format)
		}
		if isAd && ad > 0 {
			r.takeAd(ad, format)
			return true
		} else if !isAd {
			if size, end := r.findEnd(); end > 0 {
				if r.take(size, end) {
					return true
				}
				continue
			}
		}
		if len(r.buf)-r.from > maxEvent && r.skipLong() {
			return true
		}
		if !r.fill() {
			if line, ok := r.foreignLine(); ok && r.err == nil {
				r.err = &NotLogError{r.name, line}
			}
			return false
		}
	}
	return false
}

// foreignLine returns the first line of a file in which no event begins or ends.
func (r *Reader) foreignLine() (string, bool) {
	begin := bytes.TrimLeft(r.buf, "\r\n")
	if r.offset > 0 || r.skipping || bytes.IndexByte(begin, '\n') < 0 {
		return "", false
	}
	line := firstLine(begin)
	if _, ok := parseHeader(line, ""); ok || otherFormat(begin) != "" {
		return "", false
	}
	if at, _ := nextHeader(begin); at > 0 {
		return "", false // the beginning of the log is missing
	}
	return text.Clip(line), true
}

// Record returns the record that Scan advanced to. Later Scans do not change it.
func (r *Reader) Record() Record { return r.record }

// Err returns the error that stopped Scan: one of the underlying reader, or a [*NotLogError]. It is nil at the end of the log.
func (r *Reader) Err() error { return r.err }

// Offset returns the number of bytes before the next event.
func (r *Reader) Offset() int64 { return r.offset }

// Pending returns the number of bytes read of an incomplete event.
func (r *Reader) Pending() int { return len(r.buf) - r.from }

// A chunk is the text of buf[from:to].
type chunk struct {
	from, to int
	text     string
}

// text returns the next size bytes. It converts all of buf at once, for the events that
// follow.
func (r *Reader) text(size int) string {
	if c := r.chunk; r.from < c.from || r.from+size > c.to {
		r.chunk = chunk{r.from, len(r.buf), string(r.buf[r.from:])}
	}
	at := r.from - r.chunk.from
	return r.chunk.text[at : at+size]
}

// fill reads more of the log. It returns false if there is no more yet, or after an error.
//
// Note: a log of a single job fits into the first buffer, and there may be 100,000 of them.
func (r *Reader) fill() bool {
	const first, least = 4 << 10, 64 << 10
	r.chunk = chunk{}
	room := func() int { return cap(r.buf) - len(r.buf) }
	switch {
	case r.buf == nil:
		r.buf = make([]byte, 0, first)
	case room() == 0, room() < least && cap(r.buf) > first:
		r.buf = r.buf[:copy(r.buf, r.buf[r.from:])]
		if r.from = 0; room() < least {
			r.buf = append(make([]byte, 0, max(2*cap(r.buf), 4*least)), r.buf...)
		}
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

// findEnd looks for the line that ends the event at from. It returns the size of the event
// without and with that line, or 0, 0 if the line is not complete yet.
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

// take makes a record of the size bytes at from, or of end bytes with the line that ends
// the event. It returns false if they are blank, or the end of what is too long.
func (r *Reader) take(size, end int) bool {
	block := r.buf[r.from : r.from+size]
	if bytes.IndexByte(block, 0) >= 0 {
		return r.skipHole(block, end)
	}
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
		// The writer was interrupted, or the disk was full; the next event is sound.
		r.advance(cut)
		r.fault(line, "%q: the event is incomplete; the next one begins on line %d", text.Clip(firstLine(block)), r.line)
		return true
	}
	body, begin := r.text(len(block)), r.offset
	r.from, r.offset, r.searched = r.from+end, r.offset+int64(end), 0
	r.line += newlines + 1 // and the line "..."
	event, err := r.parse(body, line)
	if err != nil {
		r.fault(line, "%v", err)
	} else {
		event.Offset = begin
		r.record = event
	}
	return true
}

// skipHole passes over the zero bytes in a block and what they damage: all bytes up to the
// header of its last event, or all end bytes. It makes a record of the hole unless it belongs
// to what is too long, which has one.
func (r *Reader) skipHole(block []byte, end int) bool {
	line, first := r.line, text.Clip(firstLine(block[:bytes.IndexByte(block, 0)]))
	at := bytes.LastIndexByte(block, 0) + 1
	rest := bytes.TrimLeft(block[at:], "\r\n")
	if _, ok := parseHeader(firstLine(rest), ""); ok {
		at = len(block) - len(rest)
	} else if next, _ := nextHeader(rest); next > 0 {
		at = len(block) - len(rest) + next
	} else {
		at = end
	}
	r.advance(at)
	if r.skipping {
		r.skipping = false
		return false
	}
	what := "a hole of " + text.Count(bytes.Count(block, []byte{0}), "zero byte")
	if first != "" {
		what += fmt.Sprintf(" in the event %q", first)
	}
	r.fault(line, "%s, left by a full disk or a network disk", what)
	return true
}

// fault makes a [*condor.SyntaxError] the record.
func (r *Reader) fault(line int, format string, args ...any) {
	r.record = &condor.SyntaxError{File: r.name, Line: line, Msg: fmt.Sprintf(format, args...)}
}

// parse parses the event in block, which begins on the given line of the log.
func (r *Reader) parse(block string, line int) (*Event, error) {
	first, body, _ := strings.Cut(block, "\n")
	first = strings.TrimSuffix(first, "\r")
	h, ok := parseHeader(first, r.stampText)
	if !ok {
		return nil, fmt.Errorf("%q does not begin an event", text.Clip(first))
	}
	if len(r.events) == 0 {
		r.events = make([]Event, 32) // fewer, larger pieces of memory
	}
	e := &r.events[0]
	*e = Event{Number: h.number, ID: condor.ID{Cluster: h.cluster, Proc: h.proc}, File: r.name, Line: line, Head: h.rest, Body: body}
	if h.written != r.stampText {
		r.stampText = ""
		if r.stampTime, r.assumed, ok = r.time(h.stamp); !ok {
			return nil, fmt.Errorf("%q: no such day", text.Clip(first))
		}
		r.stampText = h.written
	}
	e.Time, e.YearAssumed = r.stampTime, r.assumed
	var err error
	if e.Detail, err = parseDetail(h.number, h.rest, body); err != nil {
		return nil, err
	}
	r.events = r.events[1:]
	return e, nil
}

// advance skips n bytes.
func (r *Reader) advance(n int) {
	r.line += bytes.Count(r.buf[r.from:r.from+n], []byte("\n"))
	r.from += n
	r.offset += int64(n)
	r.searched = 0
}

// skipLong discards the bytes of an event that is too long, except for the last ones, which
// may belong to its last line, or, after a hole, to the next event. It makes a record of the
// event the first time.
func (r *Reader) skipLong() bool {
	line, what := r.line, fmt.Sprintf("%q: the event does not end", text.Clip(firstLine(r.buf[r.from:])))
	keep := len("\n...\r")
	if zero := bytes.LastIndexByte(r.buf[r.from:], 0); zero >= 0 {
		what = "a hole of zero bytes, left by a full disk or a network disk: no event ends"
		keep = max(keep, len(r.buf)-r.from-zero)
	}
	if keep > maxEvent { // what follows the hole is too long as well
		keep = len("\n...\r")
	}
	r.advance(len(r.buf) - r.from - keep)
	if r.skipping {
		return false
	}
	r.skipping = true
	r.fault(line, "%s within %d bytes", what, maxEvent)
	return true
}

func firstLine(block []byte) string {
	line, _, _ := bytes.Cut(block, []byte("\n"))
	return string(bytes.TrimRight(line[:min(len(line), 100)], "\r"))
}

// nextHeader looks for another event's header after the first line of a block. It returns
// its index, or 0, and the number of newlines before it.
func nextHeader(block []byte) (at, newlines int) {
	for {
		i := bytes.IndexByte(block[at:], '\n')
		if i < 0 {
			return 0, newlines
		}
		at += i + 1
		newlines++
		// The other lines of an event are indented, or attributes.
		if at < len(block) && '0' <= block[at] && block[at] <= '9' {
			line := block[at:min(len(block), at+100)]
			if _, ok := parseHeader(string(line), ""); ok {
				return at, newlines
			}
		}
	}
}

// takeAd makes a record of the ad in the first end bytes.
func (r *Reader) takeAd(end int, format string) {
	line, block := r.line, r.text(end)
	begin := r.offset
	a, err := parseAd([]byte(block), format)
	var event *Event
	if err == nil {
		event, err = r.eventOf(a, block, line)
	}
	r.advance(end)
	if err != nil {
		r.fault(line, "%v", err)
		return
	}
	event.Offset = begin
	r.record = event
}

// otherFormat returns the format of an event that is not in the text format, by its first
// bytes, or "". Such events do not end with a line "...".
func otherFormat(buf []byte) string {
	buf = bytes.TrimLeft(buf, " \t\r\n")
	if len(buf) == 0 || buf[0] != '<' && buf[0] != '{' {
		return ""
	}
	if head, _, ok := bytes.Cut(buf[:min(len(buf), 200)], []byte("?>")); ok && bytes.HasPrefix(head, []byte("<?xml")) {
		buf = bytes.TrimLeft(buf[len(head)+len("?>"):], " \t\r\n")
	}
	for _, begin := range []string{"<!DOCTYPE classads", "<classads", "<c>"} {
		if bytes.HasPrefix(buf, []byte(begin)) {
			return "XML"
		}
	}
	if buf, ok := bytes.CutPrefix(buf, []byte("{")); ok && bytes.HasPrefix(bytes.TrimLeft(buf, "\r"), []byte("\n")) && bytes.HasPrefix(bytes.TrimLeft(buf, " \t\r\n"), []byte(`"`)) {
		return "JSON"
	}
	return ""
}
