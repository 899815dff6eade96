package submit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"matpool/condor"
	"matpool/internal/base/file"
	"matpool/internal/base/text"
	"matpool/internal/local"
	"matpool/internal/record"
	"matpool/internal/status"
)

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
	asked := requestedMB(runner)
	if result.Ended {
		h.say("job %d: %v after %s, with %s (request_memory: %d MB)", job.Index, result.Exit, timeOf(result), memoryOf(result), asked)
	}
	h.warnOfMemory(runner, results)
	if len(result.Others) > 0 && result.Missing == nil {
		h.say("made, but not named in the submission file: %s", text.First(result.Others, ", "))
	}
	for _, name := range result.Outputs {
		switch info, err := os.Stat(name); {
		case err != nil:
		case info.IsDir():
			h.say("%s: a folder", name)
		default:
			h.say("%s: %s", name, text.Size(info.Size()))
		}
	}
	switch {
	case result.Missing != nil:
		wrote := "nothing"
		if len(result.Others) > 0 {
			wrote = text.First(result.Others, ", ")
		}
		return status.UnfinishedError(fmt.Errorf("%s: job %d: %s ended with %v and did not write %s; it wrote %s",
			h.task.File, job.Index, runner.Name, result.Exit, text.First(result.Missing, ", "), wrote),
			"a pool would hold the job: indexed_output_files must name what the program writes")
	case result.Held.Code != 0:
		return status.UnfinishedError(fmt.Errorf("%s: job %d would be held: %s", h.task.File, job.Index, result.Held.Reason), "")
	case result.Retry:
		return status.UnfinishedError(fmt.Errorf("%s: job %d failed with %v: it would run again, up to %s, and then be held",
			h.task.File, job.Index, result.Exit, text.Count(runner.MaxRetries, "time")), "")
	}
	return nil
}

// requestedMB returns the memory that a job requests in MB.
func requestedMB(runner *local.Runner) int64 { return (runner.Memory.Bytes + 1<<20 - 1) >> 20 }

// warnOfMemory says which jobs used more memory than they request, which this machine does not enforce.
func (h handover) warnOfMemory(runner *local.Runner, results []local.Result) {
	var jobs []string
	for i, r := range results {
		if r.MemoryMB > requestedMB(runner) {
			jobs = append(jobs, fmt.Sprint("job ", runner.Jobs[i].Index))
		}
	}
	if len(jobs) > 0 {
		fmt.Fprintf(h.stderr, "matsubmit: warning: %s used more memory than request_memory = %dMB: a pool may hold such a job, or end it\n", text.First(jobs, ", "), requestedMB(runner))
	}
}

func timeOf(r local.Result) string {
	if r.Time < time.Second {
		return r.Time.Round(time.Millisecond).String()
	}
	return text.Duration(r.Time)
}

func memoryOf(r local.Result) string {
	if r.MemoryMB < 0 {
		return "unknown memory"
	}
	return fmt.Sprintf("at most %d MB of memory", r.MemoryMB)
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
		const most = 20
		lines := slices.DeleteFunc(strings.Split(strings.TrimRight(string(content), "\r\n"), "\n"), record.IsStdoutLine)
		if len(lines) == 0 || len(content) == 0 {
			continue
		}
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
	if err := checkOurs(folder, "what -try makes"); err != nil {
		return err
	}
	if !exists(path.Join(folder, tryLog)) {
		if err := checkEmpty(folder, "it is for what -try makes", "rename it"); err != nil {
			return err
		}
	}
	if err := os.RemoveAll(folder); err != nil {
		return fmt.Errorf("%s: cannot be emptied: %w", folder, file.Cause(err))
	}
	return nil
}
