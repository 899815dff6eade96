package eventlog

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"

	"matpool/condor"
)

// A bigLog is a reader of a log of many jobs, made from the events of real ones.
type bigLog struct {
	templates [][]string // events of one job, cut where its number stands
	jobs, job int
	pending   []byte
}

// newBigLog makes jobs from four real ones: two without problems, one that was done after its
// machine was lost, and, for every tenth job, one that was held after three retries.
func newBigLog(tb testing.TB, jobs int) *bigLog {
	l := &bigLog{jobs: jobs}
	for _, t := range []struct{ file, id string }{
		{"events.log", "046.003.000"}, {"events.log", "046.001.000"}, {"retries.log", "039.003.000"}, {"retries.log", "039.004.000"},
	} {
		text, err := os.ReadFile("testdata/" + t.file)
		if err != nil {
			tb.Fatal(err)
		}
		var events strings.Builder
		for _, event := range strings.SplitAfter(string(text), "...\n") {
			if strings.Contains(event, "("+t.id+")") {
				events.WriteString(event)
			}
		}
		l.templates = append(l.templates, strings.Split(events.String(), t.id))
	}
	return l
}

func (l *bigLog) Read(p []byte) (int, error) {
	for len(l.pending) == 0 {
		if l.job == l.jobs {
			return 0, io.EOF
		}
		var t []string
		switch l.job % 10 {
		case 9:
			t = l.templates[3]
		case 8:
			t = l.templates[2]
		default:
			t = l.templates[l.job%2]
		}
		id := fmt.Sprintf("1234567.%03d.000", l.job)
		for i, part := range t {
			if i > 0 {
				l.pending = append(l.pending, id...)
			}
			l.pending = append(l.pending, part...)
		}
		l.job++
	}
	n := copy(p, l.pending)
	l.pending = l.pending[:copy(l.pending, l.pending[n:])]
	return n, nil
}

// read adds all events of a log to a history.
func read(tb testing.TB, r *Reader) *History {
	h := NewHistory()
	for r.Scan() {
		switch rec := r.Record().(type) {
		case *Event:
			h.Add(rec)
		case *condor.SyntaxError:
			tb.Error(rec)
		}
	}
	if err := r.Err(); err != nil {
		tb.Error(err)
	}
	return h
}

// A log larger than the reader's memory, in small pieces and in large ones.
func TestBigLog(t *testing.T) {
	log, err := io.ReadAll(newBigLog(t, 1000))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []io.Reader{newBigLog(t, 1000), bytes.NewReader(log)} {
		h := read(t, NewReader("big.log", r))
		if got, want := Count(h.Jobs()), (Counts{Done: 900, Held: 100}); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
}

// Reading the log of 100,000 jobs into a history.
func BenchmarkReadLog(b *testing.B) {
	const jobs = 100_000
	log, err := io.ReadAll(newBigLog(b, jobs))
	if err != nil {
		b.Fatal(err)
	}
	for _, part := range []struct {
		name string
		run  func(b *testing.B)
	}{
		{"events", func(b *testing.B) {
			for r := NewReader("big.log", bytes.NewReader(log)); r.Scan(); {
			}
		}},
		{"history", func(b *testing.B) {
			if n := len(read(b, NewReader("big.log", bytes.NewReader(log))).Jobs()); n != jobs {
				b.Fatal(n)
			}
		}},
	} {
		b.Run(part.name, func(b *testing.B) {
			b.SetBytes(int64(len(log)))
			b.ReportAllocs()
			for b.Loop() {
				part.run(b)
			}
			b.ReportMetric(jobs*float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
		})
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.GC() // finish sweeping after the first collection
	runtime.ReadMemStats(&before)
	h := read(b, NewReader("big.log", bytes.NewReader(log)))
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(h)
	runtime.KeepAlive(log)
	b.Logf("log of %d MB, history of %d MB", len(log)>>20, (int64(after.HeapAlloc)-int64(before.HeapAlloc))>>20)
}
