package submit

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"time"

	"matpool/condor/eventlog"
	"matpool/internal/base/text"
	"matpool/internal/joblog"
	"matpool/internal/local"
	"matpool/internal/outputs"
	"matpool/internal/progress"
	"matpool/internal/status"
)

// runHere runs the jobs on this machine, or tries the first one.
func runHere(ctx context.Context, h handover) error {
	description := descriptionOf(h.task, h.plan, false)
	program, name, _ := h.task.programs.here()
	runner := &local.Runner{
		Description: description, Program: program, Name: name, OnlyReads: h.task.Matprod, Cluster: h.cluster,
		AtOnce: min(atOnce(h.task, description.Memory.Bytes), len(description.Jobs)),
		Place:  func(name string) string { return name },
	}
	description.File = outputs.FromLog(string(h.task.Log), h.task.File) // there is no submit description
	if _, err := local.Environment(description.Extra); err != nil {
		return status.DataError(fmt.Errorf("%s: condor.%w", h.task.File, err), "submit the jobs, or set condor.environment = \"NAME=value\", which works here too")
	}
	for _, setting := range description.Extra {
		if !strings.EqualFold(setting.Name, "environment") && !strings.EqualFold(setting.Name, "getenv") {
			h.say("%s: has no effect with -local or -try", setting.Name)
		}
	}
	if h.task.Cpus > runtime.GOMAXPROCS(0) {
		h.say("request_cpus: a job may use %s, but this machine has %d", text.Count(h.task.Cpus, "processor"), runtime.GOMAXPROCS(0))
	}
	if h.task.Try {
		return tryOne(ctx, h, runner)
	}
	return runAll(ctx, h, runner)
}

// say prints a message, unless -quiet is given.
func (h handover) say(format string, args ...any) {
	if !h.task.Quiet {
		fmt.Fprintf(h.messages, format+"\n", args...)
	}
}

// atOnce returns the number of jobs that this machine's processors and memory suffice for, at
// least one, or slots if that is less.
func atOnce(t task, memory int64) int {
	n := runtime.GOMAXPROCS(0) / t.Cpus
	if all := local.Memory(); all > 0 {
		n = min(n, int(min(all/memory, math.MaxInt32)))
	}
	if t.Slots > 0 {
		n = min(n, t.Slots)
	}
	return max(1, n)
}

func runAll(ctx context.Context, h handover, runner *local.Runner) error {
	if err := errors.Join(makeFolders(h.folders()), h.task.locks.lockOutputs(h.task)); err != nil {
		return err
	}
	if err := h.keepRecords(ctx); err != nil {
		return err
	}
	restore, err := h.setFoldersAside()
	if err != nil {
		return err
	}
	h.recordRun(ctx)
	h.say("%s: %s, %d at a time", h.task.File, text.Count(len(runner.Jobs), "job"), runner.AtOnce)
	finish := func() {}
	runner.Show = func(int64, int64) {}
	if !h.task.Quiet {
		runner.Show, finish = progress.New(h.stderr, "running")
	}
	history, results, err := runner.Run(ctx)
	finish()
	h.warnOfMemory(runner, results)
	h.task.records.Reload()
	if err := errors.Join(err, restore(), h.keepRecords(context.WithoutCancel(ctx))); err != nil {
		return err
	}
	if err := h.removeHeld(ctx, "the jobs have run"); err != nil {
		return err
	}
	jobs := history.Jobs()
	counts := eventlog.Count(jobs)
	if counts.Done == len(jobs) {
		next := ""
		if command := h.task.commandToCombine(); command != "" && !h.task.Continue {
			next = "; for the norm: " + command
		}
		h.say("%s done%s", text.Count(len(jobs), "job"), next)
		return nil
	}
	problems := h.messages
	if h.task.Continue && h.task.Quiet {
		problems = h.stderr
	}
	for _, line := range joblog.Explain(jobs) {
		fmt.Fprintln(problems, line)
	}
	return status.UnfinishedError(fmt.Errorf("%s: not all jobs are done: %s", h.task.File, joblog.Counts(counts)),
		"fix the cause, then add -resubmit")
}

// setFoldersAside sets aside the outputs that are folders, in whose place no file or folder can come. Restore puts
// those back that have no successor, and removes the others.
func (h handover) setFoldersAside() (restore func() error, err error) {
	old := slices.DeleteFunc(outputs.Existing(h.task.makesAll(h.plan.batches)), func(name string) bool { return !isFolder(name) })
	kept, err := outputs.SetAside(old, !h.task.kind.records(), time.Now(), h.task.logSize())
	return func() error {
		var back, gone []outputs.Aside
		for _, a := range kept {
			if exists(a.Name) {
				gone = append(gone, a)
			} else {
				back = append(back, a)
			}
		}
		return errors.Join(outputs.PutBack(back), outputs.Discard(gone))
	}, err
}
