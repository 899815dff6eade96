// Package eventlog reads HTCondor's job event logs: a [Reader] splits a log into events, also while it grows, and a [History] derives the state of each job.
//
// Nothing here opens a file. The format is that of HTCondor's source,
// src/condor_utils/condor_event.cpp of 23.9 and 25, and of logs that pools of 23.9.6
// have written; the manual ("Job Event Log Codes") only lists the events.
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
	condor.ID     // an event of a whole cluster has a process below 0, or 0
	Time      time.Time
	// The log has no year: Time has the latest one that does not put it in the future.
	YearAssumed bool

	Line   int    // of the log, where the event begins; for messages on events that contradict others
	Head   string // the rest of the first line, after the time
	Body   string // the other lines
	Detail Detail // nil for an event that says nothing of the job's state
}

// A Detail is the content of an event, as far as it is needed here: one of the types
// below, by value. Their names are HTCondor's, without the prefix ULOG_.
type Detail any

// Submit (000): the job has entered the queue.
type Submit struct {
	Notes []string // the submit_event_notes, a DAG node's name, warnings
}

// Execute (001): the program is about to run. HTCondor writes it once the inputs are
// there; older machines write it when the transfer of the inputs begins.
type Execute struct {
	Machine string // the attribute Machine, or what follows the "@" of the slot, or the address
	Slot    string // slot1_2@machine
	System  string // the attribute OpSys
}

// JobEvicted (004): the job has left its machine without having ended, or has ended and
// is put back into the queue.
type JobEvicted struct {
	Requeued bool // it has ended, as Exit says, and runs again: a retry, not a preemption
	Exit     Exit // if Requeued
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

// ImageSize (006): the memory that the job uses, in MB, or -1 if the event does not say.
type ImageSize struct{ MemoryMB int64 }

// ShadowException (007): HTCondor failed on the submit machine.
type ShadowException struct{}

// JobAborted (009): the job was removed from the queue.
type JobAborted struct{ Reason string }

// JobHeld (012): the job waits until somebody releases or removes it. See [ExplainHold].
type JobHeld struct {
	Reason        string // "" if unspecified
	Code, Subcode int
}

// JobReleased (013): a held job waits for a machine again.
type JobReleased struct{}

// JobReconnectFailed (024): the machine is lost, and the job is to run elsewhere.
type JobReconnectFailed struct{}

// These do not change a job's state. A log whose beginning is missing shows by them that
// there is such a job.
type (
	JobSuspended    struct{} // 010
	JobUnsuspended  struct{} // 011
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

// FactoryPaused (037): for now no jobs of the cluster enter the queue.
type FactoryPaused struct{ Reason string }

// FactoryResumed (038): they enter it again.
type FactoryResumed struct{}

// FileTransfer (040): files go to the machine or come back.
type FileTransfer struct {
	Output bool // they come back
	Phase  Phase
	Queue  int // seconds spent waiting for the transfer to start, or -1
}

// A Phase is how far a transfer of files is.
type Phase int

const (
	Queued Phase = iota
	Started
	Finished
)

// DataflowJobSkipped (046): the outputs were newer than the inputs, and the job counts as done.
type DataflowJobSkipped struct{}

// executed reads an Execute event. Submit descriptions written here ask for Machine,
// OpSys and Arch in ulog_execute_attrs.
func executed(address, body string) Execute {
	var e Execute
	first, _, _ := strings.Cut(body, "\n")
	if slot, ok := strings.CutPrefix(strings.TrimSpace(first), "SlotName:"); ok {
		e.Slot = strings.Trim(slot, ` "`)
	}
	e.System, _ = lookup(body, "OpSys")
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
