// Package eventlog reads HTCondor's job event logs: a [Reader] splits a log into events, also while it grows, and a [History] derives the state of each job. An [Entry] is an event to write.
//
// The package opens no files. The format comes from HTCondor's source,
// src/condor_utils/condor_event.cpp of 23.9 and 25, and from logs of pools running 23.9.6;
// the manual ("Job Event Log Codes") only lists the events.
package eventlog

import (
	"strconv"
	"strings"
	"time"

	"matpool/condor"
)

// An Event is one entry of a job event log.
type Event struct {
	Number    int // HTCondor's number of the kind of event: 0 Submit, 1 Execute …
	condor.ID     // in an event of a whole cluster, the process is 0 or negative
	Time      time.Time
	// The log has no year: Time has the latest year that does not put it in the future.
	YearAssumed bool

	File   string // the log, as [NewReader] has it
	Line   int    // where the event begins in the log
	Offset int64  // the same, in bytes
	Head   string // the rest of the first line, after the time
	Body   string // the other lines
	Detail Detail // nil for an event that does not concern the job's state
}

// A Detail is the content of an event, as far as a [History] needs it: one of the types
// below, by value. Their names are HTCondor's, without the prefix ULOG_.
type Detail any

// Submit (000): the job has entered the queue.
type Submit struct {
	Host  string   // the schedd's address
	Notes []string // submit_event_notes, the DAG node's name, warnings
}

// Execute (001): the program is about to run. HTCondor writes it when the inputs have
// arrived; older machines write it when their transfer begins.
type Execute struct {
	Machine string // the attribute Machine, or the part of the slot after "@", or the address
	Slot    string // slot1_2@machine
	System  string // the attribute OpSys
	Arch    string // the attribute Arch
}

// JobEvicted (004): the job has left its machine before its program ended, or the program
// has ended and the job is requeued.
type JobEvicted struct {
	Requeued bool // the program has ended and the job runs again: a retry, not a preemption
	Exit     Exit // if Requeued

	Reason        string // if not Requeued; "" if the event has none
	Code, Subcode int    // of the reason, since HTCondor 24
}

// JobTerminated (005): the program has ended and the job leaves the queue.
type JobTerminated struct{ Exit Exit }

// An Exit is how a program ended: with a status, or by a signal.
type Exit struct {
	Status int
	Signal int // 0 if the program ended by itself
}

// OK reports whether the program ended with status 0.
func (e Exit) OK() bool { return e == Exit{} }

func (e Exit) String() string {
	if e.Signal != 0 {
		return "signal " + strconv.Itoa(e.Signal)
	}
	return "exit status " + strconv.Itoa(e.Status)
}

// ImageSize (006): the job's memory use in MB, or -1 if the event does not have it.
type ImageSize struct{ MemoryMB int64 }

// ShadowException (007): HTCondor failed on the submit machine.
type ShadowException struct{ Reason string }

// JobAborted (009): the job was removed from the queue.
type JobAborted struct{ Reason string }

// JobHeld (012): the job waits until somebody releases or removes it. See [Job.ExplainHold].
type JobHeld struct {
	Reason        string // "" if unspecified
	Code, Subcode int
}

// JobReleased (013): a held job waits for a machine again.
type JobReleased struct {
	Reason string // who released it, and why; "" if the event does not have it
}

// JobReconnectFailed (024): the machine is lost, and the job is to run elsewhere.
type JobReconnectFailed struct{ Reason string }

// JobSuspended (010): the machine stops the job's program for a while.
type JobSuspended struct{}

// JobUnsuspended (011): the program continues.
type JobUnsuspended struct{}

// PostScript (016): the POST script of the job's DAG node has ended. Its exit, not the job's,
// is the node's.
type PostScript struct{ Exit Exit }

// These events do not change a job's state. They show that the job exists if the beginning
// of the log is missing.
type (
	RemoteError     struct{} // 021
	JobDisconnected struct{} // 022
	JobReconnected  struct{} // 023
)

// ClusterSubmit (035): the jobs of the cluster enter the queue one by one.
type ClusterSubmit struct{ Notes []string }

// ClusterRemove (036): no more jobs of the cluster enter the queue.
type ClusterRemove struct {
	Completion string // Complete, Paused, Incomplete, or Error and a number
}

// FactoryPaused (037): no more jobs of the cluster enter the queue for now.
type FactoryPaused struct{ Reason string }

// FactoryResumed (038): jobs of the cluster enter the queue again.
type FactoryResumed struct{}

// FileTransfer (040): files go to the machine or come back.
//
// Its "Seconds spent in queue" are not read: HTCondor 23 counts them from an earlier event of
// the job, even of an earlier attempt. A wait has an event when it begins.
type FileTransfer struct {
	Output bool // the outputs, not the inputs
	Phase  Phase
}

// A Phase is a step of a file transfer.
type Phase int

const (
	Queued Phase = iota
	Started
	Finished
)

// DataflowJobSkipped (046): the outputs were newer than the inputs, and the job counts as done.
type DataflowJobSkipped struct{}

// executed parses an Execute event. Submit descriptions of package submitfile request
// Machine, OpSys and Arch by ulog_execute_attrs.
func executed(address, body string) Execute {
	var e Execute
	first, _, _ := strings.Cut(body, "\n")
	if slot, ok := strings.CutPrefix(strings.TrimSpace(first), "SlotName:"); ok {
		e.Slot = strings.Trim(slot, ` "`)
	}
	e.System, _ = lookup(body, "OpSys")
	e.Arch, _ = lookup(body, "Arch")
	var ok bool
	if e.Machine, ok = lookup(body, "Machine"); ok {
		return e
	}
	if _, e.Machine, ok = strings.Cut(e.Slot, "@"); !ok {
		e.Machine = address
	}
	return e
}

// lookup finds "name = value" among lines, and returns a string's value without its quotes.
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
