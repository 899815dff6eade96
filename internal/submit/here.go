package submit

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/condor/submitfile"
	"matpool/internal/file"
	"matpool/internal/joblog"
	"matpool/internal/local"
	"matpool/internal/progress"
	"matpool/internal/status"
	"matpool/internal/text"
)

// checkHere makes sure that the jobs can run here. It adds nothing to an error of the programs.
func checkHere(t task, p programs, programsErr error) error {
	if !t.here() || programsErr != nil {
		return nil
	}
	if _, _, ok := p.here(); ok {
		return nil
	}
	return status.DataError(fmt.Errorf("%s: is a program for %s: it cannot run on this machine", p.files[0], systemNames(p.systems, " and ")), "")
}

// runHere runs the jobs on this machine, or tries the first one.
func runHere(ctx context.Context, h handover, description *submitfile.Description, d division, p programs) error {
	program, name, _ := p.here()
	runner := &local.Runner{
		Description: description, Program: program, Name: name,
		AtOnce: min(atOnce(h.task, description.Memory.Bytes), len(description.Jobs)),
		Place:  func(name string) string { return name },
	}
	description.File = "" // there is no submit description
	for _, setting := range description.Extra {
		h.say("%s: has no effect here", setting.Name)
	}
	if h.task.Cpus > runtime.GOMAXPROCS(0) {
		h.say("request_cpus: a job may use %s, but this machine has %d", text.Count(h.task.Cpus, "processor"), runtime.GOMAXPROCS(0))
	}
	if h.task.Try {
		return tryOne(ctx, h, runner)
	}
	return runAll(ctx, h, d, runner)
}

// lockTask makes sure that no other matsubmit works with the submission file, such as one that
// runs its jobs here.
func lockTask(t task) (unlock func(), err error) {
	if !t.submits() && !t.Try {
		return func() {}, nil
	}
	locked, ok, err := local.Lock(t.File)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: cannot be locked: %w", t.File, file.Cause(err))
	case !ok:
		return nil, status.UsageError(fmt.Errorf("%s: another matsubmit works with this file", t.File), "wait for it, or stop it")
	}
	return func() { locked.Close() }, nil
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

// runAll runs all jobs.
func runAll(ctx context.Context, h handover, d division, runner *local.Runner) error {
	var err error
	if runner.Cluster, err = nextCluster(h.task, d); err != nil {
		return err
	}
	if err := makeFolders(h.folders()); err != nil {
		return err
	}
	h.say("%s: %s, %d at a time", h.task.File, text.Count(len(runner.Jobs), "job"), runner.AtOnce)
	finish := func() {}
	runner.Show = func(int64, int64) {}
	if !h.task.Quiet {
		runner.Show, finish = progress.New(h.stderr, "running")
	}
	history, _, err := runner.Run(ctx)
	finish()
	if err != nil {
		return err
	}
	if err := h.removeHeld(ctx, "the jobs have run"); err != nil {
		return err
	}
	jobs := history.Jobs()
	counts := eventlog.Count(jobs)
	if counts.Done == len(jobs) {
		h.say("%s done", text.Count(len(jobs), "job"))
		return nil
	}
	for _, line := range joblog.Explain(jobs) {
		fmt.Fprintln(h.messages, line)
	}
	return status.UnfinishedError(fmt.Errorf("%s: not all jobs are done: %s", h.task.File, joblog.Counts(counts)),
		"when the cause is mended, add -resubmit")
}

// nextCluster returns a number for a cluster that is not in the logs. HTCondor may give it to a
// later cluster: then the jobs of that one count.
func nextCluster(t task, d division) (int, error) {
	latest := 0
	for _, name := range logs(t, d) {
		if !exists(name) {
			continue
		}
		journal, err := joblog.Open(name)
		if err != nil {
			return 0, err
		}
		err = journal.Read(func(*eventlog.Event) {})
		journal.Close()
		if err != nil {
			return 0, err
		}
		if clusters := journal.History.Clusters(); len(clusters) > 0 {
			latest = max(latest, clusters[len(clusters)-1])
		}
	}
	return latest + 1, nil
}

// tryFolder returns the folder for all that -try makes.
func (t task) tryFolder() string { return filepath.ToSlash(t.File) + ".try" }

// tryLog is the event log in the folder. It shows that matsubmit has made the folder.
const tryLog = "matsubmit.log"

// tryOne runs the first job, prints what came of it, and leaves its outputs in a folder.
func tryOne(ctx context.Context, h handover, runner *local.Runner) error {
	folder := h.task.tryFolder()
	if err := emptyTryFolder(folder); err != nil {
		return err
	}
	runner.Jobs, runner.Returned = runner.Jobs[:1], nil
	runner.Log = condor.Literal(tryLog)
	runner.Cluster, runner.AtOnce, runner.Once = 1, 1, true
	runner.Show = func(int64, int64) {}
	runner.Place = func(name string) string {
		if name == os.DevNull {
			return name
		}
		if !filepath.IsLocal(name) {
			name = path.Base(name)
		}
		return path.Join(folder, name)
	}
	job := &runner.Jobs[0]
	streams := []string{runner.Place(runner.Stdout.Expand(job.Index, job.First, job.Count)), runner.Place(runner.Stderr.Expand(job.Index, job.First, job.Count))}
	if err := makeFolders([]string{folder, path.Dir(streams[0]), path.Dir(streams[1])}); err != nil {
		return err
	}
	_, results, err := runner.Run(ctx)
	if err != nil {
		return err
	}
	result := results[0]
	if err := h.printStreams(streams); err != nil {
		return err
	}
	if result.Ended {
		memory := "unknown memory"
		if result.MemoryMB >= 0 {
			memory = fmt.Sprintf("at most %d MB of memory", result.MemoryMB)
		}
		elapsed := text.Duration(result.Time)
		if result.Time < time.Second {
			elapsed = result.Time.Round(time.Millisecond).String()
		}
		h.say("job %d: %v after %s, with %s (request_memory: %d MB)", job.Index, result.Exit, elapsed, memory, (runner.Memory.Bytes+1<<20-1)>>20)
	}
	for _, name := range result.Outputs {
		if info, err := os.Stat(name); err == nil {
			h.say("%s: %s", name, text.Size(info.Size()))
		}
	}
	switch {
	case result.Held.Code != 0:
		return status.UnfinishedError(fmt.Errorf("%s: job %d would be held: %s", h.task.File, job.Index, result.Held.Reason), "")
	case result.Retry:
		return status.UnfinishedError(fmt.Errorf("%s: job %d failed with %v: it would run again, up to %s, and then be held",
			h.task.File, job.Index, result.Exit, text.Count(runner.MaxRetries, "time")), "")
	}
	return nil
}

// printStreams prints what a job has printed.
func (h handover) printStreams(names []string) error {
	if names[0] == names[1] {
		names = names[:1]
	}
	for _, name := range names {
		content, err := os.ReadFile(name)
		if errors.Is(err, os.ErrNotExist) { // the job did not start
			continue
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, file.Cause(err))
		}
		if len(content) == 0 {
			continue
		}
		const most = 20
		lines := strings.Split(strings.TrimRight(string(content), "\r\n"), "\n")
		more := len(lines) - most
		h.say("%s:", name)
		for _, line := range lines[:min(most, len(lines))] {
			h.say("  %s", text.Plain(strings.TrimRight(line, "\r")))
		}
		if more > 0 {
			h.say("  … and %s", text.Count(more, "more line"))
		}
	}
	return nil
}

// emptyTryFolder removes what an earlier -try has made.
func emptyTryFolder(folder string) error {
	entries, err := os.ReadDir(folder)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return status.UsageError(fmt.Errorf("%s: must be a folder for what -try makes: %w", folder, file.Cause(err)), "rename it")
	case len(entries) > 0 && !exists(path.Join(folder, tryLog)):
		return status.UsageError(fmt.Errorf("%s: is for what -try makes, but contains something else: %s", folder, entries[0].Name()), "rename it")
	}
	if err := os.RemoveAll(folder); err != nil {
		return fmt.Errorf("%s: cannot be emptied: %w", folder, file.Cause(err))
	}
	return nil
}
