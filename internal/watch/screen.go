package watch

import (
	"fmt"
	"io"
	"time"

	"matpool/internal/base/text"
	"matpool/internal/joblog"
	"matpool/internal/progress"
)

// A Status is the progress of a run.
type Status struct {
	Time      time.Time // of the latest event
	Run       *joblog.Run
	Left      time.Duration // the estimated time until the end
	Estimated bool          // Left is known
}

// A Screen shows a run: a line for each problem, and a status that changes.
type Screen interface {
	Line(when time.Time, what string)
	Status(s Status, last bool)
	Close() error
}

const timeFormat = "2006-01-02 15:04:05"

// Lines is a screen for a file or a pipe. Each line begins with the time of the event. The
// status is printed after each hundredth of the jobs that changes its state, and after each
// minute, so that a large run needs a few hundred lines.
type Lines struct {
	W io.Writer

	shown Status
	err   error // the first write error
}

func (l *Lines) Line(when time.Time, what string) {
	if when.IsZero() {
		when = time.Now()
	}
	if _, err := fmt.Fprintf(l.W, "%s %s\n", when.Format(timeFormat), what); l.err == nil {
		l.err = err
	}
}

func (l *Lines) Status(s Status, last bool) {
	if old := l.shown.Run; old != nil {
		a, b := old.Counts, s.Run.Counts
		moved := 0
		for _, d := range []int{a.Done - b.Done, a.Running - b.Running, a.Suspended - b.Suspended, a.Idle - b.Idle, a.Held - b.Held, a.Waiting - b.Waiting, a.Failed - b.Failed, a.Removed - b.Removed} {
			moved += max(d, -d)
		}
		since := s.Time.Sub(l.shown.Time)
		soon := 0 <= since && since < time.Minute // the clock may have been set back
		if old.Summary() == s.Run.Summary() || !last && moved < (b.Total()+s.Run.Later)/100 && soon {
			return
		}
	}
	l.shown = s
	if s.Run.Counts.Total() == 0 && s.Run.Paused == "" {
		l.Line(s.Time, "no jobs yet")
		return
	}
	line := s.Run.Summary()
	if s.Estimated && s.Run.State() == joblog.Going && !last {
		line += ", about " + text.Duration(max(time.Second, s.Left.Round(time.Second))) + " left"
	}
	l.Line(s.Time, line)
}

// Problems is a screen that shows no status.
type problems struct{ Lines }

func (*problems) Status(Status, bool) {}

// Close returns the first write error.
func (l *Lines) Close() error { return l.err }

// Terminal is a screen with a bar under the lines.
type Terminal struct {
	tally *progress.Tally
	w     io.Writer
	err   error // a write error
}

// NewTerminal returns a screen on w, and false if w is not a terminal.
func NewTerminal(w io.Writer) (*Terminal, bool) {
	tally, ok := progress.NewTally(w)
	return &Terminal{tally: tally, w: w}, ok
}

func (t *Terminal) Line(when time.Time, what string) {
	if when.IsZero() {
		when = time.Now()
	}
	t.tally.Print(when.Format("15:04:05 ") + what)
}

func (t *Terminal) Status(s Status, last bool) {
	c := s.Run.Counts
	if last || s.Run.State() != joblog.Going {
		t.tally.Finish()
		if last {
			_, t.err = fmt.Fprintln(t.w, s.Run.Summary())
		}
		return
	}
	words := fmt.Sprintf("%s done, %s running, %s idle, %s held", text.Number(c.Done), text.Number(c.Running), text.Number(c.Idle), text.Number(c.Held))
	if c.Suspended > 0 {
		words += ", " + text.Number(c.Suspended) + " suspended"
	}
	if s.Run.Later > 0 {
		words += ", " + text.Number(s.Run.Later) + " to come"
	}
	if gone := c.Failed + c.Removed; gone > 0 {
		words += ", " + text.Number(gone) + " failed or removed"
	}
	if c.Total() == 0 {
		words = "no jobs yet"
	}
	t.tally.Show([]progress.Part{{N: c.Done, Mark: '='}, {N: c.Running, Mark: '>'}, {N: c.Suspended, Mark: '~'}, {N: c.Idle + c.Unknown + s.Run.Later, Mark: '-'}, {N: c.Held, Mark: '!'}, {N: c.Failed + c.Removed, Mark: 'x'}}, words, s.Left, s.Estimated)
}

// Close removes the bar.
func (t *Terminal) Close() error {
	t.tally.Finish()
	return t.err
}
