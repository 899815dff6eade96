package eventlog

import (
	"strings"
	"time"
)

// A header is the part of an event before its text: "005 (046.000.000) 2026-11-23 19:15:04 ".
type header struct {
	number, cluster, proc int
	stamp
	written string // the stamp as text
	rest    string // the text after the header
}

// A stamp is a time as the log has it: "11/23 19:15:04", "2026-11-23 19:15:04.123" or
// "2026-11-23T19:15:04Z".
type stamp struct {
	year, month, day     int // year is -1 if the log has none
	hour, minute, second int
	nanosecond           int
	zone                 bool // the stamp has a time zone
	offset               int  // of the zone, in seconds east of UTC
}

// parseHeader parses a header. HTCondor pads its numbers to three digits and writes longer
// ones in full. If the time equals known, the stamp stays empty: many events have the same
// time, and parsing it each time would be a large part of the work.
func parseHeader(line, known string) (h header, ok bool) {
	s := scanner{line, true}
	h.number = s.within(3, 0, 999)
	s.expect(" (")
	h.cluster = s.signed()
	s.expect(".")
	h.proc = s.signed()
	s.expect(".")
	s.signed() // the subprocess, always 0
	s.expect(") ")
	if rest, ok := strings.CutPrefix(s.rest, known+" "); ok && known != "" {
		h.written, h.rest = known, rest
		return h, s.ok
	}
	written := s.rest
	h.stamp = s.stamp()
	h.written = written[:len(written)-len(s.rest)]
	if s.rest != "" { // an event without text ends here
		s.expect(" ")
	}
	h.rest = s.rest
	return h, s.ok
}

// A scanner parses a text from its beginning. After the first error, ok is false.
type scanner struct {
	rest string
	ok   bool
}

func (s *scanner) expect(text string) {
	rest, ok := strings.CutPrefix(s.rest, text)
	s.rest, s.ok = rest, s.ok && ok
}

func (s *scanner) accept(c byte) bool {
	if s.rest == "" || s.rest[0] != c {
		return false
	}
	s.rest = s.rest[1:]
	return true
}

// number parses at most 18 digits, which fit into an int.
func (s *scanner) number() int { return s.digits(18) }

func (s *scanner) digits(most int) int {
	n, i := 0, 0
	for i < len(s.rest) && i < most && '0' <= s.rest[i] && s.rest[i] <= '9' {
		n = 10*n + int(s.rest[i]-'0')
		i++
	}
	s.ok = s.ok && i > 0
	s.rest = s.rest[i:]
	return n
}

func (s *scanner) signed() int {
	if s.accept('-') {
		return -s.number()
	}
	return s.number()
}

// within parses a number from least to most with exactly the given number of digits.
func (s *scanner) within(digits, least, most int) int {
	before := len(s.rest)
	n := s.digits(digits)
	s.ok = s.ok && before-len(s.rest) == digits && least <= n && n <= most
	return n
}

func (s *scanner) stamp() (t stamp) {
	if t.year = -1; len(s.rest) > 2 && s.rest[2] == '/' {
		t.month = s.within(2, 1, 12)
		s.expect("/")
		t.day = s.within(2, 1, 31)
		s.expect(" ")
	} else {
		t.year = s.within(4, 0, 9999)
		s.expect("-")
		t.month = s.within(2, 1, 12)
		s.expect("-")
		t.day = s.within(2, 1, 31)
		if !s.accept('T') {
			s.expect(" ")
		}
	}
	t.hour = s.within(2, 0, 23)
	s.expect(":")
	t.minute = s.within(2, 0, 59)
	s.expect(":")
	t.second = s.within(2, 0, 60)
	if s.accept('.') {
		before := len(s.rest)
		t.nanosecond = s.number()
		digits := before - len(s.rest)
		s.ok = s.ok && digits <= 9
		for ; digits < 9; digits++ {
			t.nanosecond *= 10
		}
	}
	switch {
	case s.accept('Z'):
		t.zone = true
	case s.rest != "" && (s.rest[0] == '+' || s.rest[0] == '-'):
		t.zone = true
		sign := 1
		if !s.accept('+') {
			s.accept('-')
			sign = -1
		}
		t.offset = s.within(2, 0, 23) * 3600
		s.accept(':')
		t.offset = sign * (t.offset + s.within(2, 0, 59)*60)
	}
	return t
}

// in returns the time in the given year, and whether the day exists in that year.
func (t stamp) in(year int, location *time.Location) (when time.Time, ok bool) {
	if t.day > 28 && t.day > time.Date(year, time.Month(t.month)+1, 0, 0, 0, 0, 0, time.UTC).Day() {
		return time.Time{}, false
	}
	if t.zone {
		location = time.UTC
	}
	when = time.Date(year, time.Month(t.month), t.day, t.hour, t.minute, t.second, t.nanosecond, location)
	return when.Add(-time.Duration(t.offset) * time.Second), true
}

// time returns the time of a stamp. For a stamp without a year, it is the latest time that
// is at most a day after now: clocks and time zones differ.
func (r *Reader) time(t stamp) (when time.Time, yearAssumed, ok bool) {
	if t.year >= 0 {
		when, ok = t.in(t.year, r.location)
		return when, false, ok
	}
	now := r.now
	if now.IsZero() {
		now = time.Now()
	}
	latest := now.Add(24 * time.Hour)
	for year := latest.Year(); year > latest.Year()-10; year-- { // February 29 is at most eight years apart
		if when, ok = t.in(year, r.location); ok && !when.After(latest) {
			return when, true, true
		}
	}
	return time.Time{}, true, false
}
