package submitfile

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"matpool/condor"
	"matpool/internal/text"
)

// writeMachines prints which machines a job may have, and what HTCondor remembers of them
// and of the job for the messages and the log.
func writeMachines(p *printer, d *Description) {
	machines := "Machines."
	if d.RetryDelay > 0 {
		machines += " One that a job has failed on may try it again only after " + text.Duration(d.RetryDelay) + "."
	}
	p.section(machines)
	p.set("requirements", "%s", requirements(d))
	p.remark("Which machines a job has had, for the line above, the messages below and the log.")
	p.set("job_machine_attrs", "Machine, OpSys")
	p.set("job_machine_attrs_history_length", "%d", remembered(d))
	p.set("ulog_execute_attrs", "Machine, OpSys, Arch")
	first, count := "$(index)", "1"
	if d.ranged() {
		first, count = "$(first)", "$(count)"
	}
	p.set("submit_event_user_notes", "%s", condor.FormatNote(first, count, d.MaxRetries+1, len(d.Jobs), d.Sum))
	p.set("+MatFirst", "%s", first)
	if d.ranged() {
		p.set("+MatCount", "%s", count)
	}
	p.set(holdSubject, "%s", subject(d))
	p.remark("After 5 min, a job whose machine is lost goes back to the queue, and a slot whose job is lost is free again.")
	p.set("job_lease_duration", "300")
}

// requirements returns the expression for what a machine must be.
func requirements(d *Description) string {
	var systems []string
	for _, system := range d.Systems {
		systems = append(systems, fmt.Sprintf("OpSys == %q", string(system)))
	}
	expr := fmt.Sprintf("(Arch == %q) && (%s)", condor.Arch, strings.Join(systems, " || "))
	if d.RetryDelay > 0 {
		var had []string
		for i := range remembered(d) {
			had = append(had, fmt.Sprintf("MY.MachineAttrMachine%d", i))
		}
		expr += fmt.Sprintf(" && (!member(TARGET.Machine, {%s}) || time() - MY.EnteredCurrentStatus > %s)", strings.Join(had, ", "), seconds(d.RetryDelay))
	}
	if d.Requirements != "" {
		expr += " && (" + d.Requirements + ")"
	}
	return expr
}

// remembered returns how many machines HTCondor remembers of a job: those of all its runs
// but the last, up to five runs. HTCondor remembers a machine twice if the job went back to
// the queue from it (seen with 23.9.6).
//
// Note: it is not enough to remember the last one. A job for which two machines are bad
// would go back and forth between them.
func remembered(d *Description) int {
	if d.RetryDelay == 0 {
		return 1 // for the messages
	}
	return 2 * min(max(d.MaxRetries, 1), 5)
}

// seconds returns a time as HTCondor counts it, rounded up.
func seconds(d time.Duration) string {
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}
