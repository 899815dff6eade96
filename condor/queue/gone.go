package queue

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"matpool/condor"
)

// A Logged is a job that has not left the queue, according to its log.
type Logged struct {
	condor.ID
	Log       string // the log's name
	Schedd    string // the machine on which it was submitted, as far as the log says; "" as well
	Submitted time.Time
}

// A Left is a job that has left the queue, as HTCondor says.
type Left struct {
	Log string // as in [Logged]
	Job
}

// Gone returns those jobs that have left the queue nevertheless, as HTCondor says. It asks nothing, and returns
// nothing, if condor_q is not installed. A job of which HTCondor says nothing may be in the queue of another machine.
//
// Note: up to version 25.12, HTCondor sometimes does not write the last event of a job that is removed while it is idle
// or held: the check of periodic_remove and the like may come between the command and its execution, and takes the job
// out of the queue (HTCONDOR-3875). And a log may have been on a full disk.
func Gone(ctx context.Context, jobs []Logged) ([]Left, error) {
	if len(jobs) == 0 || !Exists() {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	inQueue, err := ask(ctx, "condor_q", constraint(jobs), "-allusers")
	if err != nil {
		return nil, err
	}
	there := map[condor.ID]bool{}
	for _, j := range inQueue {
		there[j.ID()] = true
	}
	var absent []Logged
	for _, j := range jobs {
		if !there[j.ID] {
			absent = append(absent, j)
		}
	}
	if absent == nil {
		return nil, nil
	}
	past, err := ask(ctx, "condor_history", constraint(absent))
	if err != nil {
		return nil, err
	}
	return match(absent, past), nil
}

// match returns those jobs in logs that HTCondor's history has. Jobs in several logs can have the same number: those of
// several machines, or from before a queue was emptied.
func match(logged []Logged, past []Job) (left []Left) {
	byID := map[condor.ID][]Job{}
	for _, j := range past {
		byID[j.ID()] = append(byID[j.ID()], j)
	}
	same := sameFile()
	for _, l := range logged {
		for _, j := range byID[l.ID] { // the latest first
			if j.leftAfter(l.Submitted) && j.mayBeOf(l.Schedd) && same(j.log(), l.Log) {
				left = append(left, Left{l.Log, j})
				break
			}
		}
	}
	return left
}

// constraint returns a condition that all jobs meet, and maybe others: a command line is limited.
func constraint(jobs []Logged) string {
	const longest = 20_000 // on Windows, a command line has at most 32,767 characters
	clusters := make([]int, len(jobs))
	for i, j := range jobs {
		clusters[i] = j.Cluster
	}
	if exact := InClusters(clusters); len(exact) <= longest {
		return exact
	}
	return fmt.Sprintf("ClusterId >= %d && ClusterId <= %d", slices.Min(clusters), slices.Max(clusters))
}

// mayBeOf reports whether a job can be one that was submitted on a machine. Of many a machine, only the number is known;
// some have several names.
func (j Job) mayBeOf(machine string) bool {
	schedd, _, _ := strings.Cut(j.GlobalJobId, "#")
	own := func(name string) string {
		first, _, _ := strings.Cut(name[strings.LastIndexByte(name, '@')+1:], ".")
		return first
	}
	if _, err := netip.ParseAddr(strings.Trim(machine, "[]")); err == nil || machine == "" || own(schedd) == "" {
		return true
	}
	return strings.EqualFold(own(schedd), own(machine))
}

// leftAfter reports whether a job left the queue after a time in a log, whose zone is not known. Otherwise it is another
// one with the same number, from before HTCondor's queue was emptied.
func (j Job) leftAfter(logged time.Time) bool {
	const zones = 26 * time.Hour // from UTC+14 to UTC-12
	return time.Unix(j.EnteredCurrentStatus, 0).Add(zones).After(logged)
}

// log returns the name of the job's log.
func (j Job) log() string {
	if filepath.IsAbs(j.UserLog) {
		return j.UserLog
	}
	return filepath.Join(j.Iwd, j.UserLog)
}

// sameFile returns a function that reports whether two names are those of one file. It looks at each once.
func sameFile() func(a, b string) bool {
	known := map[string]os.FileInfo{}
	info := func(name string) os.FileInfo {
		if _, ok := known[name]; !ok {
			known[name], _ = os.Stat(name)
		}
		return known[name]
	}
	return func(a, b string) bool {
		x, y := info(a), info(b)
		return x != nil && y != nil && os.SameFile(x, y)
	}
}
