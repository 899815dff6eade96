package eventlog

import (
	"math"
	"time"
)

// A Moment is the time of an event by the clock of its log. The zero Moment is a time that
// the log does not have.
//
// Clocks go back: by an hour at the end of summer time, since most logs have local times
// without a zone, and by any amount when they are corrected. Only the order of the events
// shows it. The difference of two times is therefore meaningful only within an era.
type Moment struct {
	micros int64 // since 1970
	era    *era
}

// An era is a stretch of a log in which the clock did not go back.
type era struct {
	number   int
	location *time.Location
	doubtful bool // the hour that the clock showed twice, and the log does not show which one it was
}

// At returns a moment for a time by a clock that never went back.
func At(t time.Time) Moment { return Moment{t.UnixMicro(), &era{location: t.Location()}} }

// IsZero reports whether the log does not have the time.
func (m Moment) IsZero() bool { return m.era == nil }

// Time returns the time, or the zero time for the zero Moment.
func (m Moment) Time() time.Time {
	if m.era == nil {
		return time.Time{}
	}
	return time.UnixMicro(m.micros).In(m.era.location)
}

// Add returns the moment d later.
func (m Moment) Add(d time.Duration) Moment { return Moment{m.micros + d.Microseconds(), m.era} }

// Before reports whether m is earlier than n. Neither may be zero.
func (m Moment) Before(n Moment) bool {
	if m.era.number != n.era.number {
		return m.era.number < n.era.number
	}
	return m.micros < n.micros
}

// Until returns the time from m to n. It is 0 if either is zero. It is unknown if the clock
// went back in between, or may have.
func (m Moment) Until(n Moment) Elapsed {
	switch {
	case m.era == nil, n.era == nil, m == n:
		return Elapsed{}
	case n.micros < m.micros, m.era.number != n.era.number, m.era.doubtful, n.era.doubtful:
		return Elapsed{Unknown: true}
	}
	return Elapsed{Duration: time.Duration(n.micros-m.micros) * time.Microsecond}
}

// Elapsed is the time between two events.
type Elapsed struct {
	time.Duration      // 0 if it is unknown
	Unknown       bool // the clock went back in between
}

func (e Elapsed) String() string {
	if e.Unknown {
		return "unknown"
	}
	return e.Duration.String()
}

// Plus returns the sum, which is unknown if either is.
func (e Elapsed) Plus(f Elapsed) Elapsed {
	if e.Unknown || f.Unknown {
		return Elapsed{Unknown: true}
	}
	return Elapsed{Duration: e.Duration + f.Duration}
}

// jitter bounds how much earlier than the event before it an event can be while the clock
// goes on: several programs write the log, and wait for one another.
const jitter = time.Minute

// A clock follows the times of a log from event to event.
type clock struct {
	latest Moment
	era    *era

	once  interval  // no time in it is shown twice
	doubt *era      // of the hour before back, which the clock shows twice
	back  time.Time // when the clock goes back by that hour
}

// An interval is a range of times in microseconds, without its end.
type interval struct{ from, to int64 }

// read returns the moment of an event. It chooses the earlier of two times that the clock
// shows alike, until the log shows that the clock was set back.
func (c *clock) read(t time.Time) Moment {
	if c.era == nil || c.era.location != t.Location() {
		next := &era{location: t.Location()}
		if c.era != nil {
			next.number = c.era.number
		}
		c.era, c.once = next, interval{}
	}
	current := c.era
	if micros := t.UnixMicro(); micros < c.once.from || micros >= c.once.to {
		var early, late, back time.Time
		if early, late, back, c.once = twice(t); !back.IsZero() {
			t, current = c.choose(early, late, back)
		}
	}
	m := Moment{t.UnixMicro(), current}
	if !c.latest.IsZero() && m.micros < c.latest.micros-jitter.Microseconds() {
		c.era = &era{number: c.era.number + 1, location: c.era.location}
		if m.era = c.era; current.doubtful {
			c.doubt = &era{number: c.era.number, location: c.era.location, doubtful: true}
			m.era = c.doubt
		}
		c.latest = m
	}
	if c.latest.IsZero() || m.micros > c.latest.micros {
		c.latest = m
	}
	return m
}

// choose decides between two times that the clock shows alike.
func (c *clock) choose(early, late, back time.Time) (time.Time, *era) {
	if !c.latest.IsZero() {
		latest := c.latest.Time()
		switch {
		case c.doubt != nil && c.latest.era == c.doubt && c.back.Equal(back) && early.Before(latest.Add(-jitter)):
			c.doubt.doubtful = false // the clock was set back now, so it had not been before
			return late, c.era
		case latest.Before(back):
		case early.Before(latest.Add(-jitter)):
			return late, c.era
		default:
			return early, c.era
		}
	}
	if c.doubt == nil || !c.back.Equal(back) || c.doubt.number != c.era.number {
		c.doubt, c.back = &era{number: c.era.number, location: c.era.location, doubtful: true}, back
	}
	return early, c.doubt
}

// note takes notice of an event that may be a repetition, and therefore does not show that
// the clock was set back.
func (c *clock) note(t time.Time) {
	if c.latest.IsZero() {
		c.read(t)
	} else if t.UnixMicro() > c.latest.micros {
		if _, _, back, _ := twice(t); back.IsZero() {
			c.read(t)
		}
	}
}

// twice returns the two times that a clock shows like t, and when it goes back between
// them; back is zero if there is only one such time, and once is then a range of such times.
func twice(t time.Time) (early, late, back time.Time, once interval) {
	start, end := t.ZoneBounds()
	_, offset := t.Zone()
	once = interval{math.MinInt64, math.MaxInt64}
	if !start.IsZero() {
		_, before := start.Add(-time.Second).Zone()
		by := time.Duration(max(0, before-offset)) * time.Second
		if t.Sub(start) < by {
			return t.Add(-by), t, start, interval{}
		}
		once.from = start.Add(by).UnixMicro()
	}
	if !end.IsZero() {
		_, after := end.Zone()
		by := time.Duration(max(0, offset-after)) * time.Second
		if end.Sub(t) <= by {
			return t, t.Add(by), end, interval{}
		}
		once.to = end.Add(-by).UnixMicro()
	}
	return t, t, time.Time{}, once
}
