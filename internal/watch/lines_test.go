package watch

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"matpool/condor/eventlog"
	"matpool/internal/joblog"
)

// show shows a run in which one more job is done each second.
func show(l *Lines, total int) {
	for done := 0; done <= total; done++ {
		run := &joblog.Run{Counts: eventlog.Counts{Done: done, Idle: total - done}}
		l.Status(Status{Time: noon.Add(time.Duration(done) * time.Second), Run: run}, done == total)
	}
}

// A small run has a line for each change, a large one for each hundredth or each minute.
func TestLines(t *testing.T) {
	for total, want := range map[int]int{1: 2, 50: 51, 100_000: 1 + 100_000/60 + 1} {
		var out bytes.Buffer
		show(&Lines{W: &out}, total)
		if got := strings.Count(out.String(), "\n"); got != want {
			t.Errorf("%d jobs: %d lines, want %d", total, got, want)
		}
	}
}

func TestALineThatCannotBeWritten(t *testing.T) {
	l := &Lines{W: full{}}
	show(l, 3)
	if err := l.Close(); !errors.Is(err, errFull) {
		t.Error(err)
	}
}

type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }
