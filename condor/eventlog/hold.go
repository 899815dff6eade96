package eventlog

import (
	"fmt"
	"strconv"

	"matpool/condor"
	"matpool/internal/status"
)

// A HoldExplanation is what a hold means and what can be done about it.
type HoldExplanation struct {
	Label string // HTCondor's name for the code
	Means string
	Do    string
}

// ExplainHold explains the codes of a hold ([JobHeld]). The codes are those of the
// HTCondor manual's table of HoldReasonCode; the subcodes of code 3 are those of the
// submit descriptions written here.
func ExplainHold(code, subcode int) HoldExplanation {
	const again = "then condor_release, or submit what is missing again (matsubmit -resubmit)"
	switch code {
	case 1:
		return HoldExplanation{"UserRequest", "somebody has held it with condor_hold", "condor_release lets it go on"}
	case 3:
		return explainPolicy(subcode)
	case 5:
		return HoldExplanation{"JobPolicyUndefined", "an expression of the submit description has no value", "look at the expressions passed on word for word"}
	case 6:
		return HoldExplanation{"FailedToCreateProcess", "the machine could not start the program" + errno(subcode), "see that the program is one for the machine's system, and may be executed; " + again}
	case 7:
		return HoldExplanation{"UnableToOpenOutput", "the file for stdout or stderr cannot be opened" + errno(subcode), "see that its folder exists and may be written to, and that the disk is not full; " + again}
	case 8:
		return HoldExplanation{"UnableToOpenInput", "the file for standard input cannot be opened" + errno(subcode), "see that it exists; " + again}
	case 11, 18:
		return HoldExplanation{"InvalidTransferAck", "the transfer of files was interrupted", "condor_release tries again; if it recurs, report it to the pool's administrator"}
	case 12:
		return HoldExplanation{"TransferOutputError", "outputs could not be sent back" + errno(subcode), "see that the folders they go to may be written to, and that the disk is not full; " + again}
	case 13:
		return HoldExplanation{"TransferInputError", "inputs could not be sent" + errno(subcode), "see in the reason which file it is, and on which side; " + again}
	case 14:
		return HoldExplanation{"IwdError", "the folder the jobs were submitted from cannot be used" + errno(subcode), "see that it exists and may be written to; " + again}
	case 15:
		return HoldExplanation{"SubmittedOnHold", "it was submitted so", "condor_release lets it begin"}
	case 16:
		return HoldExplanation{"SpoolingInput", "its inputs are still being copied to the submitting machine", "wait"}
	case 21:
		return HoldExplanation{"StartdHeldJob", "the machine's owner does not want it there", "see the reason; often it used more than it asked for"}
	case 22:
		return HoldExplanation{"UnableToInitUserLog", "the log cannot be written", "see that its folder exists and may be written to; " + again}
	case 26:
		return HoldExplanation{"SystemPolicy", "a rule of the pool's administrator", "see the reason, or ask them"}
	case 27:
		return HoldExplanation{"SystemPolicyUndefined", "a rule of the pool's administrator has no value", "report it to them"}
	case 32:
		return HoldExplanation{"MaxTransferInputSizeExceeded", "its inputs are larger than the pool allows", "fewer products per job, or ask the administrator"}
	case 33:
		return HoldExplanation{"MaxTransferOutputSizeExceeded", "its outputs are larger than the pool allows", "fewer products per job, or ask the administrator"}
	case 34:
		return HoldExplanation{"JobOutOfResources", "it used more memory, disk or processors than it asked for", "raise request_memory or request_disk, and submit what is missing again (matsubmit -resubmit)"}
	case 46:
		return HoldExplanation{"JobDurationExceeded", "it took longer than was allowed, transfers included", "raise the limit, or submit what is missing again with fewer products per job (matsubmit -resubmit)"}
	case condor.CodeTimeLimit:
		return HoldExplanation{"JobExecuteExceeded", "it ran longer than max_run_time", "raise max_run_time, or products_per_job is too large; if it was the machine, condor_release"}
	}
	return HoldExplanation{"", "code " + strconv.Itoa(code) + ", subcode " + strconv.Itoa(subcode), "see the reason, and the HTCondor manual's table of HoldReasonCode"}
}

// explainPolicy explains holds by an expression of the submit description.
func explainPolicy(subcode int) HoldExplanation {
	e := HoldExplanation{Label: "JobPolicy"}
	switch {
	case subcode == status.Usage:
		e.Means, e.Do = "the program was called wrongly, or would have destroyed something (exit status 64)", "see its message; correct the submission, and submit what is missing again (matsubmit -resubmit)"
	case subcode == status.Data:
		e.Means, e.Do = "an input is missing or bad (exit status 65)", "see its message; make the input again, and submit what is missing again (matsubmit -resubmit)"
	case subcode == condor.CodeTimeLimit:
		return ExplainHold(condor.CodeTimeLimit, 0)
	case subcode > 128:
		e.Means, e.Do = fmt.Sprintf("it failed each time it was run, at last by signal %d (or exit status %d)", subcode-128, subcode), "see its stderr; a signal 9 may mean too little memory"
	default:
		e.Means, e.Do = fmt.Sprintf("it failed each time it was run, at last with exit status %d", subcode), "see its message or its stderr, and whether it was always the same machine"
	}
	return e
}

// errno returns the meaning of a subcode that is one of Linux's error numbers, in
// brackets, or "".
func errno(n int) string {
	names := map[int]string{
		1: "not permitted", 2: "no such file or folder", 5: "the disk fails", 8: "not a program of this system",
		13: "permission denied", 17: "it exists", 20: "not a folder", 21: "it is a folder", 24: "too many open files",
		26: "the program is being written", 28: "the disk is full", 30: "the disk cannot be written to", 32: "the connection broke",
		36: "the name is too long", 110: "it took too long", 122: "the quota is used up",
	}
	if name, ok := names[n]; ok {
		return " (" + name + ")"
	}
	return ""
}
