package eventlog

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"matpool/condor"
	"matpool/internal/status"
)

// A HoldExplanation is the meaning of a hold and advice on what to do about it.
type HoldExplanation struct {
	Label   string // HTCondor's name for the code
	Meaning string
	Advice  string
}

const thenRelease = "then condor_release, or submit what is missing again (matsubmit -resubmit)"

// ExplainHold explains the latest hold of a job. The codes, and what their subcodes mean, are
// those of the table of HoldReasonCode in the HTCondor manual; the subcodes of other codes are
// not explained. The subcodes of code 3 are the submit description's: they are explained if it
// is one of package submitfile, by the job's note and the form of the reason.
func (j *Job) ExplainHold() HoldExplanation {
	note, noted := j.Note()
	own := condor.IsOwnReason(j.Hold.Reason) && (noted || strings.HasPrefix(j.Hold.Reason, "matsubmit "))
	e := explainHold(j.Hold, own)
	if note.Local { // it is in no queue that could release it
		e.Advice = strings.NewReplacer("then condor_release, or submit", "then submit", "; if the machine was slow, condor_release", "").Replace(e.Advice)
	}
	return e
}

// explainHold explains a hold. A reason is own if it is of a submit description of package
// submitfile.
func explainHold(h JobHeld, own bool) HoldExplanation {
	switch subcode := h.Subcode; h.Code {
	case 1:
		return HoldExplanation{"UserRequest", "somebody held it with condor_hold", "condor_release continues it"}
	case 3:
		if own {
			return explainPolicy(subcode)
		}
		return HoldExplanation{"JobPolicy", "an expression held it that matsubmit did not write", "see the reason; if it no longer applies, condor_release"}
	case 5:
		return HoldExplanation{"JobPolicyUndefined", "an expression of the submit description has no value", "check the expressions that are passed on unchanged"}
	case 6:
		return HoldExplanation{"FailedToCreateProcess", "the machine could not start the program" + errno(subcode), "make sure that the program is built for the machine's system and is executable; " + thenRelease}
	case 7:
		return HoldExplanation{"UnableToOpenOutput", "the file for stdout or stderr cannot be opened" + errno(subcode), "make sure that its folder exists and is writable, and that the disk is not full; " + thenRelease}
	case 8:
		return HoldExplanation{"UnableToOpenInput", "the file for standard input cannot be opened" + errno(subcode), "make sure that it exists; " + thenRelease}
	case 11, 18:
		return HoldExplanation{"InvalidTransferAck", "the transfer of files was interrupted", "condor_release tries again; if it happens again, report it to the pool's administrator"}
	case condor.CodeOutputs:
		if subcode == condor.SubcodeOutputIsGone && strings.Contains(h.Reason, "reading from ") {
			return HoldExplanation{"TransferOutputError", "the program did not make the file that the reason names", "see its stdout and stderr; correct the program, or indexed_output_files, and submit what is missing again (matsubmit -resubmit)"}
		}
		return explainTransfer(h, HoldExplanation{"TransferOutputError", "outputs could not be sent back", "make sure that the output folders are writable, and that the disk is not full; " + thenRelease})
	case 13:
		return explainTransfer(h, HoldExplanation{"TransferInputError", "inputs could not be sent", "the reason names the file and the side that failed; correct that, " + thenRelease})
	case 14:
		return HoldExplanation{"IwdError", "the folder the jobs were submitted from cannot be used" + errno(subcode), "make sure that it exists and is writable; " + thenRelease}
	case 15:
		return HoldExplanation{"SubmittedOnHold", "it was submitted on hold", "condor_release starts it"}
	case 16:
		return HoldExplanation{"SpoolingInput", "its inputs are still being copied to the submit machine", "wait"}
	case 21:
		return HoldExplanation{"StartdHeldJob", "the machine's policy does not allow it there", "see the reason; often the job used more than it requested"}
	case 22:
		return HoldExplanation{"UnableToInitUserLog", "the log cannot be written", "make sure that its folder exists and is writable; " + thenRelease}
	case 26:
		return HoldExplanation{"SystemPolicy", "the pool's policy holds it", "see the reason, or ask the pool's administrator"}
	case 27:
		return HoldExplanation{"SystemPolicyUndefined", "an expression of the pool's policy has no value", "report it to the pool's administrator"}
	case 32:
		return HoldExplanation{"MaxTransferInputSizeExceeded", "its inputs are larger than the pool allows", "fewer products per job, or ask the administrator"}
	case 33:
		return HoldExplanation{"MaxTransferOutputSizeExceeded", "its outputs are larger than the pool allows", "fewer products per job, or ask the administrator"}
	case 34:
		return explainResources(h)
	case 36:
		return HoldExplanation{"FailedToCheckpoint", "it failed when it was to save its state", "see the reason, and its stderr"}
	case 46:
		return HoldExplanation{"JobDurationExceeded", "it took longer than the limit, transfers included", "raise the limit, or submit what is missing again with fewer products per job (matsubmit -resubmit)"}
	case condor.CodeTimeLimit:
		return HoldExplanation{"JobExecuteExceeded", "it ran longer than max_run_time", "raise max_run_time or lower products_per_job; if the machine was slow, condor_release"}
	}
	return HoldExplanation{"", "code " + strconv.Itoa(h.Code) + ", subcode " + strconv.Itoa(h.Subcode), "see the reason, and the table of HoldReasonCode in the HTCondor manual"}
}

// pluginWords match the reasons of holds for which a file-transfer plugin is at fault.
var pluginWords = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)plug-?in|URL file =| using protocol |[a-z]://`) })

// explainTransfer adds to the explanation of a transfer that failed what the subcode means: an
// error number, or, if a plugin was at work, 62 (ETIME) or the plugin's exit status shifted left
// by eight bits (manual, note on hold codes 12 and 13). Some versions do not shift it.
func explainTransfer(h JobHeld, e HoldExplanation) HoldExplanation {
	if strings.Contains(h.Reason, "errno "+strconv.Itoa(h.Subcode)+")") || !pluginWords().MatchString(h.Reason) {
		e.Meaning += errno(h.Subcode)
		return e
	}
	e.Advice = "see what the reason says of the URL and the plugin; " + thenRelease
	const etime = 62
	switch status := h.Subcode; {
	case status == etime:
		e.Meaning += ": a transfer plugin took too long"
	case status > 0 && status%256 == 0:
		e.Meaning += fmt.Sprintf(": a transfer plugin failed with exit status %d", status/256)
	case status > 0 && status < 256:
		e.Meaning += fmt.Sprintf(": a transfer plugin failed with exit status %d", status)
	default:
		e.Meaning += ": a transfer plugin failed"
	}
	return e
}

// explainResources explains code 34. Its subcode is the resource. Older versions write 0, and
// only the reason names the resource.
func explainResources(h JobHeld) HoldExplanation {
	const memory, disk = 102, 104
	reason := strings.ToLower(h.Reason)
	switch {
	case h.Subcode == memory, h.Subcode == 0 && strings.Contains(reason, "memory"):
		return HoldExplanation{"JobOutOfResources", "it used more memory than it requested", "raise request_memory, and submit what is missing again (matsubmit -resubmit)"}
	case h.Subcode == disk, h.Subcode == 0 && strings.Contains(reason, "disk"):
		return HoldExplanation{"JobOutOfResources", "it used more disk than it requested", "raise request_disk, and submit what is missing again (matsubmit -resubmit)"}
	}
	return HoldExplanation{"JobOutOfResources", "it used more memory, disk or processors than it requested", "raise request_memory or request_disk, and submit what is missing again (matsubmit -resubmit)"}
}

// explainPolicy explains holds by an expression of a submit description of package submitfile.
func explainPolicy(subcode int) HoldExplanation {
	e := HoldExplanation{Label: "JobPolicy"}
	switch {
	case subcode == status.Usage:
		e.Meaning, e.Advice = "the program was called with wrong arguments, or refused to overwrite something (exit status 64)", "see its message; correct the submission, and submit what is missing again (matsubmit -resubmit)"
	case subcode == status.Data:
		e.Meaning, e.Advice = "an input is missing or bad (exit status 65)", "see its message; make the input again, and submit what is missing again (matsubmit -resubmit)"
	case subcode == condor.CodeTimeLimit:
		return explainHold(JobHeld{Code: condor.CodeTimeLimit}, false)
	case subcode > 128:
		e.Meaning, e.Advice = fmt.Sprintf("it failed each time it ran, the last time with signal %d (or exit status %d)", subcode-128, subcode), "see its stderr; signal 9 may mean too little memory"
	default:
		e.Meaning, e.Advice = fmt.Sprintf("it failed each time it ran, the last time with exit status %d", subcode), "see its message or its stderr, and whether the machine was always the same"
	}
	return e
}

// errno returns the meaning of a subcode that is a Linux error number, in brackets, or "".
func errno(n int) string {
	names := map[int]string{
		1: "not permitted", 2: "no such file or folder", 5: "input/output error", 8: "not a program for this system",
		13: "permission denied", 17: "it exists already", 20: "not a folder", 21: "it is a folder", 24: "too many open files",
		26: "the program is still being written", 28: "the disk is full", 30: "the disk is read-only", 32: "the connection was lost",
		36: "the name is too long", 110: "the connection timed out", 122: "the disk quota is exceeded",
	}
	if name, ok := names[n]; ok {
		return " (" + name + ")"
	}
	return ""
}
