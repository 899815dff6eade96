package eventlog

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"matpool/condor"
)

// ExplainHold explains the latest hold of a job by [condor.Policy], and says what its subcode
// means if it is an error number. A hold with code 3 is explained if the submit description is
// one of package submitfile, which the job's note and the form of the reason show.
func (j *Job) ExplainHold() condor.Rule {
	note, noted := j.Note()
	r := explainHold(j.Hold, noted && condor.IsOwnReason(j.Hold.Reason))
	const either, missing, fewer = "then condor_release, or submit what is missing again (matsubmit -resubmit)",
		"submit what is missing again (matsubmit -resubmit)", "submit what is missing again with fewer products per job (matsubmit -resubmit)"
	var pairs []string
	switch node := j.Node() != ""; {
	case !noted && j.Node() == "": // matsubmit's jobs have these lines
		pairs = []string{"raise request_memory,", "raise request_memory, or set retry_request_memory too (HTCondor 25.6),", "raise request_disk,", "raise request_disk, or set retry_request_disk too (HTCondor 25.10),"}
	case note.Local: // it is in no queue that could release it
		pairs = []string{either, "then " + missing, "; if the machine was slow, condor_release", ""}
	case node && noted && r.Then != condor.Paused: // HTCondor has removed it, or will
		const again = "when the DAG has stopped, condor_submit_dag continues it; if the submission file is changed, matsubmit -dag -force starts over"
		pairs = []string{either, "then, " + again, missing, again, fewer, again, "condor_release tries again", again,
			"condor_release lets it start as often again", again, "condor_release", again}
	case node: // DAGMan waits for it; if another job did its work, DAGMan would have it done twice
		const again = "condor_rm it: its node fails, and DAGMan tries the node again if the DAG has a RETRY for it"
		pairs = []string{either, "then condor_release", missing, again, fewer, again}
	}
	r.Advice = strings.NewReplacer(pairs...).Replace(r.Advice)
	return r
}

// explainHold explains a hold. Own says that package submitfile wrote the reason.
func explainHold(h JobHeld, own bool) condor.Rule {
	subcode := h.Subcode
	missing := h.Code == condor.CodeOutputs && subcode == condor.SubcodeMissing && strings.Contains(h.Reason, "reading from ")
	switch {
	case h.Code == condor.CodePolicy && !own:
		subcode = condor.SubcodeForeign
	case h.Code == condor.CodeOutputs && !missing: // ENOENT means the folder for the output
		subcode = 0
	case h.Code == condor.CodeResources && subcode == 0, h.Code == condor.CodeStartd: // only the reason names the resource
		subcode = 0
		if reason := strings.ToLower(h.Reason); strings.Contains(reason, "memory") {
			subcode = condor.SubcodeMemory
		} else if strings.Contains(reason, "disk") {
			subcode = condor.SubcodeDisk
		}
	}
	r := condor.AfterHold(h.Code, subcode)
	switch {
	case h.Code == condor.CodeUnknown && strings.HasPrefix(h.Reason, "Cannot expand $$ expression"):
		r.Meaning = "HTCondor no longer knew the job's machine, as when one of its daemons ended, or the machine lacks the attribute"
	case h.Code == condor.CodeProgram, h.Code == 7, h.Code == 8, h.Code == 14:
		r.Meaning += errno(h.Subcode)
	case h.Code == condor.CodeInputs, h.Code == condor.CodeOutputs && !missing:
		return explainTransfer(h, r)
	}
	return r
}

// pluginWords match the reasons of holds for which a file-transfer plugin is at fault.
var pluginWords = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)plug-?in|URL file =| using protocol |[a-z]://`) })

// explainTransfer adds to the rule for a failed transfer what the subcode means: an
// error number, or, if a plugin was at work, 62 (ETIME) or the plugin's exit status shifted left
// by eight bits (manual, note on hold codes 12 and 13). Some versions do not shift it.
func explainTransfer(h JobHeld, r condor.Rule) condor.Rule {
	if strings.Contains(h.Reason, "errno "+strconv.Itoa(h.Subcode)+")") || !pluginWords().MatchString(h.Reason) {
		r.Meaning += errno(h.Subcode)
		return r
	}
	r.Advice = "see what the reason says of the URL and the plugin; then condor_release, or submit what is missing again (matsubmit -resubmit)"
	const etime = 62
	switch status := h.Subcode; {
	case status == etime:
		r.Meaning += ": a transfer plugin took too long"
	case status > 0 && status%256 == 0:
		r.Meaning += fmt.Sprintf(": a transfer plugin failed with exit status %d", status/256)
	case status > 0 && status < 256:
		r.Meaning += fmt.Sprintf(": a transfer plugin failed with exit status %d", status)
	default:
		r.Meaning += ": a transfer plugin failed"
	}
	return r
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
