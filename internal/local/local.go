// Package local runs the jobs of a submit description on this machine, without HTCondor.
//
// Each job gets an empty folder with the files that HTCondor would send (matprod gets links to them), the environment
// that HTCondor sets, and nothing else. Its outputs come back, it runs again, or it is held by the
// rules of the description, and the event log has the events that HTCondor writes. Two things
// differ: a job that failed runs again at once, and nothing releases a job that is held.
//
// There is no scheduler: jobs start in order, as many as fit. Whoever needs more can run a pool of one machine.
// The notes of these jobs say local=yes, because such a job is in no queue: nothing may wait for its release,
// or remove its number from the queue.
package local

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/condor/submitfile"
	"matpool/internal/base/file"
	"matpool/internal/progress"
	"matpool/internal/status"
)

// System is the system of this machine, or "" if no program runs here.
func System() condor.System {
	return map[string]condor.System{
		"linux/amd64": condor.Linux, "linux/arm64": condor.LinuxArm64, "windows/amd64": condor.Windows,
	}[runtime.GOOS+"/"+runtime.GOARCH]
}

// A Runner runs jobs.
type Runner struct {
	*submitfile.Description
	Program   string // the file to run here
	Name      string // its name in a job's folder
	OnlyReads bool   // the program changes no input
	Cluster   int    // the number of the jobs' cluster in the log
	AtOnce    int    // the number of jobs that run at the same time
	Once      bool   // a job that fails does not run again
	// Place returns the name under which to write a file whose name in the description is
	// name: an output, stdout, stderr or a log.
	Place func(name string) string
	Show  progress.Func

	host    string
	logs    logs
	history *eventlog.History
}

// A Result is the end of a job's last attempt.
type Result struct {
	Ended    bool             // the program ended by itself
	Exit     eventlog.Exit    // if it did
	Held     eventlog.JobHeld // the code is 0 if the job is not held
	Retry    bool             // the job would run again
	Outputs  []string         // the files that came back
	Missing  []string         // the named files that the program did not write
	Others   []string         // if one did not come back: the new files that are not named
	Time     time.Duration    // of the program
	MemoryMB int64            // its peak, or -1 if it is not known
}

// Run runs all jobs, and returns what the log now has of them and their results. If it is
// interrupted, the jobs that are not done are killed and removed, and what they have made is
// lost, but not what they printed.
func (r *Runner) Run(ctx context.Context) (*eventlog.History, []Result, error) {
	var err error
	if r.host, err = os.Hostname(); err != nil {
		return nil, nil, err
	}
	r.history = eventlog.NewHistory()
	r.logs.history = r.history
	if err := r.checkStreams(); err != nil {
		return nil, nil, err
	}
	if err := r.submitAll(); err != nil {
		return nil, nil, err
	}
	results := make([]Result, len(r.Jobs))
	ended := make([]bool, len(r.Jobs))
	err = r.runJobs(ctx, results, ended)
	reason := "matsubmit was stopped"
	if ctx.Err() == nil {
		reason = "matsubmit failed"
	}
	for i := range r.Jobs {
		if !ended[i] {
			err = cmp.Or(err, r.write(i, eventlog.Entry{Detail: eventlog.JobAborted{Reason: reason}}))
		}
	}
	return r.history, results, err
}

// runJobs runs the jobs in their order, each in a free slot.
func (r *Runner) runJobs(ctx context.Context, results []Result, ended []bool) error {
	slots := make(chan int, r.AtOnce)
	for i := range r.AtOnce {
		slots <- i + 1
	}
	var done atomic.Int64
	total := int64(len(r.Jobs))
	r.Show(0, total)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(r.AtOnce)
	for i := range r.Jobs {
		g.Go(func() (err error) {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			slot := <-slots
			defer func() { slots <- slot }()
			results[i], err = r.job(ctx, i, slot)
			if ended[i] = err == nil; ended[i] {
				r.Show(done.Add(1), total)
			}
			return err
		})
	}
	return g.Wait()
}

// checkStreams makes sure that the files for the jobs' stdout and stderr can be replaced.
func (r *Runner) checkStreams() error {
	for i := range r.Jobs {
		for _, stream := range []condor.Template{r.Stdout, r.Stderr} {
			name := r.path(stream, i)
			if err := file.Check(name); err != nil && name != os.DevNull {
				return status.UsageError(err, "")
			}
		}
	}
	return nil
}

// submitAll writes the jobs' first events.
func (r *Runner) submitAll() error {
	for i := range r.Jobs {
		note := r.Note()
		note.Local, note.Hold = true, false
		text := r.expand(note.Template("$(first)", "$(count)"), i)
		if err := r.write(i, eventlog.Entry{Detail: eventlog.Submit{Host: r.host, Notes: []string{text}}}); err != nil {
			return err
		}
	}
	return nil
}

// write writes an event of a job.
func (r *Runner) write(i int, e eventlog.Entry) error {
	e.ID = condor.ID{Cluster: r.Cluster, Proc: i}
	return r.logs.write(r.path(r.Log, i), e)
}

// path returns where to write a file of a job.
func (r *Runner) path(name condor.Template, i int) string {
	return r.Place(r.expand(name, i))
}

// expand returns a template's text for a job.
func (r *Runner) expand(t condor.Template, i int) string {
	j := &r.Jobs[i]
	return t.ExpandAll(condor.ID{Cluster: r.Cluster, Proc: i}, j.Index, j.First, j.Count)
}

// job runs a job until it is done or held.
func (r *Runner) job(ctx context.Context, i, slot int) (Result, error) {
	sum := eventlog.Usage{}
	for run := 1; ; run++ {
		a := attempt{Runner: r, job: i, run: run, slot: fmt.Sprintf("slot1_%d@%s", slot, r.host), started: time.Now()}
		a.usage = eventlog.Usage{Cpus: r.Cpus, MemoryMB: megabytes(r.Memory.Bytes), UsedMB: -1, TotalSent: sum.TotalSent, TotalGotten: sum.TotalGotten}
		result, err := a.try(ctx)
		if err != nil || !result.Retry || r.Once {
			return result, err
		}
		sum = a.usage
	}
}

// megabytes returns a size in HTCondor's megabytes, rounded up.
func megabytes(bytes int64) int { return int((bytes + 1<<20 - 1) >> 20) }

// logs writes event logs, as HTCondor does: it appends each event in one piece.
type logs struct {
	mu      sync.Mutex
	history *eventlog.History
}

func (l *logs) write(name string, e eventlog.Entry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	e.Time = time.Now()
	if l.history != nil {
		l.history.Add(e.Event())
	}
	return appendTo(name, e.String())
}

// appendTo appends text to a file.
func appendTo(name, text string) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o666)
	if err == nil {
		_, err = f.WriteString(text)
		if closed := f.Close(); err == nil {
			err = closed
		}
	}
	if err != nil {
		return fmt.Errorf("%s: the log cannot be written: %w", name, file.Cause(err))
	}
	return nil
}

// Remove writes to a log that jobs are removed, which matsubmit ran itself.
func Remove(name string, jobs []condor.ID, reason string) error {
	var l logs
	for _, id := range jobs {
		if err := l.write(name, eventlog.Entry{ID: id, Detail: eventlog.JobAborted{Reason: reason}}); err != nil {
			return err
		}
	}
	return nil
}
