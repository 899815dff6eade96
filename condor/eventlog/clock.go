package eventlog

import "time"

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

// Earlier returns the earlier of two times. If one is zero, it returns the other.
func (m Moment) Earlier(n Moment) Moment {
	if m.era == nil || n.era != nil && n.Before(m) {
		return n
	}
	return m
}

// Until returns the time from m to n. It is 0 if either is zero, or if n is earlier by as
// little as two writers of a log may differ. It is unknown if n is earlier by more, or if
// the clock went back in between.
func (m Moment) Until(n Moment) Elapsed {
	switch {
	case m.era == nil, n.era == nil:
		return Elapsed{}
	case m.era.number != n.era.number, n.micros < m.micros-slack.Microseconds():
		return Elapsed{Unknown: true}
	}
	return Elapsed{Duration: time.Duration(max(0, n.micros-m.micros)) * time.Microsecond}
}

// Elapsed is the time between two events.
type Elapsed struct {
	time.Duration      // 0 if it is unknown
	Unknown       bool // the events are out of order, or the clock went back in between
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

const (
	// slack bounds the difference of the clocks that two writers of a log read for events at
	// the same time. Most logs have whole seconds.
	slack = time.Second
	// jitter bounds how much earlier than the event before it an event can be while the clock
	// goes on: several programs write the log, and wait for one another.
	jitter = time.Minute
)

// A clock follows the times of a log from event to event.
type clock struct {
	latest Moment
	era    *era
}

// read returns the moment of an event. An event that is much earlier than those before it
// shows that the clock was set back, and begins an era.
func (c *clock) read(t time.Time) Moment {
	if c.era == nil {
		c.era = &era{location: t.Location()}
	}
	m := Moment{t.UnixMicro(), c.era}
	if !c.latest.IsZero() && m.micros < c.latest.micros-jitter.Microseconds() {
		c.era = &era{number: c.era.number + 1, location: c.era.location}
		m.era = c.era
		c.latest = m
	}
	if c.latest.IsZero() || m.micros > c.latest.micros {
		c.latest = m
	}
	return m
}

// place returns the moment of an event that is told after later ones, and therefore does not show that the clock was
// set back.
func (c *clock) place(t time.Time) Moment {
	c.note(t)
	return Moment{t.UnixMicro(), c.era}
}

// note takes notice of an event that may be a repetition, and therefore does not show that
// the clock was set back.
func (c *clock) note(t time.Time) {
	if c.latest.IsZero() || t.UnixMicro() > c.latest.micros {
		c.read(t)
	}
}
