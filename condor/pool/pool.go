// Package pool reads from condor_status which slots a pool has, counts those that jobs could have, and finds the condition that no slot meets.
//
// HTCondor's condor_status evaluates each condition for each slot. The tables of
// conditions and slots then answer every question, whatever jobs ask for, so one call is
// enough.
//
// Note: condor_status -target FILE, which should evaluate a job's requirements for each slot,
// ignores the file's attributes (seen with 23.9.6). TARGET is undefined in a constraint, too. So
// the conditions are rewritten in terms of the slot.
package pool

import (
	"bytes"
	"fmt"
	"slices"
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
	kind  string // Static, Partitionable or Dynamic
	open  bool   // no job and no person has the whole slot
	own   bool   // a job of the user has it, or has had it a moment ago
	share bool   // its jobs can share inputs (see [submitfile.SharedFrom])
	has   Need   // its resources, whether free or not
	meets []bool // the conditions
}

// Command returns the command line of condor_status that prints a line for each slot, for
// [Parse], and says which ones the user has. The conditions are HTCondor's expressions on a
// slot, as in a job's requirements; see [Split].
func Command(user string, conditions []string) []string {
	command := []string{"condor_status", "-af", "SlotType",
		`(State == "Unclaimed" || State == "Backfill") && Start =!= false`,
		fmt.Sprintf(`(splitUserName(RemoteOwner)[0] == %q) =?= true`, user),
		"(HasCommonFilesTransfer >= 2 && PartitionableSlot) =?= true",
		"PartitionableSlot =?= true ? TotalSlotCpus : Cpus",
		"PartitionableSlot =?= true ? TotalSlotMemory : Memory",
		"int(PartitionableSlot =?= true ? TotalSlotDisk : Disk)"}
	for _, c := range conditions {
		command = append(command, "(("+ofSlot(c)+") ? true : false) =?= true") // a number may be true
	}
	return command
}

// A Machine is one that has a slot.
type Machine struct {
	Name, System string
	Cpus         int // of all its slots
}

// MachinesCommand returns the command line of condor_status that prints the machine of each slot that meets conditions, its
// operating system and processors, for [ParseMachines].
func MachinesCommand(conditions []string) []string {
	all := []string{"true"}
	for _, c := range conditions {
		all = append(all, "("+ofSlot(c)+") =?= true")
	}
	return []string{"condor_status", "-constraint", strings.Join(all, " && "), "-af", "Machine", "OpSys", "TotalCpus"}
}

// ParseMachines reads the output of [MachinesCommand].
func ParseMachines(output []byte) (machines []Machine) {
	for line := range bytes.Lines(output) {
		if words := strings.Fields(string(line)); len(words) == 3 {
			cpus, _ := strconv.ParseFloat(words[2], 64)
			if m := (Machine{words[0], words[1], max(int(cpus), 1)}); !slices.Contains(machines, m) {
				machines = append(machines, m)
			}
		}
	}
	return machines
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
	const flags, sizes = 4, 3
	if len(words) != flags+sizes+conditions {
		return s, false
	}
	var values [sizes]int64
	for i, word := range words[flags:][:sizes] {
		v, err := strconv.ParseInt(word, 10, 48)
		if err != nil {
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
	s = Slot{kind: words[0], open: flag(words[1]), own: flag(words[2]), share: flag(words[3]),
		has: Need{Cpus: int(values[0]), Memory: values[1] << 20, Disk: values[2] << 10}} // in MB and kB
	for _, word := range words[flags+sizes:] {
		s.meets = append(s.meets, flag(word))
	}
	return s, ok && slices.Contains([]string{"Static", "Partitionable", "Dynamic"}, s.kind)
}

// IsDynamic reports whether the slot is part of a partitionable one.
func (s Slot) IsDynamic() bool { return s.kind == "Dynamic" }

// Count returns for how many jobs the slots that meet all conditions have the resources, and
// how many of these no job of another user has.
//
// Note: the resources that a partitionable slot has left are no help. They count what the
// user's own jobs have, and the collector hears of them some seconds late.
func Count(slots []Slot, need Need) (match, free int) {
	for _, s := range slots {
		n := s.jobs(need, -1)
		switch {
		case s.has.Cpus == 0: // it only keeps inputs that jobs share
		case s.IsDynamic() && !s.own:
			free -= max(n, 1)
		case s.IsDynamic():
		case s.open || s.own:
			match, free = match+n, free+n
		default:
			match += n
		}
	}
	return match, max(free, 0)
}

// Copies returns how often an input that the jobs on a machine share is sent for a number of jobs, if they are spread over
// the slots that match: once to each slot that can share it, and with each job to the others.
func Copies(slots []Slot, need Need, jobs int) int {
	match, alone, sharing := 0, 0, 0
	for _, s := range slots {
		if n := s.jobs(need, -1); n > 0 && !s.IsDynamic() {
			match += n
			if s.share {
				sharing++
			} else {
				alone += n
			}
		}
	}
	if match == 0 {
		return jobs
	}
	alone = (jobs*alone + match - 1) / match
	return alone + min(sharing, jobs-alone)
}

// jobs returns how many jobs fit into the slot, without regard to one of the requirements,
// numbered as in [Obstacle].
func (s Slot) jobs(need Need, without int) int {
	for i, met := range s.meets {
		if !met && i != without {
			return 0
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
	n := s.has.times(need)
	if s.kind == "Static" {
		n = min(n, 1)
	}
	return n
}

// times returns how often a need fits into resources.
func (have Need) times(need Need) int {
	n := int64(have.Cpus / max(need.Cpus, 1))
	if need.Memory > 0 {
		n = min(n, fits(have.Memory, need.Memory, memoryQuantum))
	}
	if need.Disk > 0 {
		n = min(n, fits(have.Disk, need.Disk, diskQuantum))
	}
	return int(n)
}

// A partitionable slot gives a job a multiple of these sizes, unless it has only the request
// itself left. (These are the defaults of MODIFY_REQUEST_EXPR_REQUESTMEMORY and _REQUESTDISK.
// condor_status does not show those of a machine.)
const (
	memoryQuantum = 128 << 20
	diskQuantum   = 1 << 20
)

// fits returns how often a request fits into what a slot has.
func fits(have, request, quantum int64) int64 {
	if have < request {
		return 0
	}
	rounded := (request + quantum - 1) / quantum * quantum
	return (have-request)/rounded + 1
}

// Obstacle explains why no slot matches. The names are those of the conditions, followed by
// those of the needs: processors, memory, disk. If leaving out one of these makes slots match,
// it returns those ones, and alone is true; otherwise those that no slot meets, of which there
// may be none.
func Obstacle(slots []Slot, need Need, names []string) (found []string, alone bool) {
	for i, name := range names {
		if slices.ContainsFunc(slots, func(s Slot) bool { return !s.IsDynamic() && s.jobs(need, i) > 0 }) {
			found = append(found, name)
		}
	}
	if found != nil {
		return found, true
	}
	for i, name := range names {
		if !slices.ContainsFunc(slots, func(s Slot) bool { return !s.IsDynamic() && s.suits(need, i) }) {
			found = append(found, name)
		}
	}
	return found, false
}

// suits reports whether the slot meets one requirement: a condition, or after them a need.
func (s Slot) suits(need Need, i int) bool {
	switch i - len(s.meets) {
	case 0:
		return s.has.Cpus >= need.Cpus
	case 1:
		return s.has.Memory >= need.Memory
	case 2:
		return s.has.Disk >= need.Disk
	}
	return s.meets[i]
}
