package condor

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

func logFile(tb testing.TB, name string) string {
	tb.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

var logFiles = []string{"events.log", "retries.log", "factory.log", "kinds.log"}

// newReader returns a reader whose zone and clock do not depend on the machine.
func newReader(r io.Reader) *Reader {
	reader := NewReader("x.log", r)
	reader.Location = time.UTC
	reader.Now = time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)
	return reader
}

// records returns all that a reader has to give.
func records(r *Reader) (list []Record) {
	for r.Scan() {
		list = append(list, r.Record())
	}
	return list
}

// Each kind of event, as HTCondor writes it, says this and nothing else.
func TestKindsOfEvents(t *testing.T) {
	const host = "<192.0.2.7:9618>"
	type ad = AdInformation
	want := []Detail{
		Submitted{host, []string{"DAG Node: P7", "first=70 count=10 starts=4", "WARNING: Committed job submission into the queue with the following warning(s): none that matters"}},
		Submitted{host, nil},
		Executing{Host: host},
		Executing{Host: "<192.0.2.7:9618?alias=pc07>", Slot: "slot1_2@pc07.example.org", attrs: "\tSlotName: slot1_2@pc07.example.org\n\tArch = \"X86_64\"\n\tMachine = \"pc \\\"07\\\"\"\n\tOpSys = \"WINDOWS\"\n"},
		nil,
		nil,
		Evicted{Checkpointed: true, Code: 8, Subcode: 3, Sent: 12, Received: 34, Reason: "the owner is back"},
		Evicted{Requeued: true, Exit: Exit{Signal: 11}, Sent: 5, Received: 6, Reason: "The job attribute OnExitRemove expression 'false' evaluated to FALSE"},
		Evicted{Requeued: true, Exit: Exit{Signal: 11}, Sent: 5, Received: 6, Reason: "The job attribute OnExitRemove expression 'false' evaluated to FALSE"},
		Terminated{Exit: Exit{Signal: 9}, CoreFile: "core.7", Sent: 1, Received: 2, TotalSent: 3, TotalReceived: 4e12},
		Terminated{Exit: Exit{Status: -1073741819}},
		ImageSize{1108, 5, -1},
		ShadowException{"Error from pc07: no room", 1, 2},
		Generic{"matprod: pair 1 of 3 done"},
		Aborted{"via condor_rm (by user alice)"},
		Suspended{3},
		Unsuspended{},
		Held{},
		Held{"product 7: bad input on pc07 (LINUX): inputB7.npy\nand a second line", 3, -65},
		Held{},
		Released{"via condor_release (by user alice)"},
		nil,
		RemoteError{true, "starter", "slot1_1@pc07", "Failed to execute 'x'", 6, 8},
		Disconnected{"Socket between submit and execute hosts closed unexpectedly", "slot1_4@pc07", "<192.0.2.7:9618?alias=pc07>"},
		Reconnected{"slot1_4@pc07", host, "<192.0.2.7:9619>"},
		ReconnectFailed{"Job not found at execution machine", "slot1_4@pc07"},
		ad{"Proc = 0\nTriggerEventTypeName = \"ULOG_EXECUTE\"\n"},
		AttributeUpdate{"JobPrio", "0", "5"},
		AttributeUpdate{"Note", "", `"a to b"`},
		ClusterSubmitted{host, []string{"first=5 count=10 starts=1"}},
		ClusterRemoved{20, 25, "Paused", "somebody paused it"},
		ClusterRemoved{-1, -1, "Error -3", ""},
		ClusterRemoved{-1, -1, "Complete", ""},
		ClusterPaused{"no such file", 3, 13},
		ClusterResumed{"it is there again"},
		Transfer{Output: false, Phase: Queued, Queue: -1},
		Transfer{Output: false, Phase: Started, Queue: 12, Host: host},
		Transfer{Output: true, Phase: Finished, Queue: -1},
		nil,
		Skipped{"all is new"},
		nil,
		nil,
	}
	got := records(newReader(strings.NewReader(logFile(t, "kinds.log"))))
	for i, rec := range got {
		e, ok := rec.(*Event)
		if !ok {
			t.Errorf("%v", rec)
			continue
		}
		if i >= len(want) {
			t.Fatalf("%d events, want %d", len(got), len(want))
		}
		if !reflect.DeepEqual(e.Detail, want[i]) {
			t.Errorf("event %03d on line %d: %#v\nwant %#v", e.Number, e.Line, e.Detail, want[i])
		}
		if e.Detail != nil && e.Detail.number() != e.Number {
			t.Errorf("event %03d: a %T", e.Number, e.Detail)
		}
		if e.Detail == nil && (e.Head == "" || e.Number == 16 && e.Body != "\t(1) Normal termination (return value 0)\n    DAG Node: P7\n") {
			t.Errorf("event %03d is not kept as it is: %+v", e.Number, e)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d events, want %d", len(got), len(want))
	}
}

// The first lines of events, in every form that HTCondor has written dates in.
func TestHeads(t *testing.T) {
	at := func(year, month, day, hour, minute, second, nano int) time.Time {
		return time.Date(year, time.Month(month), day, hour, minute, second, nano, time.UTC)
	}
	for _, test := range []struct {
		in      string
		want    Event
		assumed bool
	}{
		{"008 (046.003.000) 2026-11-23 19:14:02 x", Event{ID: ID{46, 3}, Time: at(2026, 11, 23, 19, 14, 2, 0), Head: "x"}, false},
		{"008 (1234567.1000.001) 2026-11-23 19:14:02 ", Event{ID: ID{1234567, 1000}, Subproc: 1, Time: at(2026, 11, 23, 19, 14, 2, 0)}, false},
		{"008 (-01.-01.-01) 2026-11-23 19:14:02", Event{ID: ID{-1, -1}, Subproc: -1, Time: at(2026, 11, 23, 19, 14, 2, 0)}, false},
		{"008 (001.000.000) 2026-11-23 19:14:02.5 x", Event{ID: ID{1, 0}, Time: at(2026, 11, 23, 19, 14, 2, 5e8), Head: "x"}, false},
		{"008 (001.000.000) 2026-11-23T19:14:02.123Z x", Event{ID: ID{1, 0}, Time: at(2026, 11, 23, 19, 14, 2, 123e6), Head: "x"}, false},
		{"008 (001.000.000) 2026-11-23 19:14:02+05:30 x", Event{ID: ID{1, 0}, Time: at(2026, 11, 23, 13, 44, 2, 0), Head: "x"}, false},
		{"008 (001.000.000) 2026-11-23 19:14:02-0100 x", Event{ID: ID{1, 0}, Time: at(2026, 11, 23, 20, 14, 2, 0), Head: "x"}, false},
		{"008 (001.000.000) 2024-02-29 23:59:60 x", Event{ID: ID{1, 0}, Time: at(2024, 3, 1, 0, 0, 0, 0), Head: "x"}, false},
		// Now is 2026-11-30 00:00. Without a year, a time is not in the future, but for a day.
		{"008 (001.000.000) 11/23 19:14:02 x", Event{ID: ID{1, 0}, Time: at(2026, 11, 23, 19, 14, 2, 0), Head: "x"}, true},
		{"008 (001.000.000) 11/30 19:14:02.25 x", Event{ID: ID{1, 0}, Time: at(2026, 11, 30, 19, 14, 2, 25e7), Head: "x"}, true},
		{"008 (001.000.000) 12/01 00:00:01 x", Event{ID: ID{1, 0}, Time: at(2025, 12, 1, 0, 0, 1, 0), Head: "x"}, true},
		{"008 (001.000.000) 02/29 10:00:00 x", Event{ID: ID{1, 0}, Time: at(2024, 2, 29, 10, 0, 0, 0), Head: "x"}, true},
	} {
		r := newReader(strings.NewReader(test.in + "\r\n...\r\n"))
		got := records(r)
		test.want.Number, test.want.Line, test.want.YearAssumed = 8, 1, test.assumed
		test.want.Detail = Generic{strings.TrimSpace(test.want.Head)}
		if len(got) != 1 || !reflect.DeepEqual(got[0], &test.want) {
			t.Errorf("%q: %+v, %v\nwant %+v", test.in, got, r.Err(), test.want)
		}
	}
	for _, in := range []string{
		"08 (001.000.000) 2026-11-23 19:14:02 x",
		"008(001.000.000) 2026-11-23 19:14:02 x",
		"008 (001.000) 2026-11-23 19:14:02 x",
		"008 (.000.000) 2026-11-23 19:14:02 x",
		"008 (001.000.000) 2026-13-23 19:14:02 x",
		"008 (001.000.000) 2026-11-31 19:14:02 x",
		"008 (001.000.000) 2025-02-29 19:14:02 x",
		"008 (001.000.000) 2026-11-23 24:14:02 x",
		"008 (001.000.000) 2026-11-23 19:60:02 x",
		"008 (001.000.000) 2026-11-23 19:14 x",
		"008 (001.000.000) 2026-11-23 19:14:02. x",
		"008 (001.000.000) 2026-11-23 19:14:02.1234567890 x",
		"008 (001.000.000) 2026-11-23 19:14:02X x",
		"008 (001.000.000) 00/23 19:14:02 x",
		"008 (001.000.000) 02/30 19:14:02 x",
		"008 (001.000.000) 1/23 19:14:02 x",
		"008 (001.000.000) ",
		" 008 (001.000.000) 2026-11-23 19:14:02 x",
		"\x00\x00\x00",
	} {
		got := records(newReader(strings.NewReader(in + "\n...\n")))
		if _, ok := got[0].(*SyntaxError); !ok || len(got) != 1 {
			t.Errorf("%q: %+v", in, got)
		}
	}
}

// Local times are those of the place that the reader is told, also at the hour that
// comes twice.
func TestLocation(t *testing.T) {
	r := newReader(strings.NewReader("008 (001.000.000) 2026-07-01 12:00:00 x\n...\n008 (001.000.000) 2026-07-01 12:00:00Z x\n...\n"))
	r.Location = time.FixedZone("", 2*3600)
	for _, want := range []string{"2026-07-01T10:00:00Z", "2026-07-01T12:00:00Z"} {
		if !r.Scan() || r.Record().(*Event).Time.UTC().Format(time.RFC3339) != want {
			t.Errorf("%+v, want %s", r.Record(), want)
		}
	}
}

// A log that was cut off anywhere gives the events that are whole, and no error: the
// rest is not there yet. When it comes, reading goes on as if nothing had been.
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
			// Readers that begin when there is so much, where an event ends and in between.
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

// growing is a file that has so many bytes so far.
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

// It does not matter in what pieces a log comes.
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

// What cannot be understood is told with its place, and reading goes on behind the
// next line "...".
func TestFaults(t *testing.T) {
	const good = "011 (001.000.000) 2026-11-23 19:14:05 Job was unsuspended.\n...\n"
	const head = "(001.000.000) 2026-11-23 19:14:05 "
	for _, test := range []struct {
		in   string
		want []string // numbers of events, or errors
	}{
		{good, []string{"11"}},
		{"...\n\n...\n" + good, []string{"11"}},
		{"\n\r\n" + good, []string{"11"}},
		{" \n" + good, []string{`x.log:1: " ": the event is not complete, the next begins on line 2`, "11"}},
		{"nonsense\n" + good + good, []string{`x.log:1: "nonsense": the event is not complete, the next begins on line 2`, "11", "11"}},
		{"nonsense\nmore\n...\n" + good, []string{`x.log:1: "nonsense" is not the beginning of an event`, "11"}},
		{good + "\x00\x00\n...\n" + good, []string{"11", `x.log:3: "` + "\\x00\\x00" + `" is not the beginning of an event`, "11"}},
		// A writer that was killed, or a disk that was full.
		{"005 " + head + "Job terminated.\n\t(1) Normal term" + "\n" + good, []string{`x.log:1: "005 (001.000.000) 2026-11-23 19:14:05 Jo…": the event is not complete, the next begins on line 3`, "11"}},
		{"005 " + head + "Job termina" + good, []string{`x.log:1: event 005 says "Job termina011 (001.000.000) 2026-11-23 …", which is not known`}},
		{"005 " + head + "Job terminated.\n\t(1) Normal term" + good + good, []string{`x.log:1: "(1) Normal term011 (001.000.000) 2026-11…" does not say how the program ended`, "11"}},
		{"005 " + head + "Job terminated.\n...\n" + good, []string{`x.log:1: "" does not say how the program ended`, "11"}},
		{"005 " + head + "Job terminated.\n\t(0) Abnormal termination (signal 0)\n...\n", []string{`x.log:1: "(0) Abnormal termination (signal 0)" does not say how the program ended`}},
		{"004 " + head + "Job was evicted.\n...\n" + good, []string{`x.log:1: "" does not say how the job was evicted`, "11"}},
		{"004 " + head + "Job was evicted.\n\t(0) Job terminated and was requeued\n\t(2) ?\n...\n", []string{`x.log:1: "(2) ?" does not say how the program ended`}},
		{"012 " + head + "Job was hold.\n...\n", []string{`x.log:1: event 012 says "Job was hold.", which is not known`}},
		{"040 " + head + "Started transferring input files\n\tSeconds spent in queue: x\n...\n", []string{`x.log:1: "x" is not a number of seconds`}},
		// Not the end of an event.
		{"008 " + head + "a\n....\n... \n ...\n..\n" + good, []string{`x.log:1: "008 (001.000.000) 2026-11-23 19:14:05 a": the event is not complete, the next begins on line 6`, "11"}},
	} {
		var got []string
		r := newReader(strings.NewReader(test.in))
		for r.Scan() {
			switch rec := r.Record().(type) {
			case *Event:
				got = append(got, fmt.Sprint(rec.Number))
			case *SyntaxError:
				got = append(got, rec.Error())
			}
		}
		if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", test.want) || r.Err() != nil {
			t.Errorf("%q:\n%q, %v\nwant\n%q", test.in, got, r.Err(), test.want)
		}
	}
}

// A file of another kind takes neither all memory nor all that follows.
func TestTooLong(t *testing.T) {
	long := strings.Repeat("x", 3*maxEvent)
	const good = "011 (001.000.000) 2026-11-23 19:14:05 Job was unsuspended.\n...\n"
	for _, text := range []string{long + "\n...\n" + good, strings.Repeat("x\n", 2*maxEvent) + "...\n" + good} {
		r := newReader(strings.NewReader(text))
		got := records(r)
		if len(got) != 2 || r.Err() != nil {
			t.Fatalf("%d records, %v", len(got), r.Err())
		}
		if err, ok := got[0].(*SyntaxError); !ok || err.Line != 1 || !strings.Contains(err.Msg, "no event ends within 1048576 bytes") {
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

// The end of what is too long is found wherever it begins, and what stands in it is
// not taken for another format.
func TestEndOfTooLong(t *testing.T) {
	const good = "011 (001.000.000) 2026-11-23 19:14:05 Job was unsuspended.\n...\n"
	for size := maxEvent - 6; size < maxEvent+3; size++ {
		text := strings.Repeat("x", size) + "\r\n...\r\n" + good
		if got := records(newReader(iotest.OneByteReader(strings.NewReader(text)))); len(got) != 2 {
			t.Errorf("%d bytes: %d records", size, len(got))
		}
	}
	for _, begin := range []string{"x", "xx"} {
		r := newReader(strings.NewReader(begin + strings.Repeat(`{"`, maxEvent) + "\n...\n" + good))
		if got := records(r); len(got) != 2 || r.Err() != nil {
			t.Errorf("%d records, %v", len(got), r.Err())
		}
	}
}

// Logs in other formats are recognised, whatever stands before, and refused.
func TestForeignFormats(t *testing.T) {
	const good = "011 (001.000.000) 2026-11-23 19:14:05 Job was unsuspended.\n...\n"
	for _, test := range []struct{ in, format string }{
		{"<?xml version=\"1.0\"?>\n<!DOCTYPE classads SYSTEM \"classads.dtd\">\n<classads>\n<c>\n", "XML"},
		{"<c>\n    <a n=\"MyType\"><s>SubmitEvent</s></a>\n", "XML"},
		{"\n\n  {\n    \"MyType\": \"SubmitEvent\",", "JSON"},
		{good + "{\n  \"MyType\"", "JSON"},
		{good + "<c>\n", "XML"},
		{"{ x }", ""}, {"<", ""}, {"<x>", ""}, {good + "{", ""}, {"", ""}, {good, ""},
	} {
		r := newReader(strings.NewReader(test.in))
		records(r)
		var format *FormatError
		if errors.As(r.Err(), &format) != (test.format != "") || format != nil && format.Format != test.format {
			t.Errorf("%q: %v, want %q", test.in, r.Err(), test.format)
		}
		if r.Scan() {
			t.Errorf("%q: reading goes on", test.in)
		}
	}
	err := &FormatError{"x.log", 3, "JSON"}
	if got, want := err.Error(), "x.log:3: the log is in JSON, which is not read here: leave log_xml and DEFAULT_USERLOG_FORMAT_OPTIONS out to have it in text"; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// A fault in one event's time does not change that of the next.
func TestTimesAfterAFault(t *testing.T) {
	good, bad := at(0, 11, "Job was unsuspended."), "011 (001.000.000) 2026-11-31 19:14:05 Job was unsuspended.\n...\n"
	got := records(newReader(strings.NewReader(good + bad + good)))
	if len(got) != 3 || !got[0].(*Event).Time.Equal(got[2].(*Event).Time) || got[0].(*Event).Time.IsZero() {
		t.Errorf("%+v", got)
	}
}

// What the file system cannot read is an error, behind the events that came before.
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

// What a machine is called, by the best name that the event has.
func TestMachine(t *testing.T) {
	for _, test := range []struct {
		e    Executing
		want string
	}{
		{Executing{Host: "<h>", Slot: "slot1@pc07", attrs: "\tMachine = \"pc07.example.org\"\n"}, "pc07.example.org"},
		{Executing{Host: "<h>", Slot: "slot1@pc07", attrs: "\tArch = \"X86_64\"\n"}, "pc07"},
		{Executing{Host: "<h>", Slot: "pc07"}, "<h>"},
		{Executing{Host: "<h>"}, "<h>"},
	} {
		if got := test.e.Machine(); got != test.want {
			t.Errorf("%+v: %s, want %s", test.e, got, test.want)
		}
	}
	e := Executing{attrs: "\tCpus = 1\n\tMachine = \"a \\\"b\\\"\"\n\tX = \"\"\n"}
	for name, want := range map[string]string{"cpus": "1", "Machine": `a "b"`, "X": "", "Cpu": "?", "SlotName": "?"} {
		got, ok := e.Attr(name)
		if !ok {
			got = "?"
		}
		if got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

// The table at a run's end, in the widths of real logs, and where it does not fit.
func TestResources(t *testing.T) {
	for _, test := range []struct{ table, want string }{
		{`	Partitionable Resources :    Usage  Request Allocated 
	   Cpus                 :        0        1         1 
	   Disk (KB)            :      883    20480     21504 
	   GPUs                 :                           0 
	   Memory (MB)          :        1       64       128 
	   TimeExecute (s)      :       46                    
`, "[{Cpus 0 1 1} {Disk (KB) 883 20480 21504} {GPUs   0} {Memory (MB) 1 64 128} {TimeExecute (s) 46  }]"},
		{`	Partitionable Resources :    Usage  Request Allocated Assigned
	   Cpus                 :     0.00        1         1 
	   Disk (KB)            :   904       51200     52224 
	   GPUs                 :                 1         1 "GPU-1"

	Job terminated of its own accord at 2026-11-23T19:14:11Z with exit-code 0.
`, "[{Cpus 0.00 1 1} {Disk (KB) 904 51200 52224} {GPUs  1 1}]"},
		{`	Partitionable Resources :    Usage  Request Allocated 
	   Disk (KB)            :      88320480     21504 
`, "[]"},
		{"", "[]"},
		{"\tPartitionable Resources : Usage", "[]"},
	} {
		if got := fmt.Sprint(resources(test.table)); got != test.want {
			t.Errorf("%s:\n%s\nwant\n%s", test.table, got, test.want)
		}
	}
	events := records(newReader(strings.NewReader(logFile(t, "events.log"))))
	tables := 0
	for _, rec := range events {
		switch d := rec.(*Event).Detail.(type) {
		case Terminated:
			if n := len(d.Resources()); n != 6 {
				t.Errorf("line %d: a table of %d lines", rec.(*Event).Line, n)
			}
			tables++
		case Evicted:
			tables += len(d.Resources()) / 6
		}
	}
	if tables != 6 {
		t.Errorf("%d tables, want 6", tables)
	}
}

// No log makes the reader lose its way: bytes are accounted for, the lines are those
// of the file, and reading in pieces gives the same.
func FuzzReader(f *testing.F) {
	for _, name := range logFiles {
		text := logFile(f, name)
		f.Add(text[:min(len(text), 3000)])
	}
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
				if !strings.HasPrefix(lines[line-1], fmt.Sprintf("%03d (", rec.Number)) {
					t.Errorf("event %d on line %d, which is %q", rec.Number, line, lines[line-1])
				}
				history.Add(rec)
			case *SyntaxError:
				line = rec.Line
			}
			if line <= last {
				t.Errorf("line %d after line %d", line, last)
			}
			last = line
		}
		if r.Err() == nil && r.Offset()+int64(r.Pending()) != int64(len(text)) {
			t.Errorf("offset %d and %d pending, of %d", r.Offset(), r.Pending(), len(text))
		}
		if total := history.Counts().Total(); total != len(history.Jobs()) {
			t.Errorf("%d jobs are counted, there are %d", total, len(history.Jobs()))
		}
		pieces := newReader(iotest.HalfReader(bytes.NewReader([]byte(text))))
		if a, b := len(records(newReader(strings.NewReader(text)))), len(records(pieces)); a != b {
			t.Errorf("%d records, in pieces %d", a, b)
		}
	})
}

// A file of another kind is told apart from a log that is only beginning to be written,
// or whose beginning is missing.
func TestForeignFiles(t *testing.T) {
	const event = "011 (001.000.000) 2026-11-23 19:14:05 Job was unsuspended.\n"
	for in, begins := range map[string]string{
		"universe = vanilla\nqueue 3\n":     "universe = vanilla",
		"\r\n\r\nuniverse = vanilla\r\n":    "universe = vanilla",
		"{ x }\n":                           "{ x }",
		"":                                  "",
		"\n\n":                              "",
		"universe = van":                    "", // there may be more to come
		event[:20]:                          "",
		event:                               "",
		"\n" + event:                        "",
		"\tthe end of an event\n" + event:   "",
		"universe\n...\n":                   "",
		event + "...\n" + "universe\nqueue": "",
	} {
		r := newReader(strings.NewReader(in))
		records(r)
		var foreign *ForeignError
		if errors.As(r.Err(), &foreign) != (begins != "") || foreign != nil && foreign.Begins != begins {
			t.Errorf("%q: %v, want %q", in, r.Err(), begins)
		}
	}
}
