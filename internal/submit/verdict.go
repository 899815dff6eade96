package submit

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"matpool/condor/eventlog"
	"matpool/condor/pool"
	"matpool/internal/text"
)

// tell prints the verdict, how long the jobs will take, and a warning if no slot matches. If
// nothing is submitted, it does so only where HTCondor is. It never fails, since the jobs do
// not depend on it.
func (h handover) tell(ctx context.Context, s survey, d division, o offer) {
	if _, err := exec.LookPath("condor_submit"); o.missing && (err != nil || !h.task.submits()) {
		return
	}
	need := needOf(h.task, s, d, h.plan.batches)
	match, free := pool.Count(o.slots, need)
	if o.unknown == "" && match == 0 {
		fmt.Fprintln(h.stderr, "matsubmit: warning: "+obstacle(o, need))
	}
	if h.task.Quiet {
		return
	}
	var here speed
	if h.task.Matprod {
		var err error
		if here, err = measureSpeed(ctx); err != nil {
			return
		}
	}
	pace, from := paceOf(h.task, s, o, earlierJobs(h.task, d, h.plan), here)
	fmt.Fprintln(h.messages, verdict(h.task, loadOf(h.task, s, h.plan.batches), h.plan.batches, o, match, free, pace, from, here))
}

// verdict returns a line that compares the time that the pool takes for jobs with that of this
// machine, as far as they are known.
func verdict(t task, l load, batches []batch, o offer, match, free int, p pace, from *earlier, s speed) string {
	slots := free // if none is free, the time is at least that of all
	if free == 0 {
		slots = max(match, 1)
	}
	here, onPool := s.here(l), p.onPool(l, slots, t.Cpus, s)
	known := match > 0 && (t.Matprod || from != nil)

	var times []string
	if t.Matprod {
		times = append(times, about(here)+" here")
	}
	switch {
	case o.unknown != "":
		times = append(times, "on the pool unknown: "+o.unknown)
	case match == 0:
		times = append(times, "on the pool no slot matches")
	case !known:
		times = append(times, "their run time is unknown")
	case free == 0:
		times = append(times, "on the pool at least "+about(onPool))
	default:
		times = append(times, about(onPool)+" on the pool")
	}
	count := l.jobs
	if t.Matprod {
		count = l.products
	}
	line := text.Count(count, unit(t)) + ": " + strings.Join(times, "; ")
	if match > 0 {
		line += " (" + strings.Join(grounds(t, o, l, match, free, from), ", ") + ")"
	}
	if command := hereCommand(t, batches); command != "" && (!known || here <= onPool) {
		line += ". " + command + " does it here"
	}
	return line + "."
}

// grounds returns what the time on the pool follows from.
func grounds(t task, o offer, l load, match, free int, from *earlier) []string {
	matching := text.Count(match, "slot") + " match"
	if match == 1 {
		matching += "es"
	}
	if o.unjudged {
		matching = "up to " + matching
	}
	list := []string{matching}
	switch {
	case free == 0:
		list = append(list, "all in use by others")
	case free < match:
		list = append(list, text.Number(match-free)+" of them in use by others")
	}
	if t.Matprod {
		list = append(list, text.Size(l.in+l.out)+" through this machine")
	} else {
		list = append(list, text.Size(l.in)+" to send")
	}
	if from != nil {
		list = append(list, fmt.Sprintf("at the pace of cluster %d", from.cluster))
	}
	return list
}

// about describes a number of seconds, rounded to one or two digits.
func about(seconds float64) string {
	if seconds < 1 {
		return "less than 1s"
	}
	d, unit := time.Duration(seconds*float64(time.Second)), time.Second
	for _, u := range []time.Duration{10 * time.Second, time.Minute, 10 * time.Minute, time.Hour} {
		if d >= 6*u {
			unit = u
		}
	}
	return "about " + text.Duration(d.Round(unit))
}

// hereCommand returns the command that computes the jobs' products on this machine, or "" if
// no single one does.
func hereCommand(t task, batches []batch) string {
	if !t.Matprod {
		return ""
	}
	first, next := batches[0].first, batches[0].first
	for _, b := range batches {
		if b.first != next {
			return ""
		}
		next += b.count
	}
	names := slices.Clone(t.IndexedInputs)
	command := fmt.Sprintf("matprod -count %d", next-first)
	if first > 0 {
		command = fmt.Sprintf("matprod -first %d -count %d", first, next-first)
	}
	if serial := t.Sum || t.DAG; serial && first > 0 {
		return ""
	} else if serial {
		command = fmt.Sprintf("matprod -serial -jobs %d", next)
	} else {
		names = append(names, t.outputs.names[0])
	}
	if slices.Equal(names, []string{"inputA.npy", "inputB.npy", defaultOutput}[:len(names)]) {
		names = nil
	}
	for _, name := range names {
		if strings.ContainsAny(name, " '\"$&;()<>|*?\\`#~") || strings.HasPrefix(name, "-") {
			return ""
		}
		command += " " + name
	}
	return command
}

// earlierJobs returns the latest job of each product from the log. With -force the log was not
// read; then it is read if that takes only milliseconds.
func earlierJobs(t task, d division, p plan) []*eventlog.Job {
	const most = 4 << 20 // bytes
	if p.earlier != nil || t.Log.PerJob() {
		return p.earlier
	}
	if info, err := os.Stat(t.Log.Expand(0, 0, 1)); err != nil || info.Size() > most {
		return nil
	}
	q, err := readLogs(t, d)
	if err != nil {
		return nil // it does not matter to the jobs
	}
	return q.latest
}

// obstacle explains why no slot matches.
func obstacle(o offer, need pool.Need) string {
	whole := slices.DeleteFunc(slices.Clone(o.slots), pool.Slot.IsDynamic)
	if len(whole) == 0 {
		return "the pool has no slots"
	}
	names := slices.Concat(o.conditions, []string{
		fmt.Sprintf("request_cpus = %d", need.Cpus), "request_memory = " + text.Size(need.Memory), "request_disk = " + text.Size(need.Disk)})
	found, alone := pool.Obstacle(o.slots, need, names)
	start := fmt.Sprintf("none of the pool's %s matches: ", text.Count(len(whole), "slot"))
	switch {
	case alone:
		return start + "some would without " + strings.Join(found, ", or without ")
	case len(found) > 0:
		return start + "none has " + strings.Join(found, ", and none ")
	}
	return start + "each requirement is met by some, but all are met by none"
}
