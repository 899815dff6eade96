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
	"matpool/internal/base/text"
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
	v := verdict{task: h.task, offer: o, batches: h.plan.batches, load: loadOf(h.task, s, h.plan.batches), match: match, free: free, speed: here}
	v.pace, v.from = paceOf(h.task, s, o, earlierJobs(h.task, d, h.plan), here)
	fmt.Fprintln(h.messages, v)
}

// A verdict is what is known of the time that jobs will take, on the pool and on this machine.
type verdict struct {
	task    task
	batches []batch
	load    load
	speed   speed // of this machine

	offer       offer
	match, free int // slots; see [pool.Count]
	pace        pace
	from        *earlier // the run that the pace is from, or nil
}

// String returns the verdict as a line.
func (v verdict) String() string {
	slots := v.free
	if v.free == 0 { // the time is at least that of all
		slots = max(v.match, 1)
	}
	here, onPool := v.speed.here(v.load), v.pace.onPool(v.load, slots, v.task.Cpus, v.speed)
	known := v.match > 0 && (v.task.Matprod || v.from != nil)

	count := v.load.jobs
	var times []string
	if v.task.Matprod {
		count = v.load.products
		times = append(times, about(here)+" here")
	}
	switch {
	case v.offer.unknown != "":
		times = append(times, "on the pool unknown: "+v.offer.unknown)
	case v.match == 0:
		times = append(times, "on the pool no slot matches")
	case !known:
		times = append(times, "their run time is unknown")
	case v.free == 0:
		times = append(times, "on the pool at least "+about(onPool))
	default:
		times = append(times, aboutOnPool(onPool)+" on the pool")
	}
	line := text.Count(count, unit(v.task)) + ": " + strings.Join(times, "; ")
	if v.match > 0 {
		line += " (" + strings.Join(v.grounds(), ", ") + ")"
	}
	if command := hereCommand(v.task, v.batches); command != "" && (!known || here <= onPool) {
		line += ". " + command + " does it here"
	}
	return line + "."
}

// grounds returns what the time on the pool follows from.
func (v verdict) grounds() []string {
	matching := text.Count(v.match, "slot") + " match"
	if v.match == 1 {
		matching += "es"
	}
	if v.offer.unjudged {
		matching = "up to " + matching
	}
	list := []string{matching}
	switch {
	case v.free == 0:
		list = append(list, "all in use by others")
	case v.free < v.match:
		list = append(list, text.Number(v.match-v.free)+" of them in use by others")
	}
	if v.task.Matprod {
		list = append(list, text.Size(v.load.in+v.load.out)+" through this machine")
	} else {
		list = append(list, text.Size(v.load.in)+" to send")
	}
	if v.from != nil {
		list = append(list, fmt.Sprintf("at the pace of cluster %d", v.from.cluster))
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

// aboutOnPool is about for a pool, whose rounds begin at any moment: a few seconds are not known
// better.
func aboutOnPool(seconds float64) string {
	if seconds < fewSeconds {
		return "a few seconds"
	}
	return about(seconds)
}

const fewSeconds = 5

// hereCommand returns a short command that computes the jobs' products on this machine, or ""
// if there is none.
func hereCommand(t task, batches []batch) string {
	if !t.Matprod || t.Random != nil || t.Fixed.Factor != "" || t.Sum && t.Grid.Tiles() > 0 {
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
	command := "matprod"
	for _, flag := range formFlags(t) {
		command += " " + string(flag)
	}
	serial := t.Sum || t.DAG
	if serial {
		command += " -serial"
	}
	if first > 0 {
		command += fmt.Sprintf(" -first %d", first)
	}
	if serial {
		command += fmt.Sprintf(" -jobs %d", next-first)
	} else {
		command += fmt.Sprintf(" -count %d", next-first)
		names = append(names, t.outputs.names[0])
	}
	if standard := []string{"inputA.npy", "inputB.npy", "output.npy"}; slices.Equal(names, standard[:len(names)]) {
		names = nil // matprod's defaults
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
