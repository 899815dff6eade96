// Package watch shows the progress of a run from its event logs, until the run is done or stuck, and reports on it.
package watch

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"slices"
	"time"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/internal/joblog"
	"matpool/internal/status"
)

// The log is polled: HTCondor writes whole seconds. If nothing was written, that is two or
// three system calls. The pause is at least share times the work before it, so that
// watching takes at most a twentieth of one processor.
//
// Note: notifications of the system (inotify) miss changes of files on network disks.
const (
	poll  = 500 * time.Millisecond
	share = 20
)

// patience limits the wait for jobs that should enter the queue while others are held.
const patience = 2 * time.Minute

// named is how many jobs with the same cause are shown one by one.
const named = 5

// Options are what to follow.
type Options struct {
	Logs     []string      // names of event logs
	Clusters []int         // as for [joblog.Select]
	Wait     bool          // for logs that are not there yet
	Timeout  time.Duration // ends the following; 0 for never
}

// Follow shows the progress of a run on stdout, with a bar if that is a terminal. It returns
// when the run is done or stuck, or after the timeout, with an error of status Unfinished
// unless all jobs are done.
func Follow(ctx context.Context, o Options, stdout io.Writer) error {
	if o.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, o.Timeout, errTimeout)
		defer cancel()
	}
	j, err := open(ctx, o)
	if err != nil {
		return err
	}
	defer j.Close()
	var screen Screen = &Lines{W: stdout}
	if terminal, ok := NewTerminal(stdout); ok {
		screen = terminal
	}
	run, err := follow(ctx, j, o.Clusters, screen)
	if err := errors.Join(err, screen.Close()); err != nil {
		return err
	}
	return run.Unfinished(o.Logs)
}

var errTimeout = errors.New("timeout")

// open opens the logs, and waits for them if the options say so.
func open(ctx context.Context, o Options) (*joblog.Journal, error) {
	for {
		j, err := joblog.Open(o.Logs...)
		if !o.Wait || !errors.Is(err, fs.ErrNotExist) {
			return j, err
		}
		select {
		case <-time.After(poll):
		case <-ctx.Done():
			if context.Cause(ctx) == errTimeout {
				return nil, status.UnfinishedError(err, "")
			}
			return nil, ctx.Err()
		}
	}
}

// follow shows what happens to a run until nothing more will, or until the timeout.
func follow(ctx context.Context, j *joblog.Journal, clusters []int, s Screen) (*joblog.Run, error) {
	w := watcher{journal: j, clusters: clusters, screen: s, shown: map[condor.ID]trouble{}, causes: map[joblog.Cause]int{}}
	for last := time.Now(); ; {
		start := time.Now()
		news, err := w.look()
		if err != nil {
			return nil, err
		}
		if news {
			last = start
		}
		if w.run.State() != joblog.Going || w.run.Waits() && start.Sub(last) > patience {
			s.Status(w.status(), true)
			return w.run, nil
		}
		select {
		case <-time.After(max(poll, share*time.Since(start))):
		case <-ctx.Done():
			if context.Cause(ctx) == errTimeout {
				s.Status(w.status(), true)
				return w.run, nil
			}
			return nil, ctx.Err()
		}
	}
}

type watcher struct {
	journal  *joblog.Journal
	clusters []int
	screen   Screen
	run      *joblog.Run
	shown    map[condor.ID]trouble
	causes   map[joblog.Cause]int // jobs with the cause so far
	faults   int                  // how many of the journal's were shown
}

// A trouble is the last that was shown of a job: its state, and how often it was held.
type trouble struct {
	state eventlog.State
	holds int
}

// look reads what is new and shows it.
func (w *watcher) look() (news bool, err error) {
	var troubled []condor.ID
	err = w.journal.Read(func(e *eventlog.Event) {
		news = true
		switch d := e.Detail.(type) {
		case eventlog.JobHeld, eventlog.JobAborted:
			troubled = append(troubled, e.ID)
		case eventlog.JobTerminated:
			if !d.Exit.OK() {
				troubled = append(troubled, e.ID)
			}
		}
	})
	if err != nil {
		return false, err
	}
	for ; w.faults < len(w.journal.Faults); w.faults++ {
		w.screen.Line(w.journal.Latest, "passed over: "+w.journal.Faults[w.faults].Error())
	}
	if !news && w.run != nil {
		return false, nil
	}
	if err := w.journal.Lacks(w.clusters); err != nil {
		return false, err
	}
	w.run = joblog.Select(w.journal.History, w.clusters)
	for _, id := range troubled {
		w.explain(id)
	}
	w.screen.Status(w.status(), false)
	return news, nil
}

func (w *watcher) status() Status {
	s := Status{Time: w.journal.Latest, Run: w.run}
	s.Left, s.Estimated = estimate(w.run, s.Time, time.Now())
	return s
}

// explain shows why a job is held, failed or was removed, if it is so, and explains each
// cause once.
func (w *watcher) explain(id condor.ID) {
	i, ok := slices.BinarySearchFunc(w.run.Jobs, id, func(j *eventlog.Job, id condor.ID) int { return j.Compare(id) })
	if !ok {
		return // of another run
	}
	j := w.run.Jobs[i]
	cause, ok := joblog.CauseOf(j)
	now := trouble{j.State, j.Holds}
	if !ok || w.shown[id] == now {
		return
	}
	w.shown[id] = now
	w.causes[cause]++
	n := w.causes[cause]
	if n > named {
		return
	}
	w.screen.Line(j.Since, joblog.Trouble(j))
	if n == 1 {
		w.screen.Line(j.Since, "  "+cause.String())
	}
	if n == named {
		w.screen.Line(j.Since, "  more of the same cause are only counted")
	}
}
