// Package pagetest makes folders with a run for tests of pages: the log, the outputs and their records.
package pagetest

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/internal/base/file"
	"matpool/internal/base/hash"
	"matpool/internal/record"
)

// Start is when the jobs of a run are submitted.
var Start = time.Date(2026, 11, 30, 9, 0, 0, 0, time.Local)

// A machine has slots, and needs some time for a job.
type machine struct {
	name, system string
	slots        int
	computes     time.Duration
}

// A log is events, each with its time.
type log struct{ events []event }

type event struct {
	at   time.Time
	text string
}

func (l *log) add(e eventlog.Entry) { l.events = append(l.events, event{e.Time, e.String()}) }

// raw adds an event that [eventlog.Entry] cannot write.
func (l *log) raw(number int, id condor.ID, at time.Time, text string) {
	l.events = append(l.events, event{at, fmt.Sprintf("%03d (%03d.%03d.000) %s %s\n...\n", number, id.Cluster, id.Proc, at.Format("2006-01-02 15:04:05.000"), text)})
}

func (l *log) write(t testing.TB, name string) {
	t.Helper()
	slices.SortStableFunc(l.events, func(a, b event) int { return a.at.Compare(b.at) })
	var text strings.Builder
	for _, e := range l.events {
		text.WriteString(e.text)
	}
	write(t, name, text.String())
}

func write(t testing.TB, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}

// A slot is one of a machine, and is busy until a time.
type slot struct {
	machine
	name string
	free time.Time
}

// A pool gives jobs to its slots.
type pool struct {
	log
	slots []*slot
}

func newPool(machines ...machine) *pool {
	p := &pool{}
	for _, m := range machines {
		for i := range m.slots {
			p.slots = append(p.slots, &slot{m, fmt.Sprintf("slot1_%d@%s", i+1, m.name), Start.Add(2 * time.Second)})
		}
	}
	return p
}

// next returns the slot that is free first, of a machine unless that is "".
func (p *pool) next(machine string) *slot {
	list := slices.DeleteFunc(slices.Clone(p.slots), func(s *slot) bool { return machine != "" && s.machine.name != machine })
	return slices.MinFunc(list, func(a, b *slot) int { return a.free.Compare(b.free) })
}

// begin has a slot fetch a job's inputs and start its program, no earlier than at a time. It returns when it does.
func (p *pool) begin(id condor.ID, s *slot, earliest time.Time) time.Time {
	at := s.free
	if at.Before(earliest) {
		at = earliest
	}
	p.add(eventlog.Entry{ID: id, Time: at, Detail: eventlog.FileTransfer{Phase: eventlog.Started}})
	at = at.Add(900 * time.Millisecond)
	p.add(eventlog.Entry{ID: id, Time: at, Detail: eventlog.FileTransfer{Phase: eventlog.Finished}})
	at = at.Add(300 * time.Millisecond)
	p.add(eventlog.Entry{ID: id, Time: at, Host: "192.0.2.7:9618", Detail: eventlog.Execute{Machine: s.machine.name, Slot: s.name, System: s.system, Arch: "X86_64"}})
	return at
}

// run adds the events of a job that completes, and returns when it does.
func (p *pool) run(id condor.ID, s *slot, earliest time.Time) time.Time {
	at := p.begin(id, s, earliest).Add(s.computes + time.Duration(id.Proc%7)*150*time.Millisecond)
	p.add(eventlog.Entry{ID: id, Time: at, Detail: eventlog.FileTransfer{Output: true, Phase: eventlog.Started}})
	at = at.Add(500 * time.Millisecond)
	p.add(eventlog.Entry{ID: id, Time: at, Detail: eventlog.FileTransfer{Output: true, Phase: eventlog.Finished}})
	at = at.Add(200 * time.Millisecond)
	p.add(eventlog.Entry{ID: id, Time: at, Detail: eventlog.JobTerminated{}, Usage: eventlog.Usage{UsedMB: -1}})
	s.free = at.Add(100 * time.Millisecond)
	return at
}

// fail has a job's program fail with a status, after which the job is requeued.
func (p *pool) fail(id condor.ID, s *slot, status int) time.Time {
	at := p.begin(id, s, Start).Add(s.computes / 2)
	p.add(eventlog.Entry{ID: id, Time: at, Detail: eventlog.JobEvicted{Requeued: true, Exit: eventlog.Exit{Status: status}}})
	s.free = at.Add(100 * time.Millisecond)
	return at
}

// Large writes the log of a run of many jobs on many slots. Each fiftieth job fails once.
func Large(t testing.TB, dir string, jobs, slots int) {
	t.Helper()
	var machines []machine
	for i := 0; i < slots; i += 4 {
		system := "LINUX"
		if i%16 == 12 {
			system = "WINDOWS"
		}
		machines = append(machines, machine{fmt.Sprintf("pc%03d.physics.example.org", i/4+1), system, min(4, slots-i), time.Duration(3000+137*(i%11)) * time.Millisecond})
	}
	p := newPool(machines...)
	for i := range jobs {
		id := condor.ID{Cluster: 7, Proc: i}
		note := condor.Note{First: 10 * i, Count: 10, Starts: 4, Jobs: jobs, ID: strings.Repeat("0", 32), Description: "run_product.sub", Outputs: []string{"output.npy"}}
		p.add(eventlog.Entry{ID: id, Time: Start, Detail: eventlog.Submit{Host: "192.0.2.1:9618?alias=server", Notes: []string{note.String()}}})
		if i%50 == 49 {
			failed := p.fail(id, p.next(""), 1)
			p.run(id, p.next(""), failed)
			continue
		}
		p.run(id, p.next(""), Start)
	}
	p.write(t, filepath.Join(dir, "log.txt"))
}

// Eventful writes a run of 24 jobs in which much happens, with outputs and records:
//
//   - pc13 is slow, and pc21 fails: job 1.5 runs again elsewhere
//   - job 1.7 is held because of a bad input; job 2.0 makes its product
//   - job 1.9 is held because its output cannot be sent back; HTCondor releases it
//   - job 1.11 is evicted
//
// matsubmit said that the run would take 20 s.
func Eventful(t testing.TB, dir string) {
	t.Helper()
	const jobs = 24
	p := newPool(machine{"linux1", "LINUX", 2, 4 * time.Second}, machine{"linux2", "LINUX", 2, 4500 * time.Millisecond},
		machine{"pc13", "WINDOWS", 2, 14 * time.Second}, machine{"pc21", "WINDOWS", 1, 3 * time.Second})
	run := record.Run{File: "run_product", Family: record.New("product", "a", "inputA$(index).npy", "b", "inputB$(index).npy"),
		Inputs: []string{"inputA$(index).npy", "inputB$(index).npy"}, Outputs: []string{"output$(index).npy"}, Total: jobs, Expected: 20 * time.Second,
		By: "matsubmit v1.2", Machine: "server", Time: Start}
	run.ID = record.Identify(run.Family, run.Outputs)
	submit := func(id condor.ID, first int, at time.Time) {
		note := condor.Note{First: first, Count: 1, Starts: 4, Jobs: jobs, ID: run.ID.String(), Description: "run_product.sub", Outputs: []string{"output.npy"}}
		p.add(eventlog.Entry{ID: id, Time: at, Detail: eventlog.Submit{Host: "192.0.2.1:9618?alias=server", Notes: []string{note.String()}}})
	}
	for i := range jobs {
		id := condor.ID{Cluster: 1, Proc: i}
		submit(id, i, Start)
		run.Jobs = append(run.Jobs, record.Job{Index: i, First: i, Count: 1})
		somewhere := p.next("")
		if somewhere.machine.name == "pc21" {
			somewhere = p.next("linux1")
		}
		switch i {
		case 5:
			p.run(id, p.next("linux2"), p.fail(id, p.next("pc21"), 1))
		case 7:
			at := p.begin(id, somewhere, Start).Add(time.Second)
			p.add(eventlog.Entry{ID: id, Time: at, Detail: eventlog.JobHeld{
				Reason: "product 7: bad input on " + somewhere.machine.name + " (" + somewhere.system + "): inputB7.npy: truncated: header promises 8000000 bytes of data, file holds 1048576",
				Code:   condor.CodePolicy, Subcode: condor.ExitData}})
			somewhere.free = at
			again := condor.ID{Cluster: 2}
			at = Start.Add(40 * time.Second)
			submit(again, i, at)
			p.raw(9, id, at.Add(time.Second), "Job was aborted.\n\tvia condor_rm (by user alice)")
			p.run(again, &slot{machine: machine{"linux1", "LINUX", 2, 4 * time.Second}, name: "slot1_1@linux1", free: at}, at.Add(2*time.Second))
		case 9:
			at := p.begin(id, somewhere, Start).Add(somewhere.computes)
			p.add(eventlog.Entry{ID: id, Time: at, Detail: eventlog.JobHeld{
				Reason: "Transfer output files failure at access point server while receiving files from execution point " + somewhere.name + ". Details: writing to file /home/alice/output9.npy: (errno 122) Disk quota exceeded",
				Code:   condor.CodeOutputs, Subcode: 122}})
			somewhere.free = at
			at = at.Add(15 * time.Second)
			p.raw(13, id, at, "Job was released.\n\tThe job attribute PeriodicRelease expression '(NumJobStarts < 4)' evaluated to TRUE")
			p.run(id, p.next("linux2"), at)
		case 11:
			s := p.next("pc13")
			at := p.begin(id, s, Start).Add(3 * time.Second)
			p.raw(4, id, at, "Job was evicted. Code 1006 Subcode 0\n\t(0) CPU times\n\t\tUsr 0 00:00:00, Sys 0 00:00:00  -  Run Remote Usage\n\t\tUsr 0 00:00:00, Sys 0 00:00:00  -  Run Local Usage\n\t0  -  Run Bytes Sent By Job\n\t0  -  Run Bytes Received By Job\n\tReason: the owner of pc13 is back")
			s.free = at
			p.run(id, p.next("linux1"), at)
		default:
			p.run(id, somewhere, Start)
		}
	}
	p.write(t, filepath.Join(dir, "log.txt"))
	write(t, filepath.Join(dir, "run_product.sub"), "# run_product.sub\n")
	var records []record.Record
	for i := range jobs {
		content := fmt.Sprintf("the product %d", i)
		name := file.Indexed("output.npy", i)
		write(t, filepath.Join(dir, name), content)
		records = append(records, record.Record{Name: name, Size: int64(len(content)), Hash: hash.Of([]byte(content)), Recipe: run.Product(i),
			From: []record.Input{{Name: file.Indexed("inputA.npy", i)}, {Name: file.Indexed("inputB.npy", i)}},
			By:   "matprod v1.2, OpenBLAS, kernel " + cmp.Or(map[int]string{3: "Haswell"}[i], "SkylakeX") + ", checked", Machine: "linux1", Time: Start})
	}
	write(t, filepath.Join(dir, "run_product.norm"), "999818.0921726658\n")
	if err := record.AppendRun(dir, run); err != nil {
		t.Fatal(err)
	}
	if err := record.Append(dir, records...); err != nil {
		t.Fatal(err)
	}
}

// Bad is a name that does harm in a page that does not escape it.
const Bad = `</title></script></svg><img src=x onerror=alert(1)><!--"']]>&amp;{{1}}`

// Hostile writes a run whose names and reasons are all Bad. It has one job that is done and one that is held.
func Hostile(t testing.TB, dir string) {
	t.Helper()
	p := newPool(machine{Bad, Bad, 1, time.Second})
	p.slots[0].name = Bad
	for i := range 2 {
		id := condor.ID{Cluster: 1, Proc: i}
		note := condor.Note{First: i, Count: 1, Starts: 4, Jobs: 2, Unit: "<b>", ID: strings.Repeat("0", 32), Description: Bad + ".sub", Outputs: []string{Bad}}
		p.add(eventlog.Entry{ID: id, Time: Start, Detail: eventlog.Submit{Host: Bad, Notes: []string{note.String()}}})
	}
	p.run(condor.ID{Cluster: 1}, p.slots[0], Start)
	held := condor.ID{Cluster: 1, Proc: 1}
	p.add(eventlog.Entry{ID: held, Time: p.begin(held, p.slots[0], Start).Add(time.Second), Detail: eventlog.JobHeld{Reason: Bad, Code: 3}})
	p.write(t, filepath.Join(dir, "log.txt"))
}
