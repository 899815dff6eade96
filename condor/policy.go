package condor

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// The exit statuses that say that a program would fail on any machine. They are numbers of BSD's
// sysexits.h.
const (
	ExitUsage = 64 // EX_USAGE: wrong arguments, or a refusal to overwrite something
	ExitData  = 65 // EX_DATAERR: an input is missing or bad
)

// Hold codes (HoldReasonCode in HTCondor's manual) that the project's own jobs can get.
const (
	CodeUnknown   = 0  // HTCondor gives none: it held the job itself, as when it lost what it knew of the job's machine
	CodePolicy    = 3  // the submit description's own expression; the subcode says which
	CodeProgram   = 6  // the machine could not start the program
	CodeOutputs   = 12 // an output could not be sent back
	CodeInputs    = 13 // an input could not be sent
	CodeSubmitted = 15 // it was submitted on hold
	CodeStartd    = 21 // the machine's own policy; the reason says which
	CodeResources = 34 // the job used more than it requested
	CodeTimeLimit = 47 // HTCondor's limit on execution time; with CodePolicy, the subcode of our own check of it
)

// Subcodes.
const (
	SubcodeMissing = 2    // with CodeOutputs, ENOENT: the program did not write an output that it should return
	SubcodeMemory  = 102  // with CodeResources and CodeStartd
	SubcodeDisk    = 104  // with CodeResources and CodeStartd
	SubcodeForeign = 0    // with CodePolicy: an expression that package submitfile did not write
	signalSubcode  = 128  // with CodePolicy: plus the signal that killed the program
	SubcodeStarts  = 1000 // with CodePolicy: too many attempts were evicted or lost; no signal and no exit status of Linux
)

// An Action is what happens to a job that fails.
type Action int

const (
	Done     Action = iota // it leaves the queue
	Retried                // it runs again, up to max_retries times, and is then held
	Held                   // it waits for a person
	Released               // it is held, and HTCondor releases it, up to max_retries times
	Paused                 // a person held it and will continue it, or HTCondor will when its inputs have come
)

// A Rule says what happens to a job that fails in one way, and what to tell its owner. The
// failure is given by the code and subcode of the hold that it leads to, at once or in the end.
type Rule struct {
	Code     int
	Subcodes Subcodes
	Then     Action
	Label    string // HTCondor's name for the code; "" for a code that the table does not have
	Meaning  string
	Advice   string
	Event    string // what the program did, for the hold reason; "" if it did not end by itself
}

// Subcodes is a range of subcodes. With [CodePolicy], a subcode is the program's exit status, or
// 128 plus the signal that killed it.
type Subcodes struct{ First, Last int }

// Policy returns the rules: those of submit descriptions of package submitfile, and what
// HTCondor does otherwise. The first rule that matches applies. In texts, STATUS stands for the
// program's exit status, and SIGNAL for the signal that killed it.
//
// HTCondor releases a job only if another machine may do better. It must not release one
//   - whose inputs could not be sent (13): it was never started, so nothing would limit the
//     number of attempts;
//   - that ran too long (47): it would take as long again, and only a person knows whether the
//     limit was too short;
//   - that ended with status 0 without an output (12, 2): it would do so on any machine;
//   - whose attempts were evicted or lost, by shadow exceptions for example, again and again.
//
// Source of the codes and labels: the table of HoldReasonCode in HTCondor's manual.
func Policy() []Rule {
	const (
		thenRelease = "then condor_release, or submit what is missing again (matsubmit -resubmit)"
		tooLong     = "it ran longer than max_run_time"
		lowerLimit  = "raise max_run_time or lower products_per_job; if the machine was slow, condor_release"
		interrupted = "the transfer of files was interrupted"
		memory      = "it used more memory than it requested"
		moreMemory  = "raise request_memory, and submit what is missing again (matsubmit -resubmit)"
		disk        = "it used more disk than it requested"
		moreDisk    = "raise request_disk, and submit what is missing again (matsubmit -resubmit)"
		tryAgain    = "condor_release tries again; if it happens again, report it to the pool's administrator"
	)
	all := Subcodes{math.MinInt, math.MaxInt}
	one := func(subcode int) Subcodes { return Subcodes{subcode, subcode} }
	return []Rule{
		// The program failed, or an expression of the submit description held the job.
		{CodePolicy, one(ExitUsage), Held, "JobPolicy", "the program was called with wrong arguments, or refused to overwrite something (exit status 64)",
			"see its message; correct the submission, and submit what is missing again (matsubmit -resubmit)", "wrong usage"},
		{CodePolicy, one(ExitData), Held, "JobPolicy", "an input is missing or bad (exit status 65)",
			"see its message; make the input again, and submit what is missing again (matsubmit -resubmit)", "bad input"},
		{CodePolicy, one(CodeTimeLimit), Held, "JobExecuteExceeded", tooLong, lowerLimit, ""},
		{CodePolicy, one(SubcodeStarts), Held, "JobPolicy", "HTCondor started it again and again, and its attempts were evicted or lost",
			"see the causes in its log; condor_release lets it start as often again", ""},
		{CodePolicy, one(SubcodeForeign), Held, "JobPolicy", "an expression held it that matsubmit did not write",
			"see the reason; if it no longer applies, condor_release", ""},
		{CodePolicy, Subcodes{math.MinInt, math.MinInt32 + 0x50000000}, Retried, "JobPolicy", "Windows ended its last run, and no retry is left",
			"see its stderr; signal -1073741819 (0xC0000005) means a wrong address, -1073741571 a stack overflow; exit status -1073741515 a missing DLL", ""},
		{CodePolicy, Subcodes{signalSubcode + 1, math.MaxInt}, Retried, "JobPolicy", "its last run ended with signal SIGNAL (or exit status STATUS), and no retry is left",
			"see its stderr; signal 9 may mean too little memory", "killed by signal SIGNAL"},
		{CodePolicy, all, Retried, "JobPolicy", "its last run ended with exit status STATUS, and no retry is left",
			"see its message or its stderr, and whether the machine was always the same", "failed with exit status STATUS"},

		// The program could not start, its files could not be transferred, or it needed too much.
		{CodeUnknown, all, Released, "Unspecified", "HTCondor gives no code for it", "see the reason; " + thenRelease, ""},
		{CodeProgram, all, Released, "FailedToCreateProcess", "the machine could not start the program",
			"make sure that the program is executable and built for the machine's system or, if it is a script, that the machine has the program in its first line; " + thenRelease, ""},
		{CodeOutputs, one(SubcodeMissing), Held, "TransferOutputError", "the program did not make the file that the reason names",
			"see its stdout and stderr; correct the program, or indexed_output_files, and submit what is missing again (matsubmit -resubmit)", ""},
		{CodeOutputs, all, Released, "TransferOutputError", "outputs could not be sent back",
			"make sure that the output folders are writable, and that the disk is not full; " + thenRelease, ""},
		{CodeInputs, all, Held, "TransferInputError", "inputs could not be sent",
			"the reason names the file and the side that failed; correct that, " + thenRelease, ""},
		{CodeTimeLimit, all, Held, "JobExecuteExceeded", tooLong, lowerLimit, ""},
		{CodeResources, one(SubcodeMemory), Held, "JobOutOfResources", memory, moreMemory, ""},
		{CodeResources, one(SubcodeDisk), Held, "JobOutOfResources", disk, moreDisk, ""},
		{CodeResources, all, Held, "JobOutOfResources", "it used more memory, disk or processors than it requested",
			"raise request_memory or request_disk, and submit what is missing again (matsubmit -resubmit)", ""},

		// A person, the pool or the submit machine held the job.
		{1, all, Paused, "UserRequest", "somebody held it with condor_hold", "condor_release continues it", ""},
		{5, all, Held, "JobPolicyUndefined", "an expression of the submit description has no value", "check the expressions that are passed on unchanged", ""},
		{7, all, Held, "UnableToOpenOutput", "the file for stdout or stderr cannot be opened",
			"make sure that its folder exists and is writable, and that the disk is not full; " + thenRelease, ""},
		{8, all, Held, "UnableToOpenInput", "the file for standard input cannot be opened", "make sure that it exists; " + thenRelease, ""},
		{11, all, Held, "InvalidTransferAck", interrupted, tryAgain, ""},
		{14, all, Held, "IwdError", "the folder the jobs were submitted from cannot be used", "make sure that it exists and is writable; " + thenRelease, ""},
		{CodeSubmitted, all, Paused, "SubmittedOnHold", "it was submitted on hold", "condor_release starts it", ""},
		{16, all, Paused, "SpoolingInput", "its inputs are still being copied to the submit machine", "wait", ""},
		{18, all, Held, "InvalidTransferAck", interrupted, tryAgain, ""},
		{CodeStartd, one(SubcodeMemory), Held, "StartdHeldJob", memory, moreMemory, ""},
		{CodeStartd, one(SubcodeDisk), Held, "StartdHeldJob", disk, moreDisk, ""},
		{CodeStartd, all, Held, "StartdHeldJob", "the machine's policy does not allow it there", "see the reason", ""},
		{22, all, Held, "UnableToInitUserLog", "the log cannot be written", "make sure that its folder exists and is writable; " + thenRelease, ""},
		{26, all, Held, "SystemPolicy", "the pool's policy holds it", "see the reason, or ask the pool's administrator", ""},
		{27, all, Held, "SystemPolicyUndefined", "an expression of the pool's policy has no value", "report it to the pool's administrator", ""},
		{32, all, Held, "MaxTransferInputSizeExceeded", "its inputs are larger than the pool allows", "fewer products per job, or ask the administrator", ""},
		{33, all, Held, "MaxTransferOutputSizeExceeded", "its outputs are larger than the pool allows", "fewer products per job, or ask the administrator", ""},
		{36, all, Held, "FailedToCheckpoint", "it could not save its state", "see the reason, and its stderr", ""},
		{46, all, Held, "JobDurationExceeded", "it took longer than the limit, transfers included",
			"raise the limit, or submit what is missing again with fewer products per job (matsubmit -resubmit)", ""},
	}
}

func (r Rule) matches(code, subcode int) bool {
	return r.Code == code && r.Subcodes.First <= subcode && subcode <= r.Subcodes.Last
}

// with returns the rule with the numbers in its texts.
func (r Rule) with(subcode int) Rule {
	numbers := strings.NewReplacer("STATUS", strconv.Itoa(subcode), "SIGNAL", strconv.Itoa(subcode-signalSubcode))
	r.Meaning, r.Event = numbers.Replace(r.Meaning), numbers.Replace(r.Event)
	return r
}

// ofProgram returns the rules for a program that ends without success, by a signal or not.
func ofProgram(signal bool) []Rule {
	return slices.DeleteFunc(Policy(), func(r Rule) bool { return r.Event == "" || (r.Subcodes.First > signalSubcode) != signal })
}

// AfterHold returns the rule for a job that is held. A code that is not in the table gets a rule
// without a label.
func AfterHold(code, subcode int) Rule {
	for _, r := range Policy() {
		if r.matches(code, subcode) {
			return r.with(subcode)
		}
	}
	return Rule{Code: code, Then: Held, Meaning: fmt.Sprintf("code %d, subcode %d", code, subcode), Advice: "see the reason, and the table of HoldReasonCode in the HTCondor manual"}
}

// AfterExit returns the rule for a job whose program has ended, with the signal that killed it
// or 0, and the subcode of the hold that may follow. To HTCondor, an exception of Windows is a signal,
// and a status above 2³¹ is negative.
func AfterExit(status, signal int) (r Rule, subcode int) {
	if status == 0 && signal == 0 {
		return Rule{Then: Done}, 0
	}
	subcode = status
	if signal != 0 {
		subcode = signalSubcode + signal
	}
	rules := ofProgram(signal != 0)
	i := slices.IndexFunc(rules, func(r Rule) bool { return signal != 0 || r.matches(CodePolicy, subcode) })
	return rules[i].with(subcode), subcode
}

// OnExitHold returns the ClassAd expression for holding a job when its program has ended.
//
// HTCondor evaluates it before it decides whether the job leaves the queue; NumJobCompletions
// already counts the current attempt. After a signal, ExitCode is undefined, and undefined =!= 0
// is true.
func OnExitHold() string {
	return fmt.Sprintf("(ExitBySignal =?= false && (%s)) || (ExitCode =!= 0 && NumJobCompletions > JobMaxRetries)", hopeless("=="))
}

// RetryUntil returns the ClassAd expression for not running a job again, although its program
// has failed and retries are left.
func RetryUntil() string { return hopeless("=?=") }

func hopeless(equals string) string {
	var list []string
	for _, r := range ofProgram(false) {
		if r.Then == Held {
			list = append(list, fmt.Sprintf("ExitCode %s %d", equals, r.Subcodes.First))
		}
	}
	return strings.Join(list, " || ")
}

// HoldEvent returns the ClassAd expression for the [Rule.Event] of the program's end.
func HoldEvent() string {
	value := func(r Rule) string {
		for word, attribute := range map[string]string{"STATUS": "ExitCode", "SIGNAL": "ExitSignal"} {
			if text, ok := strings.CutSuffix(r.Event, word); ok {
				return fmt.Sprintf("strcat(%q, %s)", text, attribute)
			}
		}
		return strconv.Quote(r.Event)
	}
	rules := ofProgram(false)
	last := len(rules) - 1
	expr := value(rules[last])
	for _, r := range slices.Backward(rules[:last]) {
		expr = fmt.Sprintf("ifThenElse(ExitCode == %d, %s, %s)", r.Subcodes.First, value(r), expr)
	}
	return fmt.Sprintf("ifThenElse(ExitBySignal =?= true, %s, %s)", value(ofProgram(true)[0]), expr)
}

// HoldSubcode returns the ClassAd expression for the subcode that [AfterExit] returns.
func HoldSubcode() string {
	return fmt.Sprintf("ifThenElse(ExitBySignal =?= true, %d + ExitSignal, ExitCode)", signalSubcode)
}

// Releases returns the ClassAd expression for releasing a held job.
func Releases() string {
	var list []string
	for _, r := range Policy() {
		if r.Then != Released {
			continue
		}
		condition := fmt.Sprintf("HoldReasonCode == %d", r.Code)
		for _, other := range Policy() {
			if other.Code == r.Code && other.Then != Released {
				condition += fmt.Sprintf(" && HoldReasonSubCode =!= %d", other.Subcodes.First)
			}
		}
		list = append(list, condition)
	}
	return "(" + strings.Join(list, " || ") + ")"
}

// EndedByHold begins the reason for the removal of a job that [Ends] removes; the hold's follows.
const EndedByHold = "held, and nothing releases it: "

// Ends returns the ClassAd expression for removing a held job that nothing will release, if
// releases is the expression for those that HTCondor releases. No attribute that is undefined
// makes it undefined, for which HTCondor would hold the job.
func Ends(releases string) string {
	expr := "JobStatus == 5"
	for _, r := range Policy() {
		if r.Then == Paused {
			expr += fmt.Sprintf(" && HoldReasonCode =!= %d", r.Code)
		}
	}
	return expr + fmt.Sprintf(" && (%s) =!= true", releases)
}

// ownReason matches the beginning of the hold reasons that submit descriptions of package
// submitfile write.
var ownReason = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(product|job)s? \d+( to \d+)?: `) })

// IsOwnReason reports whether a hold reason has the form of those that submit descriptions of
// package submitfile write. It then names the job's products.
func IsOwnReason(reason string) bool { return ownReason().MatchString(reason) }
