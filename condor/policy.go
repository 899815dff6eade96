package condor

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"matpool/condor/chirp"
	"matpool/internal/status"
	"matpool/internal/text"
)

// seconds prints a time as HTCondor counts it.
func seconds(d time.Duration) string {
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}

// guard returns when the second guard of the time limit strikes: late enough for the
// first to strike before it.
func guard(limit time.Duration) time.Duration {
	return limit + min(max(limit/2, 10*time.Second), 5*time.Minute)
}

// remembered returns how many machines HTCondor remembers of a job: those of all its
// runs but the last, up to five runs. It remembers one twice where the job has gone back
// to the queue from it (seen with 23.9.6).
//
// Note: to remember the last one only is too little. A job for which two machines are
// bad would go from one to the other and back.
func (s *Submission) remembered() int {
	if s.RetryDelay == 0 {
		return 1 // for the messages
	}
	return 2 * min(max(s.MaxRetries, 1), 5)
}

// requirements returns what a machine must be.
func (s *Submission) requirements() string {
	var systems []string
	for _, system := range s.Systems {
		systems = append(systems, fmt.Sprintf("OpSys == %q", string(system)))
	}
	text := fmt.Sprintf("(Arch == %q) && (%s)", arch, strings.Join(systems, " || "))
	if s.RetryDelay > 0 {
		var had []string
		for i := range s.remembered() {
			had = append(had, fmt.Sprintf("MY.MachineAttrMachine%d", i))
		}
		text += fmt.Sprintf(" && (!member(TARGET.Machine, {%s}) || time() - MY.EnteredCurrentStatus > %s)", strings.Join(had, ", "), seconds(s.RetryDelay))
	}
	if s.Requirements != "" {
		text += " && (" + s.Requirements + ")"
	}
	return text
}

// The macros of which the sentences are made that say why a job is held.
const (
	holdSubject = "hold_subject"
	holdEvent   = "hold_event"
	holdMessage = "hold_message"
)

// subject returns the expression for which job it is, one or more arguments of strcat.
func (s *Submission) subject() string {
	if !s.ranged() {
		return fmt.Sprintf(`"%s ", MatFirst`, s.Unit)
	}
	return fmt.Sprintf(`ifThenElse(MatCount == 1, strcat("%[1]s ", MatFirst), strcat("%[1]ss ", MatFirst, " to ", MatFirst + MatCount - 1))`, s.Unit)
}

// event returns the expression for how the program ended.
func (s *Submission) event() string {
	return fmt.Sprintf(`ifThenElse(ExitBySignal =?= true, strcat("killed by signal ", ExitSignal), `+
		`ifThenElse(ExitCode == %d, "wrong usage", ifThenElse(ExitCode == %d, "bad input", strcat("failed with exit status ", ExitCode))))`, status.Usage, status.Data)
}

// message returns the expression for what the program has said (package chirp), or where it stands. A
// program that a signal killed could not say why: what it has said is older.
func (s *Submission) message() string {
	return fmt.Sprintf(`ifThenElse(ExitBySignal =!= true && isString(%[1]s) && %[1]s != "", %[1]s, strcat("see ", Err))`, chirp.Attribute)
}

// exitHold returns on_exit_hold and what goes with it.
//
// HTCondor evaluates it before it decides whether the job leaves the queue, and counts
// this run already. ExitCode is undefined after a signal, and undefined =!= 0.
func (s *Submission) exitHold() (hold, reason, subcode string) {
	hold = fmt.Sprintf("(ExitBySignal =?= false && (ExitCode == %d || ExitCode == %d)) || (ExitCode =!= 0 && NumJobCompletions > JobMaxRetries)", status.Usage, status.Data)
	reason = fmt.Sprintf(`strcat($(%s), ": ", $(%s), ifThenElse(NumJobCompletions > 1, strcat(", after ", NumJobCompletions, " runs, the last on "), " on "), MachineAttrMachine0, " (", MachineAttrOpSys0, "): ", $(%s))`,
		holdSubject, holdEvent, holdMessage)
	return hold, reason, "ifThenElse(ExitBySignal =?= true, 128 + ExitSignal, ExitCode)"
}

// timeHold returns periodic_hold and its reason. A start of an earlier run does not
// count, nor does time in which the job is suspended or sends its outputs
// (JobStatus 7 and 6).
func (s *Submission) timeHold() (hold, reason string) {
	hold = "JobStatus == 2 && JobCurrentStartExecutingDate >= JobCurrentStartDate && time() - JobCurrentStartExecutingDate > " + seconds(guard(s.MaxRunTime))
	reason = fmt.Sprintf(`strcat($(%s), ": ran longer than %s on ", MachineAttrMachine0)`, holdSubject, text.Duration(s.MaxRunTime))
	return hold, reason
}

// release returns periodic_release.
func (s *Submission) release() string {
	return fmt.Sprintf("NumJobStarts <= %d && time() - EnteredCurrentStatus > %s && member(HoldReasonCode, %s)", s.MaxRetries, seconds(s.RetryDelay), ReleasedCodes())
}

// note returns the text of the jobs' note, with macros.
func (s *Submission) note() string {
	first, count := "$(index)", "1"
	if s.ranged() {
		first, count = "$(first)", "$(count)"
	}
	return FormatNote(first, count, s.MaxRetries+1, len(s.Rows), s.Sum)
}
