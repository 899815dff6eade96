package record

import "time"

// A Stat is what the system says of a file. As long as it is the same, so is the file's content,
// whatever set the modification time: the system alone sets the time of change.
type Stat struct {
	size     int64
	modified int64 // ns
	changed  int64 // ns: content, name or attributes; 0 where the file system does not know it
	number   uint64
	taken    int64 // ns: when the system was asked, by this machine's clock
}

// same reports whether nothing has changed between two Stats.
func (s Stat) same(t Stat) bool {
	s.taken, t.taken = 0, 0
	return s == t
}

// StillOf reports whether a file is as it was, to its time of change, or has no name any more.
func (s Stat) StillOf(path string) bool {
	now, err := StatOf(path)
	return err != nil || now.same(s)
}

// racy reports whether a file's content, read at a time or later, could have changed since without
// another time of change: file systems have clocks that tick. Git calls such entries racy. skew is
// how far the file system's clock is behind.
func (s Stat) racy(readAt, skew int64) bool {
	tick := int64(20 * time.Millisecond)
	if s.changed%int64(time.Second) == 0 {
		tick = int64(2 * time.Second)
	}
	return s.changed == 0 || readAt-skew-s.changed <= tick
}
