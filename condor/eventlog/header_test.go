package eventlog

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"matpool/condor"
)

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
		{"008 (046.003.000) 2026-11-23 19:14:02 x", Event{ID: condor.ID{Cluster: 46, Proc: 3}, Time: at(2026, 11, 23, 19, 14, 2, 0), Head: "x"}, false},
		{"008 (1234567.1000.001) 2026-11-23 19:14:02 ", Event{ID: condor.ID{Cluster: 1234567, Proc: 1000}, Time: at(2026, 11, 23, 19, 14, 2, 0)}, false},
		{"008 (-01.-01.-01) 2026-11-23 19:14:02", Event{ID: condor.ID{Cluster: -1, Proc: -1}, Time: at(2026, 11, 23, 19, 14, 2, 0)}, false},
		{"008 (001.000.000) 2026-11-23 19:14:02.5 x", Event{ID: condor.ID{Cluster: 1, Proc: 0}, Time: at(2026, 11, 23, 19, 14, 2, 5e8), Head: "x"}, false},
		{"008 (001.000.000) 2026-11-23T19:14:02.123Z x", Event{ID: condor.ID{Cluster: 1, Proc: 0}, Time: at(2026, 11, 23, 19, 14, 2, 123e6), Head: "x"}, false},
		{"008 (001.000.000) 2026-11-23 19:14:02+05:30 x", Event{ID: condor.ID{Cluster: 1, Proc: 0}, Time: at(2026, 11, 23, 13, 44, 2, 0), Head: "x"}, false},
		{"008 (001.000.000) 2026-11-23 19:14:02-0100 x", Event{ID: condor.ID{Cluster: 1, Proc: 0}, Time: at(2026, 11, 23, 20, 14, 2, 0), Head: "x"}, false},
		{"008 (001.000.000) 2024-02-29 23:59:60 x", Event{ID: condor.ID{Cluster: 1, Proc: 0}, Time: at(2024, 3, 1, 0, 0, 0, 0), Head: "x"}, false},
		// Now is 2026-11-30 00:00. Without a year, a time is at most a day in the future.
		{"008 (001.000.000) 11/23 19:14:02 x", Event{ID: condor.ID{Cluster: 1, Proc: 0}, Time: at(2026, 11, 23, 19, 14, 2, 0), Head: "x"}, true},
		{"008 (001.000.000) 11/30 19:14:02.25 x", Event{ID: condor.ID{Cluster: 1, Proc: 0}, Time: at(2026, 11, 30, 19, 14, 2, 25e7), Head: "x"}, true},
		{"008 (001.000.000) 12/01 00:00:01 x", Event{ID: condor.ID{Cluster: 1, Proc: 0}, Time: at(2025, 12, 1, 0, 0, 1, 0), Head: "x"}, true},
		{"008 (001.000.000) 02/29 10:00:00 x", Event{ID: condor.ID{Cluster: 1, Proc: 0}, Time: at(2024, 2, 29, 10, 0, 0, 0), Head: "x"}, true},
	} {
		r := newReader(strings.NewReader(test.in + "\r\n...\r\n"))
		got := records(r)
		test.want.Number, test.want.File, test.want.Line, test.want.YearAssumed = 8, "x.log", 1, test.assumed
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
		if _, ok := got[0].(*condor.SyntaxError); !ok || len(got) != 1 {
			t.Errorf("%q: %+v", in, got)
		}
	}
}

// Times without a zone are in the reader's zone.
func TestLocation(t *testing.T) {
	r := newReader(strings.NewReader("008 (001.000.000) 2026-07-01 12:00:00 x\n...\n008 (001.000.000) 2026-07-01 12:00:00Z x\n...\n"))
	r.location = time.FixedZone("", 2*3600)
	for _, want := range []string{"2026-07-01T10:00:00Z", "2026-07-01T12:00:00Z"} {
		if !r.Scan() || r.Record().(*Event).Time.UTC().Format(time.RFC3339) != want {
			t.Errorf("%+v, want %s", r.Record(), want)
		}
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

// A date without a year is in the latest year that has it and is not in the future.
func TestAssumedYears(t *testing.T) {
	for _, test := range []struct{ stamp, now, want string }{
		{"11/23 12:00:00", "2026-11-30", "2026-11-23"}, {"12/01 00:00:00", "2026-11-30", "2026-12-01"}, {"12/02 12:00:00", "2026-11-30", "2025-12-02"},
		{"02/29 12:00:00", "2026-11-30", "2024-02-29"}, {"02/29 12:00:00", "2104-02-20", "2096-02-29"},
	} {
		r := newReader(strings.NewReader("008 (001.000.000) " + test.stamp + " x\n...\n"))
		r.now, _ = time.Parse(time.DateOnly, test.now)
		if !r.Scan() || r.Record().(*Event).Time.Format(time.DateOnly) != test.want || !r.Record().(*Event).YearAssumed {
			t.Errorf("%s on %s: %+v, want %s", test.stamp, test.now, r.Record(), test.want)
		}
	}
}
