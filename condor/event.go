package condor

import (
	"strconv"
	"strings"
	"time"
)

// An Event is one entry of a job event log.
type Event struct {
	Number  int // what happened, by HTCondor's number: 0 submitted, 1 executing …
	ID          // an event of a whole cluster has a process below 0, or 0
	Subproc int
	Time    time.Time
	// The log has no year: Time's is the latest that does not put it in the future.
	YearAssumed bool

	Line   int    // in the log, of its first line
	Head   string // its first line, behind the time
	Body   string // its other lines
	Detail Detail // what they say, or nil for an event that is not known here
}

// A Detail is what an event says. It is one of the types below, by value.
type Detail interface{ number() int }

// Submitted (000): the job has entered the queue.
type Submitted struct {
	Host  string
	Notes []string // what was to be noted, such as a DAG node's name, and warnings
}

// Executing (001): the program is about to run. HTCondor writes it after the inputs
// have been sent (older machines when they begin to be).
type Executing struct {
	Host  string // an address
	Slot  string // slot1_2@machine
	attrs string
}

// Evicted (004): the job has left its machine without having ended, or has ended and
// is to be run again.
type Evicted struct {
	Requeued      bool // it ended, as Exit says, and is run again: a retry, no preemption
	Checkpointed  bool
	Exit          Exit // if Requeued
	Sent          int64
	Received      int64 // bytes, by the job
	Reason        string
	Code, Subcode int // 0 before version 25
	table         string
}

// Terminated (005): the job has ended and leaves the queue.
type Terminated struct {
	Exit                     Exit
	CoreFile                 string
	Sent, Received           int64 // bytes, by the job, in its last run
	TotalSent, TotalReceived int64 // … in all of them
	table                    string
}

// An Exit is how a program ended: with a status, or by a signal.
type Exit struct {
	Status int
	Signal int // 0 if it ended by itself
}

// OK reports whether the program ended well.
func (e Exit) OK() bool { return e == Exit{} }

func (e Exit) String() string {
	if e.Signal != 0 {
		return "signal " + strconv.Itoa(e.Signal)
	}
	return "exit status " + strconv.Itoa(e.Status)
}

// ImageSize (006): what the job uses. A size that is not told is -1.
type ImageSize struct{ ImageKB, MemoryMB, ResidentKB int64 }

// ShadowException (007): HTCondor itself failed at the submitting end.
type ShadowException struct {
	Message        string
	Sent, Received int64
}

// Generic (008): text of a program's own.
type Generic struct{ Text string }

// Aborted (009): the job was removed.
type Aborted struct{ Reason string }

// Suspended (010): the job stands still, on its machine.
type Suspended struct{ Processes int }

// Unsuspended (011): it goes on.
type Unsuspended struct{}

// Held (012): the job waits for somebody to release or to remove it. See [ExplainHold].
type Held struct {
	Reason        string // "" if unspecified
	Code, Subcode int
}

// Released (013): it waits for a machine again.
type Released struct{ Reason string }

// RemoteError (021): something failed on the machine.
type RemoteError struct {
	Critical      bool
	Daemon, Host  string
	Message       string
	Code, Subcode int // of the hold that follows, or 0
}

// Disconnected (022): the machine does not answer.
type Disconnected struct{ Reason, Machine, Host string }

// Reconnected (023): it answers again.
type Reconnected struct{ Machine, Host, Starter string }

// ReconnectFailed (024): the machine is lost, and the job is to run elsewhere.
type ReconnectFailed struct{ Reason, Machine string }

// AdInformation (028): attributes of the job, printed after another event.
type AdInformation struct{ attrs string }

// AttributeUpdate (033): an attribute of the job was changed.
type AttributeUpdate struct{ Name, Old, New string }

// ClusterSubmitted (035): jobs will enter the queue one by one.
type ClusterSubmitted struct {
	Host  string
	Notes []string
}

// ClusterRemoved (036): no more of them will.
type ClusterRemoved struct {
	Jobs, Items int    // jobs that entered the queue, of rows; -1 where it is not known
	Completion  string // Complete, Paused, Incomplete, or Error and a number
	Notes       string
}

// ClusterPaused (037): none enter the queue for now.
type ClusterPaused struct {
	Reason              string
	PauseCode, HoldCode int
}

// ClusterResumed (038): they do again.
type ClusterResumed struct{ Reason string }

// Transfer (040): files are being sent to the machine or come back.
type Transfer struct {
	Output bool  // they come back
	Phase  Phase // how far it is
	Queue  int   // seconds that were spent waiting to begin, or -1
	Host   string
}

// A Phase is how far a transfer of files is.
type Phase int

const (
	Queued Phase = iota
	Started
	Finished
)

// Skipped (046): the outputs were newer than the inputs, and the job counts as done.
type Skipped struct{ Reason string }

func (Submitted) number() int        { return 0 }
func (Executing) number() int        { return 1 }
func (Evicted) number() int          { return 4 }
func (Terminated) number() int       { return 5 }
func (ImageSize) number() int        { return 6 }
func (ShadowException) number() int  { return 7 }
func (Generic) number() int          { return 8 }
func (Aborted) number() int          { return 9 }
func (Suspended) number() int        { return 10 }
func (Unsuspended) number() int      { return 11 }
func (Held) number() int             { return 12 }
func (Released) number() int         { return 13 }
func (RemoteError) number() int      { return 21 }
func (Disconnected) number() int     { return 22 }
func (Reconnected) number() int      { return 23 }
func (ReconnectFailed) number() int  { return 24 }
func (AdInformation) number() int    { return 28 }
func (AttributeUpdate) number() int  { return 33 }
func (ClusterSubmitted) number() int { return 35 }
func (ClusterRemoved) number() int   { return 36 }
func (ClusterPaused) number() int    { return 37 }
func (ClusterResumed) number() int   { return 38 }
func (Transfer) number() int         { return 40 }
func (Skipped) number() int          { return 46 }

// Attr returns an attribute of the machine, a string without its quotes, and whether
// the event has it. Submit descriptions written here ask for Machine, OpSys and Arch.
func (e Executing) Attr(name string) (string, bool) { return lookup(e.attrs, name) }

// Machine returns the machine's name: the attribute Machine, or what follows the "@"
// of the slot, or the address.
func (e Executing) Machine() string {
	if machine, ok := e.Attr("Machine"); ok {
		return machine
	}
	if _, machine, ok := strings.Cut(e.Slot, "@"); ok {
		return machine
	}
	return e.Host
}

// Attr returns an attribute of the job, a string without its quotes.
func (e AdInformation) Attr(name string) (string, bool) { return lookup(e.attrs, name) }

// lookup finds "name = value" among lines.
func lookup(lines, name string) (string, bool) {
	for lines != "" {
		line, rest, _ := strings.Cut(lines, "\n")
		lines, line = rest, strings.TrimLeft(line, "\t ")
		if len(line) < len(name) || !strings.EqualFold(line[:len(name)], name) {
			continue
		}
		value, ok := strings.CutPrefix(line[len(name):], " = ")
		if !ok {
			continue
		}
		if value = strings.TrimSpace(value); len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"' {
			value = strings.ReplaceAll(value[1:len(value)-1], `\"`, `"`)
		}
		return value, true
	}
	return "", false
}

// A Resource is a line of the table at the end of a run: what was used, requested
// and allocated of Cpus, Disk (KB), Memory (MB), TimeExecute (s) …; "" where the
// table has nothing.
type Resource struct{ Name, Usage, Request, Allocated string }

// Resources returns the table of what the job has used.
func (e Terminated) Resources() []Resource { return resources(e.table) }

// Resources returns the table of what the run has used.
func (e Evicted) Resources() []Resource { return resources(e.table) }

// resources reads the table. A column ends where its heading ends; a table where a
// value crosses the end of its column is not read.
func resources(table string) []Resource {
	heading, rows, _ := strings.Cut(table, "\n")
	begin := strings.IndexByte(heading, ':') + 1
	var ends [3]int
	for i, word := range []string{"Usage", "Request", "Allocated"} {
		at := strings.Index(heading, word)
		if at < 0 || begin == 0 {
			return nil
		}
		ends[i] = at + len(word)
	}
	var list []Resource
	for row := range strings.Lines(rows) {
		row = strings.TrimRight(row, "\r\n")
		name, _, ok := strings.Cut(row, ":")
		if !ok {
			break
		}
		r := Resource{Name: strings.TrimSpace(name)}
		from := begin
		for i, field := range []*string{&r.Usage, &r.Request, &r.Allocated} {
			to := min(ends[i], len(row))
			if from < to {
				*field = strings.TrimSpace(row[from:to])
			}
			if 0 < to && to < len(row) && row[to-1] != ' ' && row[to] != ' ' {
				return nil
			}
			from = to
		}
		list = append(list, r)
	}
	return list
}
