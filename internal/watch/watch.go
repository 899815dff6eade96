// Package watch follows the event log of a run until the run is done or stuck, and tells how far it is.
package watch

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"slices"
	"time"

	"matpool/condor"
	"matpool/internal/joblog"
	"matpool/internal/status"
)

// How often the log is looked at: HTCondor writes whole seconds. A look is two or three
// system calls where nothing was written. After much work there is a longer pause, so
// that watching takes a twentieth of one processor at most.
//
// Note: the system could tell when a file changes, but not for one on a network's disk.
const (
	poll  = 500 * time.Millisecond
	share = 20
)

// patience is how long a run that HTCondor should make more jobs of, while others are
// held, is waited for when nothing happens.
const patience = 2 * time.Minute

// How many jobs are named that are held for the same cause.
const named = 5

// Run follows logs on a screen that suits stdout until the run is done, stuck, or not
// done in time; then it returns an error, unless all jobs are done. With wait, the logs
// need not be there yet.
func Run(ctx context.Context, names []string, clusters []int, wait bool, timeout time.Duration, stdout io.Writer) error {
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, timeout, errTimeout)
		defer cancel()
	}
	j, err := open(ctx, names, wait)
	if err != nil {
		return err
	}
	defer j.Close()
	var screen Screen = &Lines{W: stdout}
	if terminal, ok := NewTerminal(stdout); ok {
		screen = terminal
	}
	run, err := follow(ctx, j, clusters, screen)
	if err := errors.Join(err, screen.Close()); err != nil {
		return err
	}
	return run.Unfinished(names)
}

var errTimeout = errors.New("the time is over")

// open opens the logs, and with wait waits until they are there.
func open(ctx context.Context, names []string, wait bool) (*joblog.Journal, error) {
	for {
		j, err := joblog.Open(names...)
		if !wait || !errors.Is(err, fs.ErrNotExist) {
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

// follow tells on a screen what happens to a run until nothing more will, or the context's
// time is over. The clusters are those of [joblog.Select].
func follow(ctx context.Context, j *joblog.Journal, clusters []int, s Screen) (*joblog.Run, error) {
	w := watcher{journal: j, clusters: clusters, screen: s, told: map[condor.ID]trouble{}, causes: map[joblog.Cause]int{}}
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
	told     map[condor.ID]trouble
	causes   map[joblog.Cause]int // how many jobs were told of
	faults   int                  // how many of the journal's
}

// A trouble is what was told of a job: that it is held for the n-th time, or gone.
type trouble struct {
	state condor.State
	holds int
}

// look reads what is new, and tells it.
func (w *watcher) look() (news bool, err error) {
	var troubled []condor.ID
	err = w.journal.Read(func(e *condor.Event) {
		news = true
		switch d := e.Detail.(type) {
		case condor.Held, condor.Aborted:
			troubled = append(troubled, e.ID)
		case condor.Terminated:
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
		w.tell(id)
	}
	w.screen.Status(w.status(), false)
	return news, nil
}

func (w *watcher) status() Status {
	s := Status{Time: w.journal.Latest, Run: w.run}
	s.Left, s.Estimated = estimate(w.run, s.Time, time.Now())
	return s
}

// tell tells why a job is held or gone, if it is, and the first time what that means.
func (w *watcher) tell(id condor.ID) {
	i, ok := slices.BinarySearchFunc(w.run.Jobs, id, func(j *condor.JobHistory, id condor.ID) int { return j.Compare(id) })
	if !ok {
		return // of another run
	}
	j := w.run.Jobs[i]
	cause, ok := joblog.CauseOf(j)
	now := trouble{j.State, j.Holds}
	if !ok || w.told[id] == now {
		return
	}
	w.told[id] = now
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
