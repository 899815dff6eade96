package submitfile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"matpool/condor"
	"matpool/internal/base/text"
)

// writeMachines prints the requirements on machines, and the attributes that HTCondor
// records of machines and jobs for hold reasons and the log.
func writeMachines(p *printer, d *Description) {
	machines := "Machines."
	if d.RetryDelay > 0 {
		machines += " A job avoids a machine that it failed on for " + text.Duration(d.RetryDelay) + "; one that evicted it is as good as any."
	}
	p.section(machines)
	if d.RetryDelay > 0 {
		p.set(evicted, "%s", wasEvicted)
	}
	if d.avoids() {
		p.comment("The machines that a job must not have, and an operating system that its machine should not have.")
		p.set("+MatAvoid", `"$(avoid)"`)
		p.set("+MatNotUnder", `"$(not_under)"`)
	}
	p.set("requirements", "%s", requirements(d))
	p.comment("The machines that a job has had, for the line above, the hold reasons and the log.")
	p.set("job_machine_attrs", "Machine, OpSys")
	p.set("job_machine_attrs_history_length", "%d", historyLength(d))
	p.set("ulog_execute_attrs", "Machine, OpSys, Arch")
	first, count := "$(index)", "1"
	if d.hasRanges() {
		first, count = "$(first)", "$(count)"
	}
	p.set("submit_event_user_notes", "%s", d.Note().Template(first, count))
	p.set("+MatFirst", "%s", first)
	if d.hasRanges() {
		p.set("+MatCount", "%s", count)
	}
	p.set(holdSubject, "%s", subject(d))
	p.comment("If a machine and the submit machine lose contact for 5 min, the job goes back to the queue, and the slot is free.")
	p.set("job_lease_duration", "300")
	vacate := max(d.VacateTime, minVacateTime)
	p.comment("A machine frees the slot of a job that was held, removed or evicted within "+text.Duration(vacate)+". Otherwise it would wait for the lease",
		"after a hold for an output that could not be sent.")
	p.set("job_max_vacate_time", "%s", seconds(vacate))
}

// minVacateTime is how long a job may take, at least, to leave a machine.
const minVacateTime = 10 * time.Second

// evicted is the macro for an expression that is true if the job's last attempt was evicted.
//
// HTCondor sets LastVacateTime when an attempt is evicted, not when the program fails (23.9.6);
// later versions also set it when the job is held, and 25.14.1 only at the first eviction. That one
// has a text in VacateReason until the next attempt, also for a machine that it has lost. A job that is evicted while it sends its
// outputs has completed, with ExitCode 0, but runs again.
const (
	evicted    = "taken_away"
	wasEvicted = `((MY.LastVacateTime >= MY.JobCurrentStartDate || MY.VacateReason != "" && MY.VacateReason != "Job not found at execution machine")` +
		" && MY.NumHolds =?= undefined) =?= true"
)

// requirements returns the expression for the machines that a job may have.
func requirements(d *Description) string {
	arch, opsys := Platforms(d.Systems)
	expr := fmt.Sprintf("(%s) && (%s)", arch, opsys)
	if d.RetryDelay > 0 {
		// MachineAttrMachine0 is the last machine, which is not at fault if it evicted the job.
		had := []string{fmt.Sprintf(`ifThenElse($(%s), "", MY.MachineAttrMachine0)`, evicted)}
		for i := 1; i < historyLength(d); i++ {
			had = append(had, fmt.Sprintf("MY.MachineAttrMachine%d", i))
		}
		expr += fmt.Sprintf(" && ($(%s) && (NumJobCompletions == 0 || ExitCode =?= 0) || !member(TARGET.Machine, {%s}) || time() - MY.EnteredCurrentStatus > %s)",
			evicted, strings.Join(had, ", "), seconds(d.RetryDelay))
	}
	if len(d.InputRemaps) > 0 {
		expr += " && " + RenamesInputs
	}
	if d.avoids() {
		expr += fmt.Sprintf(" && %s && (TARGET.OpSys != MY.MatNotUnder || time() - MY.QDate > %s)", isNot("MY.MatAvoid"), seconds(patience))
	}
	if d.Requirements != "" {
		expr += " && (" + d.Requirements + ")"
	}
	return expr
}

// patience is how long a job waits for a machine with another operating system than [Job.NotUnder].
//
// Note: a rank would not do. HTCondor's negotiator prefers slots with few processors and little memory to those that the
// job ranks higher, and a slot's next job is not ranked.
const patience = time.Minute

// avoids reports whether some job avoids machines.
func (d *Description) avoids() bool {
	return slices.ContainsFunc(d.Jobs, func(j Job) bool { return j.Avoid != nil || j.NotUnder != "" })
}

// isNot returns the condition that a machine is none of those in a list, an expression for names with ";" between them.
func isNot(list string) string {
	return fmt.Sprintf(`!stringListIMember(TARGET.Machine, %[1]s, ";") && !stringListIMember(split(TARGET.Machine, ".")[0], %[1]s, ";")`, list)
}

// IsNoneOf returns the condition on a machine that it is none of some, with their domain or without.
func IsNoneOf(machines []string) string { return isNot(strconv.Quote(strings.Join(machines, ";"))) }

// RenamesInputs is the condition on a machine that gives inputs other names.
const RenamesInputs = "TARGET.HasTransferInputRemaps"

// Platforms returns the conditions on a machine's processor and on its operating system. A
// processor is named with its operating systems if it has not all of them.
func Platforms(systems []condor.System) (arch, opsys string) {
	var archs, names []string
	having := map[string][]string{}
	for _, s := range systems {
		if !slices.Contains(archs, s.Arch()) {
			archs = append(archs, s.Arch())
		}
		if !slices.Contains(names, s.OpSys()) {
			names = append(names, s.OpSys())
		}
		having[s.Arch()] = append(having[s.Arch()], s.OpSys())
	}
	for i, name := range archs {
		archs[i] = anyOf("Arch", []string{name})
		if len(having[name]) < len(names) {
			archs[i] += " && " + anyOf("OpSys", having[name])
		}
	}
	return strings.Join(archs, " || "), anyOf("OpSys", names)
}

// anyOf returns the condition that an attribute has one of some values.
func anyOf(attribute string, values []string) string {
	var list []string
	for _, v := range values {
		list = append(list, fmt.Sprintf("%s == %q", attribute, v))
	}
	return strings.Join(list, " || ")
}

// historyLength returns the number of machines that HTCondor records for a job: those of all
// its attempts but the last, up to five attempts. HTCondor records a machine twice if the
// job went back to the queue from it (seen with 23.9.6).
//
// Note: the last machine alone is not sufficient. With two bad machines, a job would go back
// and forth between them.
func historyLength(d *Description) int {
	if d.RetryDelay == 0 {
		return 1 // for the hold reasons
	}
	return 2 * min(max(d.MaxRetries, 1), 5)
}

// seconds returns a time in whole seconds, rounded up.
func seconds(d time.Duration) string {
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}

// Note returns the note for the jobs' submit events, without the products, which differ from job
// to job.
func (d *Description) Note() condor.Note {
	n := condor.Note{Starts: d.MaxRetries + 1, Jobs: len(d.Jobs), Sum: d.Sum, Random: d.Random, ID: d.ID, Description: d.File, Outputs: d.Returned}
	if d.Unit != "product" {
		n.Unit = d.Unit
	}
	for _, e := range d.Extra {
		value := strings.ToLower(e.Value)
		n.Hold = n.Hold || strings.EqualFold(e.Name, "hold") && (strings.HasPrefix(value, "true") || strings.HasPrefix(value, "1"))
	}
	return n
}
