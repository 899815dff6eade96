package local

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/internal/base/text"
)

// after decides what becomes of a job whose program has ended: whether it is held or runs
// again.
func (a *attempt) after(exit eventlog.Exit) (held eventlog.JobHeld, retry bool) {
	rule, subcode := condor.AfterExit(exit.Status, exit.Signal)
	switch {
	case rule.Then == condor.Done:
		return eventlog.JobHeld{}, false
	case rule.Then == condor.Retried && a.run <= a.MaxRetries:
		return eventlog.JobHeld{}, true
	}
	on := " on "
	if a.run > 1 {
		on = fmt.Sprintf(", after %d runs, the last on ", a.run)
	}
	return eventlog.JobHeld{Code: rule.Code, Subcode: subcode, Reason: fmt.Sprintf("%s: %s%s%s (%s): see %s",
		a.subject(), rule.Event, on, a.host, System(), a.expand(a.Stderr, a.job))}, false
}

// tooLong holds a job that has run longer than the limit.
func (a *attempt) tooLong() eventlog.JobHeld {
	return eventlog.JobHeld{Code: condor.CodePolicy, Subcode: condor.CodeTimeLimit,
		Reason: fmt.Sprintf("%s: ran longer than %s on %s", a.subject(), text.Duration(a.MaxRunTime), a.host)}
}

// notStarted holds a job whose program cannot be started.
func (a *attempt) notStarted(err error) eventlog.JobHeld {
	number, what := errno(err)
	return eventlog.JobHeld{Code: condor.CodeProgram, Subcode: number,
		Reason: fmt.Sprintf("Error from %s: Failed to execute '%s': (errno=%d: '%s')", a.slot, a.program(), number, what)}
}

// notSent holds a job with an input that cannot be sent.
func (a *attempt) notSent(name string, err error) eventlog.JobHeld {
	number, what := errno(err)
	return eventlog.JobHeld{Code: condor.CodeInputs, Subcode: number,
		Reason: fmt.Sprintf("Transfer input files failure at access point %s while sending files to execution point %s. Details: reading from file %s: (errno %d) %s",
			a.host, a.slot, name, number, what)}
}

// notReturned holds a job with an output that does not exist.
func (a *attempt) notReturned(name string, err error) eventlog.JobHeld {
	number, what := errno(err)
	return eventlog.JobHeld{Code: condor.CodeOutputs, Subcode: number,
		Reason: fmt.Sprintf("Transfer output files failure at execution point %s while sending files to access point %s. Details: reading from file %s: (errno %d) %s",
			a.slot, a.host, name, number, what)}
}

// notWritten holds a job with an output that cannot be written here.
func (a *attempt) notWritten(name string, err error) eventlog.JobHeld {
	number, what := errno(err)
	return eventlog.JobHeld{Code: condor.CodeOutputs, Subcode: number,
		Reason: fmt.Sprintf("Transfer output files failure at access point %s while receiving files from execution point %s. Details: writing to file %s: (errno %d) %s",
			a.host, a.slot, name, number, what)}
}

// subject names what the job computes.
func (a *attempt) subject() string {
	n := a.Note()
	n.First, n.Count = a.Jobs[a.job].First, a.Jobs[a.job].Count
	return n.Subject()
}

// errno returns the number and the text of a system's error, as HTCondor's messages have them.
func errno(err error) (number int, what string) {
	var e syscall.Errno
	if !errors.As(err, &e) {
		return 0, err.Error()
	}
	if errors.Is(err, os.ErrNotExist) { // Windows has several numbers for it
		return condor.SubcodeMissing, "No such file or directory"
	}
	what = e.Error()
	return int(e), strings.ToUpper(what[:1]) + what[1:]
}
