// Package pool reads from condor_status which slots a pool has, counts those that jobs could have, and finds the condition that no slot meets.
//
// HTCondor's condor_status evaluates each condition for each slot. The tables of
// conditions and slots then answer every question, whatever jobs ask for, so one call is
// enough.
//
// Note: condor_status -target FILE, which should evaluate a job's requirements for each slot,
// knows none of the file's attributes (seen with 23.9.6). In a constraint, TARGET is nothing
// either. Therefore the conditions are rewritten to be the slot's own.
package pool

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// A Need is what a job needs of a slot.
type Need struct {
	Cpus         int
	Memory, Disk int64 // in bytes
}

// A Slot is a slot of a pool. A partitionable slot has jobs as long as its resources last. They
// have the dynamic slots that it is divided into.
type Slot struct {
	kind      string // Static, Partitionable or Dynamic
	idle      bool   // nobody's job has it, if the free resources are enough
	own       bool   // a job of the user has it, or has had it a moment ago
	all, free Need   // its resources
	meets     []bool
}

// Command returns the command line of condor_status that prints a line for each slot, for
// [Parse], and says which ones the user has. The conditions are HTCondor's expressions on a
// slot, as in a job's requirements; see [Split].
func Command(user string, conditions []string) []string {
	command := []string{"condor_status", "-af", "SlotType",
		`(State == "Unclaimed" || State == "Backfill" || PartitionableSlot =?= true) && Start =!= false`,
		fmt.Sprintf(`(splitUserName(RemoteOwner)[0] == %q) =?= true`, user),
		"TotalSlotCpus", "TotalSlotMemory", "int(TotalSlotDisk)", "Cpus", "Memory", "int(Disk)"}
	for _, c := range conditions {
		command = append(command, "("+ofSlot(c)+") =?= true")
	}
	return command
}

// Parse reads the output of [Command] for a number of conditions.
func Parse(output []byte, conditions int) ([]Slot, error) {
	var slots []Slot
	for line := range bytes.Lines(output) {
		words := strings.Fields(string(line))
		if len(words) == 0 {
			continue
		}
		s, ok := parseSlot(words, conditions)
		if !ok {
			return nil, fmt.Errorf("condor_status: line %d is not about a slot: %.60q", len(slots)+1, bytes.TrimSpace(line))
		}
		slots = append(slots, s)
	}
	return slots, nil
}

// parseSlot reads the words of a line.
func parseSlot(words []string, conditions int) (s Slot, ok bool) {
	const flags, sizes = 3, 6
	if len(words) != flags+sizes+conditions {
		return s, false
	}
	var values [sizes]int64
	for i, word := range words[flags:][:sizes] {
		v, err := strconv.ParseInt(word, 10, 48)
		if err != nil && word != "undefined" && word != "error" {
			return s, false
		}
		values[i] = max(v, 0)
	}
	flag := func(word string) (is bool) {
		is = word == "true"
		ok = ok && (is || word == "false")
		return is
	}
	ok = true
	s = Slot{kind: words[0], idle: flag(words[1]), own: flag(words[2]), all: needOf(values[:3]), free: needOf(values[3:])}
	switch s.kind {
	case "Partitionable":
	case "Static", "Dynamic":
		s.all = s.free // which do not shrink
	default:
		return s, false
	}
	for _, word := range words[flags+sizes:] {
		s.meets = append(s.meets, flag(word))
	}
	return s, ok
}

// needOf returns a slot's resources: processors, megabytes of memory, kilobytes of disk.
func needOf(v []int64) Need { return Need{Cpus: int(v[0]), Memory: v[1] << 20, Disk: v[2] << 10} }

// IsDynamic reports whether the slot is part of a partitionable one.
func (s Slot) IsDynamic() bool { return s.kind == "Dynamic" }

// Count returns for how many jobs the slots that meet all conditions have the resources, and
// how many of these are free or the user's own. A slot stays claimed for a while after a job,
// and the collector hears of its state with delay.
func Count(slots []Slot, need Need) (match, free int) {
	for _, s := range slots {
		m, f := s.jobs(need, -1)
		match, free = match+m, free+f
	}
	return match, min(free, match)
}

// jobs returns how many jobs the slot can have, and how many now, without regard to one of the
// requirements, numbered as in [Obstacle].
func (s Slot) jobs(need Need, without int) (match, free int) {
	for i, met := range s.meets {
		if !met && i != without {
			return 0, 0
		}
	}
	switch without - len(s.meets) {
	case 0:
		need.Cpus = 1
	case 1:
		need.Memory = 0
	case 2:
		need.Disk = 0
	}
	if match = s.all.times(need); s.idle || s.own {
		free = s.free.times(need)
	}
	switch s.kind {
	case "Static":
		match, free = min(match, 1), min(free, 1)
	case "Dynamic": // the partitionable slot has counted it
		match, free = 0, min(free, 1)
	}
	return match, free
}

// times returns how often a need fits into resources.
func (have Need) times(need Need) int {
	n := int64(have.Cpus / max(need.Cpus, 1))
	if need.Memory > 0 {
		n = min(n, have.Memory/need.Memory)
	}
	if need.Disk > 0 {
		n = min(n, have.Disk/need.Disk)
	}
	return int(n)
}
