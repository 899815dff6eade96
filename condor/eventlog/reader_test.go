package eventlog

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"matpool/condor"
	"matpool/internal/base/text"
)

func logFile(tb testing.TB, name string) string {
	tb.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

var logFiles = []string{"events.log", "retries.log", "factory.log", "kinds.log", "dag25.log", "jobs25.log", "shared25.log"}

var longest = flag.Int64("line", 20<<20, "the size of the longest line of a log, in bytes")

// goodEvent is a complete event, to put before and after faults.
const goodEvent = "011 (001.000.000) 2026-11-23 19:14:05 Job was unsuspended.\n...\n"

// newReader returns a reader whose zone and clock do not depend on the machine.
func newReader(r io.Reader) *Reader {
	reader := NewReader("x.log", r)
	reader.location = time.UTC
	reader.now = time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)
	return reader
}

func records(r *Reader) (list []Record) {
	for r.Scan() {
		list = append(list, r.Record())
	}
	return list
}

// A log that is cut off anywhere has the events that are complete, and no error. When the rest
// is written, reading continues with the next event.
func TestCutAnywhere(t *testing.T) {
	for _, name := range logFiles {
		for _, ending := range []string{"\n", "\r\n"} {
			text := strings.ReplaceAll(logFile(t, name), "\n", ending)
			whole := records(newReader(strings.NewReader(text)))
			var ends []int
			for at := 0; ; {
				i := strings.Index(text[at:], ending+"..."+ending)
				if i < 0 {
					break
				}
				at += i + len(ending+"...")
				ends = append(ends, at+len(ending))
			}
			if len(whole) != len(ends) {
				t.Fatalf("%s: %d events, want %d", name, len(whole), len(ends))
			}
			// One reader of a file that grows by a byte at a time.
			file := &growing{text: text}
			r, n := newReader(file), 0
			for file.size = range len(text) + 1 {
				for r.Scan() {
					if n == len(ends) || ends[n] != file.size || !reflect.DeepEqual(r.Record(), whole[n]) {
						t.Fatalf("%s, of which there are %d bytes: %+v", name, file.size, r.Record())
					}
					n++
				}
				offset := 0
				if n > 0 {
					offset = ends[n-1]
				}
				if r.Err() != nil || r.Offset() != int64(offset) || r.Pending() != file.size-offset {
					t.Fatalf("%s, of which there are %d bytes: %v, offset %d, %d pending", name, file.size, r.Err(), r.Offset(), r.Pending())
				}
			}
			if n != len(ends) {
				t.Errorf("%s: %d events, want %d", name, n, len(ends))
			}
			// Readers of a file that is cut off at an event's end, or in between.
			for i, end := range ends {
				for _, cut := range []int{end - 6, end - 5, end - 4, end - 3, end - 2, end - 1, end, end + 1, end + 20} {
					cut = min(cut, len(text))
					want := i
					if cut >= end {
						want++
					}
					file := &growing{text: text, size: cut}
					r := newReader(file)
					if got := records(r); len(got) != want || r.Err() != nil {
						t.Fatalf("%s cut at %d: %d events, %v; want %d", name, cut, len(got), r.Err(), want)
					}
					file.size = len(text)
					if rest := len(records(r)); rest != len(whole)-want || r.Err() != nil {
						t.Fatalf("%s cut at %d: then %d events, %v; want %d", name, cut, rest, r.Err(), len(whole)-want)
					}
				}
			}
		}
	}
}

// growing is a file of which size bytes have been written.
type growing struct {
	text     string
	at, size int
}

func (g *growing) Read(p []byte) (int, error) {
	if g.at == g.size {
		return 0, io.EOF
	}
	n := copy(p, g.text[g.at:g.size])
	g.at += n
	return n, nil
}

// A log can arrive in pieces of any size.
func TestPieces(t *testing.T) {
	for _, name := range logFiles {
		text := logFile(t, name)
		want := records(newReader(strings.NewReader(text)))
		for _, r := range []io.Reader{iotest.OneByteReader(strings.NewReader(text)), iotest.HalfReader(strings.NewReader(text)), iotest.DataErrReader(strings.NewReader(text))} {
			if got := records(newReader(r)); !reflect.DeepEqual(got, want) {
				t.Errorf("%s through a %T: %d events, want %d", name, r, len(got), len(want))
			}
		}
	}
}

// A fault is reported with its place, and reading continues after the next line "...".
func TestFaults(t *testing.T) {
	const head = "(001.000.000) 2026-11-23 19:14:05 "
	for _, test := range []struct {
		in   string
		want []string // numbers of events, or errors
	}{
		{goodEvent, []string{"11"}},
		{"...\n\n...\n" + goodEvent, []string{"11"}},
		{"\n\r\n" + goodEvent, []string{"11"}},
		{" \n" + goodEvent, []string{`x.log:1: " ": the event is incomplete; the next one begins on line 2`, "11"}},
		{"nonsense\n" + goodEvent + goodEvent, []string{`x.log:1: "nonsense": the event is incomplete; the next one begins on line 2`, "11", "11"}},
		{"nonsense\nmore\n...\n" + goodEvent, []string{`x.log:1: "nonsense" does not begin an event`, "11"}},
		{goodEvent + "\x00\x00\n...\n" + goodEvent, []string{"11", "x.log:3: a hole of 2 zero bytes, left by a full disk or a network disk", "11"}},
		// A writer that was killed, or a disk that was full.
		{"005 " + head + "Job terminated.\n\t(1) Normal term" + "\n" + goodEvent, []string{`x.log:1: "005 (001.000.000) 2026-11-23 19:14:05 Jo…": the event is incomplete; the next one begins on line 3`, "11"}},
		{"005 " + head + "Job termina" + goodEvent, []string{`x.log:1: event 005 has the unknown text "Job termina011 (001.000.000) 2026-11-23 …"`}},
		{"005 " + head + "Job terminated.\n\t(1) Normal term" + goodEvent + goodEvent, []string{`x.log:1: "(1) Normal term011 (001.000.000) 2026-11…" does not say how the program ended`, "11"}},
		{"005 " + head + "Job terminated.\n...\n" + goodEvent, []string{`x.log:1: "" does not say how the program ended`, "11"}},
		{"005 " + head + "Job terminated.\n\t(0) Abnormal termination (signal 0)\n...\n", []string{`x.log:1: "(0) Abnormal termination (signal 0)" does not say how the program ended`}},
		{"004 " + head + "Job was evicted.\n...\n" + goodEvent, []string{`x.log:1: "" does not say how the job was evicted`, "11"}},
		{"004 " + head + "Job was evicted.\n\t(0) Job terminated and was requeued\n\t(2) ?\n...\n", []string{`x.log:1: "(2) ?" does not say how the program ended`}},
		{"012 " + head + "Job was hold.\n...\n", []string{`x.log:1: event 012 has the unknown text "Job was hold."`}},
		// Not the end of an event.
		{"008 " + head + "a\n....\n... \n ...\n..\n" + goodEvent, []string{`x.log:1: "008 (001.000.000) 2026-11-23 19:14:05 a": the event is incomplete; the next one begins on line 6`, "11"}},
	} {
		r := newReader(strings.NewReader(test.in))
		got := words(r)
		if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", test.want) || r.Err() != nil {
			t.Errorf("%q:\n%q, %v\nwant\n%q", test.in, got, r.Err(), test.want)
		}
	}
}

// A hole of zero bytes is reported once, with the event that it damages. The events behind it
// are read.
func TestHoles(t *testing.T) {
	const unfinished = "005 (001.000.000) 2026-11-23 19:14:05 Job terminated.\n\t(1) Normal term"
	in := ` in the event "005 (001.000.000) 2026-11-23 19:14:05 Jo…"`
	for _, size := range []int{2, 4096, 3 * maxEvent} {
		zeros := strings.Repeat("\x00", size)
		hole := func(line, zeros int, in string) string {
			if zeros > maxEvent {
				return fmt.Sprintf("x.log:%d: a hole of zero bytes, left by a full disk or a network disk: no event ends within 1048576 bytes", line)
			}
			return fmt.Sprintf("x.log:%d: a hole of %s zero bytes%s, left by a full disk or a network disk", line, text.Number(zeros), in)
		}
		for _, test := range []struct {
			in   string
			want []string
		}{
			{zeros + goodEvent, []string{hole(1, size, ""), "11"}},
			{zeros + "\n" + goodEvent, []string{hole(1, size, ""), "11"}},
			{goodEvent + zeros + goodEvent + goodEvent, []string{"11", hole(3, size, ""), "11", "11"}},
			{goodEvent + "\n" + zeros + "\r\n" + goodEvent, []string{"11", hole(3, size, ""), "11"}},
			{goodEvent + unfinished + zeros + goodEvent, []string{"11", hole(3, size, in), "11"}},
			{goodEvent + unfinished + zeros + "\n" + goodEvent, []string{"11", hole(3, size, in), "11"}},
			{goodEvent + unfinished + zeros + "ination (return value 0)\n\tand more\n...\n" + goodEvent, []string{"11", hole(3, size, in), "11"}},
			{goodEvent + unfinished + zeros + "ination (return value 0)\n" + goodEvent, []string{"11", hole(3, size, in), "11"}},
			{goodEvent + zeros + "half\n" + zeros + goodEvent, []string{"11", hole(3, 2*size, ""), "11"}},
			{goodEvent + zeros + goodEvent + zeros + goodEvent, []string{"11", hole(3, size, ""), "11", hole(5, size, ""), "11"}},
			{strings.Repeat("x", 2*maxEvent) + zeros + goodEvent, []string{"x.log:1: \"" + strings.Repeat("x", 40) + "…\": the event does not end within 1048576 bytes", "11"}},
		} {
			r := newReader(strings.NewReader(test.in))
			if got := words(r); fmt.Sprintf("%q", got) != fmt.Sprintf("%q", test.want) {
				t.Errorf("%.200q, %d zero bytes:\n%q, %v\nwant\n%q", strings.ReplaceAll(test.in, zeros, "ZEROS"), size, got, r.Err(), test.want)
			}
			if r.Offset()+int64(r.Pending()) != int64(len(test.in)) || cap(r.buf) > 4*maxEvent {
				t.Errorf("%.200q: offset %d and %d pending, of %d; a buffer of %d bytes", test.in, r.Offset(), r.Pending(), len(test.in), cap(r.buf))
			}
		}
	}
}

// A hole at the end of a growing log is reported once, when an event follows it.
func TestAHoleGrows(t *testing.T) {
	text := goodEvent + strings.Repeat("\x00", 100) + goodEvent
	file := &growing{text: text}
	r := newReader(file)
	var got []string
	for file.size = range len(text) + 1 {
		got = append(got, words(r)...)
	}
	if want := []string{"11", "x.log:3: a hole of 100 zero bytes, left by a full disk or a network disk", "11"}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%q\nwant\n%q", got, want)
	}
}

// words returns the numbers of events, and the errors, that a reader has.
func words(r *Reader) (list []string) {
	for r.Scan() {
		switch rec := r.Record().(type) {
		case *Event:
			list = append(list, fmt.Sprint(rec.Number))
		case *condor.SyntaxError:
			list = append(list, rec.Error())
		}
	}
	return list
}

// A text without an event's end does not use up the memory, and events after it are read.
func TestTooLong(t *testing.T) {
	long := strings.Repeat("x", 3*maxEvent)
	for _, text := range []string{long + "\n...\n" + goodEvent, "\x00" + long + long + "\n...\n" + goodEvent, strings.Repeat("x\n", 2*maxEvent) + "...\n" + goodEvent} {
		r := newReader(strings.NewReader(text))
		got := records(r)
		if len(got) != 2 || r.Err() != nil {
			t.Fatalf("%d records, %v", len(got), r.Err())
		}
		if err, ok := got[0].(*condor.SyntaxError); !ok || err.Line != 1 || !strings.HasSuffix(err.Msg, " within 1048576 bytes") {
			t.Errorf("%v", got[0])
		}
		if e, ok := got[1].(*Event); !ok || e.Line != strings.Count(text, "\n")-1 {
			t.Errorf("%+v", got[1])
		}
		if cap(r.buf) > 4*maxEvent {
			t.Errorf("a buffer of %d bytes", cap(r.buf))
		}
	}
}

// The end of a text that is too long is found wherever it is, and its content is not taken
// for another format.
func TestEndOfTooLong(t *testing.T) {
	for size := maxEvent - 6; size < maxEvent+3; size++ {
		text := strings.Repeat("x", size) + "\r\n...\r\n" + goodEvent
		if got := records(newReader(iotest.OneByteReader(strings.NewReader(text)))); len(got) != 2 {
			t.Errorf("%d bytes: %d records", size, len(got))
		}
	}
	for _, begin := range []string{"x", "xx"} {
		r := newReader(strings.NewReader(begin + strings.Repeat(`{"`, maxEvent) + "\n...\n" + goodEvent))
		if got := records(r); len(got) != 2 || r.Err() != nil {
			t.Errorf("%d records, %v", len(got), r.Err())
		}
	}
}

// An error of the file system follows the events before it.
func TestReadErrors(t *testing.T) {
	broken := errors.New("the disk is broken")
	text := logFile(t, "events.log")
	r := newReader(io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken)))
	if n := len(records(r)); n != strings.Count(text, "\n...\n") || !errors.Is(r.Err(), broken) {
		t.Errorf("%d events, %v", n, r.Err())
	}
	r = newReader(stuck{})
	if r.Scan() || !errors.Is(r.Err(), io.ErrNoProgress) {
		t.Errorf("%v", r.Err())
	}
}

type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

// For any log, offsets and lines are those of the file, and reading in pieces gives the same
// records.
func FuzzReader(f *testing.F) {
	seen := map[string]bool{} // a seed for each kind of event: Go takes long over large ones
	for _, name := range logFiles {
		for event := range strings.SplitAfterSeq(logFile(f, name), "\n...\n") {
			if kind := event[:min(3, len(event))]; len(event) < 1000 && !seen[kind] {
				seen[kind] = true
				f.Add(event)
			}
		}
	}
	f.Add("\x00\x00005 (1.2.3) 2026-11-23 19:14:05 Job \x00\x00\n\n...\n\x00005 (1.2.3) 2026-11-23 19:14:05 Job\n...\nx\x00\n...\n\x00")
	f.Add("005 (1.2.3) 2026-11-23 19:14:05 Job terminated.\n\t(1) Normal termination (return value 0)\n...\n...\r\n\n...x\n...")
	f.Fuzz(func(t *testing.T, text string) {
		r := newReader(strings.NewReader(text))
		lines := strings.Split(text, "\n")
		last := 0
		history := NewHistory()
		for r.Scan() {
			line := 0
			switch rec := r.Record().(type) {
			case *Event:
				line = rec.Line
				if !strings.Contains("\x00"+lines[line-1], fmt.Sprintf("\x00%03d (", rec.Number)) { // after a hole, or first
					t.Errorf("event %d on line %d, which is %q", rec.Number, line, lines[line-1])
				}
				history.Add(rec)
			case *condor.SyntaxError:
				line = rec.Line
			}
			if line < last || line == last && !strings.Contains(lines[line-1], "\x00") {
				t.Errorf("line %d after line %d", line, last)
			}
			last = line
		}
		if r.Err() == nil && r.Offset()+int64(r.Pending()) != int64(len(text)) {
			t.Errorf("offset %d and %d pending, of %d", r.Offset(), r.Pending(), len(text))
		}
		for _, j := range history.Jobs() {
			for i := range j.Attempts {
				if attempt := &j.Attempts[i]; attempt.Wait().Duration < 0 || attempt.Total(history.Latest()).Duration < 0 {
					t.Errorf("%v: a negative time: %+v", j.ID, attempt)
				}
			}
		}
		pieces := newReader(iotest.OneByteReader(strings.NewReader(text)))
		if a, b := len(records(newReader(strings.NewReader(text)))), len(records(pieces)); a != b {
			t.Errorf("%d records, in pieces %d", a, b)
		}
	})
}

// Whatever becomes of an event, but for the end of its last line, the others are read as they are.
func FuzzDamagedEvent(f *testing.F) {
	const before = "000 (007.003.000) 2026-11-23 19:14:01 Job submitted from host: <127.0.0.1:9618>\n...\n"
	const event = "001 (007.003.000) 2026-11-23 19:14:03 Job executing on host: <127.0.0.2:1000>\n...\n"
	const after = "005 (007.003.000) 2026-11-23 19:14:05 Job terminated.\n\t(1) Normal termination (return value 65)\n...\n"
	event0 := func(text string) *Event { return records(newReader(strings.NewReader(text)))[0].(*Event) }
	first, last := event0(before), event0(after)
	for _, junk := range []string{"", "\x00\x00\x00", "\n...\n", "...", "\r", "005 (007.003.000) 2026-11-23 19:14:04 Job terminated.\n", "\n\x00\n...", "{\n\"", "<c>\n", "\xff\xfe"} {
		f.Add(uint8(10), uint8(20), junk)
		f.Add(uint8(0), uint8(len(event)-1), junk)
	}
	f.Fuzz(func(t *testing.T, from, to uint8, junk string) {
		end := min(int(to), len(event)-1)
		damaged := event[:min(int(from), end)] + junk + event[end:]
		var found []*Event
		r := newReader(strings.NewReader(before + damaged + after))
		for _, record := range records(r) {
			if e, ok := record.(*Event); ok {
				found = append(found, e)
			}
		}
		same := func(e, want *Event) bool {
			return e.Number == want.Number && e.ID == want.ID && e.Time.Equal(want.Time) && e.Head == want.Head && e.Body == want.Body && reflect.DeepEqual(e.Detail, want.Detail)
		}
		if r.Err() != nil || len(found) < 2 || !same(found[0], first) || !same(found[len(found)-1], last) {
			t.Errorf("%q between two events: %+v, %v", damaged, found, r.Err())
		}
	})
}

// A log takes no more memory than a few times its size, and a constant.
func TestMemoryOfDamagedLogs(t *testing.T) {
	for _, log := range []struct{ begin, unit, end string }{
		{"", "x", ""}, {"", "\x00", ""}, {"", "\n", ""}, {"", "...\n", ""},
		{"000 (001.000.000) 2026-11-23 19:14:01 ", "\x9f", "\n...\n"},
	} {
		again := &repeated{text: strings.Repeat(log.unit, 1<<15)}
		text := io.MultiReader(strings.NewReader(log.begin), io.LimitReader(again, *longest), strings.NewReader(log.end))
		var start, end runtime.MemStats
		runtime.ReadMemStats(&start)
		r := newReader(text)
		for r.Scan() {
		}
		if runtime.ReadMemStats(&end); end.TotalAlloc-start.TotalAlloc > 16<<20 {
			t.Errorf("%s%q… of %d bytes: %d bytes of memory", log.begin, log.unit, *longest, end.TotalAlloc-start.TotalAlloc)
		}
	}
}

// A repeated is a text without end, in which another stands again and again.
type repeated struct {
	text string
	at   int
}

func (r *repeated) Read(p []byte) (n int, err error) {
	n = copy(p, r.text[r.at:])
	r.at = (r.at + n) % len(r.text)
	return n, nil
}
