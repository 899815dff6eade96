package submitfile

import (
	"fmt"
	"strings"
	"time"

	"matpool/condor"
	"matpool/condor/chirp"
	"matpool/internal/base/text"
)

// Macros for the parts of a hold reason.
const (
	holdSubject = "hold_subject"
	holdEvent   = "hold_event"
	holdMessage = "hold_message"
)

// subject returns an expression that names a job's products: one or more arguments of strcat.
func subject(d *Description) string {
	if !d.hasRanges() {
		return fmt.Sprintf(`"%s ", MatFirst`, d.Unit)
	}
	return fmt.Sprintf(`ifThenElse(MatCount == 1, strcat("%[1]s ", MatFirst), strcat("%[1]ss ", MatFirst, " to ", MatFirst + MatCount - 1))`, d.Unit)
}

// writeFailures prints the policy for a job that fails: it runs again or is held.
func writeFailures(p *printer, d *Description) {
	others := "Any other status or a signal: also held."
	if d.MaxRetries > 0 {
		others = fmt.Sprintf("Any other status or a signal may be the machine's fault: run again, up to %d times, then held.", d.MaxRetries)
	}
	p.section(fmt.Sprintf("Failures. Exit status %d (wrong usage) and %d (bad input) would happen on any machine: held at once.", condor.ExitUsage, condor.ExitData),
		others, "The reason names the machine, and quotes the program's message or the file that has it.")
	p.set("max_retries", "%d", d.MaxRetries)
	p.set("on_exit_hold", "%s", condor.OnExitHold())
	p.set(holdEvent, "%s", condor.HoldEvent())
	// After a signal, the message is from an earlier attempt.
	p.set(holdMessage, `ifThenElse(ExitBySignal =!= true && isString(%[1]s) && %[1]s != "", %[1]s, strcat("see ", %[2]s))`, chirp.Attribute, nameOfStderr(d))
	p.set("on_exit_hold_reason", `strcat($(%s), ": ", $(%s), ifThenElse(NumJobCompletions > 1, strcat(", after ", NumJobCompletions, " runs, the last on "), " on "), MachineAttrMachine0, " (", MachineAttrOpSys0, "): ", $(%s))`,
		holdSubject, holdEvent, holdMessage)
	p.set("on_exit_hold_subcode", "%s", condor.HoldSubcode())
}

// nameOfStderr returns an expression for the name of a job's stderr, relative to the current
// folder.
func nameOfStderr(d *Description) string {
	if d.Folder == "" || strings.HasPrefix(string(d.Stderr), "/") {
		return "Err"
	}
	return fmt.Sprintf("substr(Err, %d)", len(d.up()))
}

// writeNodeFailures prints the policy for a node's job: one that fails leaves the queue with
// its exit status, and one that is held without a release to come is removed. DAGMan would wait
// for ever for a held one. The log keeps the reason of the hold before the removal, and in it.
func writeNodeFailures(p *printer, d *Description) {
	p.section(fmt.Sprintf("Failures. Exit status %d (wrong usage) and %d (bad input) would happen on any machine: the node fails.", condor.ExitUsage, condor.ExitData),
		fmt.Sprintf("Any other status or a signal may be the machine's fault: run again, up to %d times, then the node fails.", d.MaxRetries))
	p.set("max_retries", "%d", d.MaxRetries)
	p.set("retry_until", "%s", condor.RetryUntil())
	writeRemoval(p, releases(d))
}

// writeRemoval prints that a node's held job is removed, if nothing will release it.
func writeRemoval(p *printer, releases string) {
	p.comment("A job that HTCondor holds, and that nothing releases, is removed, and the node fails; DAGMan would wait for it.")
	p.set("periodic_remove", "%s", condor.Ends(releases))
	p.set("+PeriodicRemoveReason", "strcat(%q, HoldReason)", condor.EndedByHold)
}

// releases returns the expression for the held jobs that HTCondor releases, at once or later.
func releases(d *Description) string {
	if d.MaxRetries == 0 {
		return "false"
	}
	return fmt.Sprintf("NumHolds <= %d && %s", d.MaxRetries, condor.Releases())
}

// writeReleases prints the policy for a job that is held because a machine is at fault.
func writeReleases(p *printer, d *Description) {
	if d.MaxRetries == 0 {
		return
	}
	p.section(fmt.Sprintf("Machines at fault. A job that could not be started (%d), whose outputs could not be sent (%d), or that HTCondor held without", condor.CodeProgram, condor.CodeOutputs),
		fmt.Sprintf("a code (%d) runs again, unless an output does not exist (subcode %d), up to %d times.", condor.CodeUnknown, condor.SubcodeMissing, d.MaxRetries))
	p.set("periodic_release", "NumHolds <= %d && time() - EnteredCurrentStatus > %s && %s", d.MaxRetries, seconds(d.RetryDelay), condor.Releases())
}

// writeTimeLimit prints HTCondor's limit on the time of an attempt, and a second check of the
// limit. Both count the time in which a job is suspended: HTCondor's limit runs on, and the
// check, which holds no suspended job (JobStatus 7), subtracts nothing when the job continues.
// The check ignores the start of an earlier attempt, and a job that sends its outputs (6).
func writeTimeLimit(p *printer, d *Description) {
	p.section(fmt.Sprintf("Time. A job that runs longer than %s is held. HTCondor's own limit misses a job that begins in the", text.Duration(d.MaxRunTime)),
		"same second as its shadow: the expression below holds that one.")
	p.set("allowed_execute_duration", "%s", seconds(d.MaxRunTime))
	starts := d.MaxRetries + 1 + mostEvictions
	p.comment(fmt.Sprintf("A job that was started more than %d times, since its attempts were evicted or lost, is held when it is idle again.", starts),
		"After each hold it may start as often again.")
	p.set(startedTooOften, "JobStatus == 1 && (NumShadowStarts > %d * (1 + ifThenElse(NumHolds =?= undefined, 0, NumHolds))) =?= true", starts)
	p.set("periodic_hold", "$(%s) || JobStatus == 2 && JobCurrentStartExecutingDate >= JobCurrentStartDate && time() - JobCurrentStartExecutingDate > %s", startedTooOften, seconds(checkAfter(d.MaxRunTime)))
	p.set("periodic_hold_reason", `strcat($(%s), ": ", ifThenElse(JobStatus == 1, strcat("started ", NumShadowStarts, " times without an end: its attempts were evicted or lost, the last one on "), "ran longer than %s on "), MachineAttrMachine0)`,
		holdSubject, text.Duration(d.MaxRunTime))
	p.set("periodic_hold_subcode", "ifThenElse(JobStatus == 1, %d, %d)", condor.SubcodeStarts, condor.CodeTimeLimit)
}

// startedTooOften is the macro for the condition on a job whose attempts are evicted or lost again
// and again. None of them counts as a run of the program, so max_retries does not limit them.
const startedTooOften = "started_too_often"

// mostEvictions is how many attempts of a job may be evicted or lost before it is held: on desktops
// that is normal, but not so often.
const mostEvictions = 20

// checkAfter returns the time after which the second check holds a job: late enough for
// HTCondor's own limit to hold it first.
func checkAfter(limit time.Duration) time.Duration {
	return limit + min(max(limit/2, 10*time.Second), 5*time.Minute)
}
