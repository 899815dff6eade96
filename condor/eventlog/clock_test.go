package eventlog

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"matpool/condor"
)

// historyIn reads events "0 2026-10-25 01:40:00": the number of the event and its time on a
// clock in the given place. The job's ID is 1.0, or 1.1 if the number has a prime.
func historyIn(t *testing.T, place string, events ...string) *History {
	t.Helper()
	location, err := time.LoadLocation(place)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{"0": submitted, "1": executing, "5": terminated, "6": "Image size of job updated: 1\n\t5  -  MemoryUsage of job (MB)", "40": inputStarts}
	var log strings.Builder
	for _, event := range events {
		number, stamp, _ := strings.Cut(event, " ")
		proc := strings.Count(number, "'")
		number = strings.TrimRight(number, "'")
		fmt.Fprintf(&log, "%03s (001.%03d.000) %s %s\n...\n", number, proc, stamp, texts[number])
	}
	h := NewHistory()
	r := newReader(strings.NewReader(log.String()))
	r.location = location
	for r.Scan() {
		h.Add(r.Record().(*Event))
	}
	return h
}

// How long the jobs of a log took, and the time from the first submission to the latest
// event, if the clock goes back.
func TestClocksThatGoBack(t *testing.T) {
	const london, utc = "Europe/London", "UTC"
	for _, test := range []struct {
		name, place string
		want        string // wait and compute of each job, and the makespan
		events      []string
	}{
		{"the end of summer time", london, "10m0s unknown, 10m0s unknown; unknown", []string{
			"0 2026-10-25 01:40:00", "0' 2026-10-25 01:40:00", "1 2026-10-25 01:50:00", "1' 2026-10-25 01:50:00", "5 2026-10-25 01:10:00", "5' 2026-10-25 02:30:00"}},
		{"the same, read in another zone", utc, "10m0s unknown, 10m0s unknown; unknown", []string{
			"0 2026-10-25 01:40:00", "0' 2026-10-25 01:40:00", "1 2026-10-25 01:50:00", "1' 2026-10-25 01:50:00", "5 2026-10-25 01:10:00", "5' 2026-10-25 02:30:00"}},
		{"several hours across it", london, "1h0m0s 3h0m0s; 4h0m0s", []string{"0 2026-10-24 23:30:00", "1 2026-10-25 00:30:00", "5 2026-10-25 02:30:00"}},
		{"the beginning of summer time", london, "10m0s 20m0s; 30m0s", []string{"0 2026-03-29 00:40:00", "1 2026-03-29 00:50:00", "5 2026-03-29 02:10:00"}},
		{"a correction", utc, "10s unknown; unknown", []string{"0 2026-11-20 12:00:00", "1 2026-11-20 12:00:10", "5 2026-11-20 11:58:00"}},
		{"a correction that is made up for", utc, "10s unknown; unknown", []string{"0 2026-11-20 12:00:00", "1 2026-11-20 12:00:10", "0' 2026-11-20 11:40:00", "5 2026-11-20 12:05:00"}},
		{"after a correction", utc, "10s 20s; 30s", []string{"0 2026-11-20 11:58:00", "1 2026-11-20 11:58:10", "5 2026-11-20 11:58:30"}},
		{"a small correction", utc, "10s unknown; 10s", []string{"0 2026-11-20 12:00:00", "1 2026-11-20 12:00:10", "5 2026-11-20 12:00:05"}},
		{"no years: a day that may be in the future", utc, "9m0s 10m0s; 19m0s", []string{"0 12/31 23:50:00", "1 12/31 23:59:00", "5 01/01 00:09:00"}},
		{"no years: from last year's December into the future, which is last year, too", utc, "24h0m0s unknown; unknown", []string{"0 11/28 12:00:00", "1 11/29 12:00:00", "5 12/02 12:00:00"}},
	} {
		h := historyIn(t, test.place, test.events...)
		var list []string
		var begin Moment
		for _, j := range h.Jobs() {
			if at := j.SubmittedAt(); begin.IsZero() || at.Before(begin) {
				begin = at
			}
			for i := range j.Attempts {
				list = append(list, fmt.Sprint(j.Attempts[i].Wait(), " ", j.Attempts[i].Time(Computing, h.Latest())))
			}
		}
		if got := strings.Join(list, ", ") + "; " + begin.Until(h.Latest()).String(); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
		if c := Count(h.Jobs()); c.Done+c.Idle != c.Total() {
			t.Errorf("%s: %+v", test.name, c)
		}
	}
}

// Repeated events do not show that the clock was set back.
func TestRepetitionsAreNoStepBack(t *testing.T) {
	events := []string{"0 2026-11-20 12:00:00", "6 2026-11-20 12:02:00", "1 2026-11-20 12:10:00"}
	h := historyIn(t, "UTC", append(append(events, events...), "5 2026-11-20 12:30:00")...)
	if got := jobOf(h, condor.ID{Cluster: 1}).Attempts[0].Time(Computing, h.Latest()); got != (Elapsed{Duration: 20 * time.Minute}) {
		t.Error(got)
	}
}

// Each log has its own clock. The latest event is that of the clock that is ahead.
func TestTwoClocks(t *testing.T) {
	h := NewHistory()
	for _, e := range []struct {
		file   string
		proc   int
		second int
		detail Detail
	}{{"a", 0, 600, Submit{}}, {"b", 1, 0, Submit{}}, {"a", 0, 610, Execute{}}, {"b", 1, 10, Execute{}}, {"a", 0, 620, JobTerminated{}}, {"b", 1, 20, JobTerminated{}}} {
		h.Add(&Event{File: e.file, ID: condor.ID{Cluster: 1, Proc: e.proc}, Time: time.Unix(int64(e.second), 0), Detail: e.detail})
	}
	for _, j := range h.Jobs() {
		if got := j.Attempts[0].Time(Computing, h.Latest()); got != (Elapsed{Duration: 10 * time.Second}) {
			t.Errorf("%v: %v", j, got)
		}
	}
	if got := h.Latest().Time().Unix(); got != 620 {
		t.Error(got)
	}
}

// Two writers of a log differ by a moment: no time is negative, and none is lost. A greater
// difference shows that events are out of order.
func TestAMomentOutOfOrder(t *testing.T) {
	for start, want := range map[string]string{
		"12:00:10": "10s: inputs 0s, computing 10s of 10s", "12:00:09": "10s: inputs 0s, computing 10s of 10s",
		"12:00:11": "10s: inputs 1s, computing 9s of 10s", "12:00:08": "10s: inputs unknown, computing 12s of unknown",
	} {
		h := historyIn(t, "UTC", "0 2026-11-20 12:00:00", "40 2026-11-20 12:00:10", "1 2026-11-20 "+start, "5 2026-11-20 12:00:20")
		a := h.Jobs()[0].Attempts[0]
		got := fmt.Sprint(a.Wait(), ": inputs ", a.Time(Inputs, Moment{}), ", computing ", a.Time(Computing, Moment{}), " of ", a.Total(Moment{}))
		if got != want || h.ClockWentBack {
			t.Errorf("start at %s: %s, want %s", start, got, want)
		}
	}
}

// The events of a job within one second, in any order: no time is negative, unknown or lost,
// and the parts add up to the whole.
func TestAnyOrderWithinASecond(t *testing.T) {
	texts := []struct {
		second, number int
		detail         Detail
	}{
		{0, 0, Submit{}},
		{5, 40, FileTransfer{Phase: Queued}}, {5, 40, FileTransfer{Phase: Started}}, {5, 40, FileTransfer{Phase: Finished}}, {5, 1, Execute{}},
		{100, 40, FileTransfer{Output: true, Phase: Queued}}, {100, 40, FileTransfer{Output: true, Phase: Started}}, {100, 40, FileTransfer{Output: true, Phase: Finished}},
		{100, 5, JobTerminated{}},
	}
	random := rand.New(rand.NewPCG(1, 2))
	start := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for orders := range 20_000 {
		events := make([]Event, len(texts))
		for i, e := range texts {
			when := start.Add(time.Duration(e.second) * time.Second)
			if orders%2 == 1 { // a log with milliseconds
				when = when.Add(time.Duration(random.IntN(1000)) * time.Millisecond)
			}
			events[i] = Event{Number: e.number, ID: condor.ID{Cluster: 1}, Time: when, Detail: e.detail}
		}
		random.Shuffle(4, func(i, j int) { events[1+i], events[1+j] = events[1+j], events[1+i] })
		random.Shuffle(4, func(i, j int) { events[5+i], events[5+j] = events[5+j], events[5+i] })
		h := NewHistory()
		for i := range events {
			h.Add(&events[i])
		}
		var whole, computed time.Duration
		j := h.Jobs()[0]
		for i := range j.Attempts {
			a := &j.Attempts[i]
			var sum Elapsed
			for p := range a.Pieces(h.Latest()) {
				if p.Unknown || p.Duration < 0 {
					t.Fatalf("%v: %v", events, p)
				}
				sum = sum.Plus(p.Elapsed)
			}
			if sum != a.Total(h.Latest()) || sum.Unknown {
				t.Fatalf("%v: the parts are %v, the whole %v", events, sum, a.Total(h.Latest()))
			}
			whole += a.Wait().Duration + sum.Duration
			computed += a.Time(Computing, h.Latest()).Duration
		}
		if want := 100 * time.Second; j.State != Done || (whole-want).Abs() > time.Second || (orders%2 == 0 && whole != want) {
			t.Fatalf("%v: %v, %v of %v", events, j.State, whole, want)
		}
		if want := 95 * time.Second; (computed - want).Abs() > 2*time.Second {
			t.Fatalf("%v: computed %v", events, computed)
		}
	}
}
