package eventlog

import (
	"fmt"
	"strconv"

	"matpool/condor"
	"matpool/internal/status"
)

// A HoldExplanation is the meaning of a hold and advice on what to do about it.
type HoldExplanation struct {
	Label   string // HTCondor's name for the code
	Meaning string
	Advice  string
}

// ExplainHold explains the codes of a hold ([JobHeld]). The codes are those of the table of
// HoldReasonCode in the HTCondor manual. The subcodes of code 3 are those of submit
// descriptions of package submitfile.
func ExplainHold(code, subcode int) HoldExplanation {
	const thenRelease = "then condor_release, or submit what is missing again (matsubmit -resubmit)"
	switch code {
	case 1:
		return HoldExplanation{"UserRequest", "somebody held it with condor_hold", "condor_release continues it"}
	case 3:
		return explainPolicy(subcode)
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
		if subcode == condor.SubcodeOutputIsGone {
			return HoldExplanation{"TransferOutputError", "the program ended with exit status 0, but did not make the file at the end of the reason", "see its stdout and stderr; correct the program, or indexed_output_files, and submit what is missing again (matsubmit -resubmit)"}
		}
		return HoldExplanation{"TransferOutputError", "outputs could not be sent back" + errno(subcode), "make sure that the output folders are writable, and that the disk is not full; " + thenRelease}
	case 13:
		return HoldExplanation{"TransferInputError", "inputs could not be sent" + errno(subcode), "the reason names the file and the side that failed; correct that, " + thenRelease}
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
		return HoldExplanation{"JobOutOfResources", "it used more memory, disk or processors than it requested", "raise request_memory or request_disk, and submit what is missing again (matsubmit -resubmit)"}
	case 46:
		return HoldExplanation{"JobDurationExceeded", "it took longer than the limit, transfers included", "raise the limit, or submit what is missing again with fewer products per job (matsubmit -resubmit)"}
	case condor.CodeTimeLimit:
		return HoldExplanation{"JobExecuteExceeded", "it ran longer than max_run_time", "raise max_run_time or lower products_per_job; if the machine was slow, condor_release"}
	}
	return HoldExplanation{"", "code " + strconv.Itoa(code) + ", subcode " + strconv.Itoa(subcode), "see the reason, and the table of HoldReasonCode in the HTCondor manual"}
}

// explainPolicy explains holds by an expression of the submit description.
func explainPolicy(subcode int) HoldExplanation {
	e := HoldExplanation{Label: "JobPolicy"}
	switch {
	case subcode == status.Usage:
		e.Meaning, e.Advice = "the program was called with wrong arguments, or refused to overwrite something (exit status 64)", "see its message; correct the submission, and submit what is missing again (matsubmit -resubmit)"
	case subcode == status.Data:
		e.Meaning, e.Advice = "an input is missing or bad (exit status 65)", "see its message; make the input again, and submit what is missing again (matsubmit -resubmit)"
	case subcode == condor.CodeTimeLimit:
		return ExplainHold(condor.CodeTimeLimit, 0)
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
