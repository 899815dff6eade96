package submitfile

import (
	"fmt"
	"time"

	"matpool/condor"
	"matpool/internal/base/text"
)

// writeTimeLimit prints HTCondor's limit on the time of an attempt, and a second check of the
// limit. Both count the time in which a job is suspended: HTCondor's limit runs on, and the
// check, which holds no suspended job (JobStatus 7), subtracts nothing when the job continues.
// The check ignores the start of an earlier attempt, and a job that sends its outputs (6).
func writeTimeLimit(p *printer, d *Description) {
	p.section(fmt.Sprintf("Time. A job that runs longer than %s is held. HTCondor's own limit misses a job that begins in the", text.Duration(d.MaxRunTime)),
		"same second as its shadow: the expression below holds that one.")
	p.set("allowed_execute_duration", "%s", seconds(d.MaxRunTime))
	p.set("periodic_hold", "JobStatus == 2 && JobCurrentStartExecutingDate >= JobCurrentStartDate && time() - JobCurrentStartExecutingDate > %s", seconds(checkAfter(d.MaxRunTime)))
	p.set("periodic_hold_reason", `strcat($(%s), ": ran longer than %s on ", MachineAttrMachine0)`, holdSubject, text.Duration(d.MaxRunTime))
	p.set("periodic_hold_subcode", "%d", condor.CodeTimeLimit)
}

// checkAfter returns the time after which the second check holds a job: late enough for
// HTCondor's own limit to hold it first.
func checkAfter(limit time.Duration) time.Duration {
	return limit + min(max(limit/2, 10*time.Second), 5*time.Minute)
}
