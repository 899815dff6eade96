package submitfile

import (
	"fmt"
	"time"

	"matpool/condor"
	"matpool/internal/text"
)

// writeTime prints the limit of a run's time, and a second guard of it. A start of an
// earlier run does not count, nor does time in which the job is suspended or sends its
// outputs (JobStatus 7 and 6).
func writeTime(p *printer, d *Description) {
	p.section(fmt.Sprintf("Time. A job that runs longer than %s is held. A second guard holds it if HTCondor's own has not, which", text.Duration(d.MaxRunTime)),
		"overlooks a job that begins in the second in which its shadow does.")
	p.set("allowed_execute_duration", "%s", seconds(d.MaxRunTime))
	p.set("periodic_hold", "JobStatus == 2 && JobCurrentStartExecutingDate >= JobCurrentStartDate && time() - JobCurrentStartExecutingDate > %s", seconds(guard(d.MaxRunTime)))
	p.set("periodic_hold_reason", `strcat($(%s), ": ran longer than %s on ", MachineAttrMachine0)`, holdSubject, text.Duration(d.MaxRunTime))
	p.set("periodic_hold_subcode", "%d", condor.CodeTimeLimit)
}

// guard returns when the second guard of the time limit strikes: late enough for the first
// to strike before it.
func guard(limit time.Duration) time.Duration {
	return limit + min(max(limit/2, 10*time.Second), 5*time.Minute)
}
