// Package watch follows the event logs of a run until the run is done or stuck, and reports on it.
package watch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"time"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/condor/queue"
	"matpool/internal/joblog"
	"matpool/internal/status"
)

// The log is polled. Without new events, that takes two or three system calls. A pause is at
// least pauseFactor times as long as the work before it, so that matwatch uses at most a
// twentieth of one processor.
//
// Note: inotify would miss changes of files on network disks.
const (
	pollInterval = 500 * time.Millisecond
	pauseFactor  = 20
)

// entryTimeout limits the wait for jobs that should enter the queue while others are held.
const entryTimeout = 2 * time.Minute

// Options are the options of [Follow].
type Options struct {
	Logs     []string      // names of event logs
	Clusters []int         // as for [joblog.Journal.Select]
	Wait     bool          // for logs that do not exist yet
	DAG      string        // the DAG whose DAGMan will submit the jobs; or ""
	Timeout  time.Duration // 0 for none
	Quiet    bool          // show only problems
	Identity string        // of the only run that counts, as in [condor.Note]; or ""
}

// Follow shows the progress of a run on stdout, with a bar if stdout is a terminal. It
// returns when the run is done or stuck, or after the timeout. The error has status
// Unfinished unless all jobs are done.
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
	j.Identity = o.Identity
	var screen Screen = &Lines{W: stdout}
	if o.Quiet {
		screen = &problems{Lines{W: stdout}}
	} else if terminal, ok := NewTerminal(stdout); ok {
		screen = terminal
	}
	run, err := follow(ctx, j, o.Clusters, screen)
	if err := errors.Join(err, screen.Close()); err != nil {
		return err
	}
	return run.Unfinished(o.Logs)
}

var errTimeout = errors.New("timeout")

// open opens the logs. With Options.Wait, it waits until they exist, as long as DAGMan can make them.
func open(ctx context.Context, o Options) (*joblog.Journal, error) {
	for asked := time.Now(); ; {
		dagman := joblog.LatestDAGMan(o.DAG)
		if time.Since(asked) > askInterval {
			dagman = joblog.AskDAGMan(ctx, o.DAG)
			asked = time.Now()
		}
		j, err := joblog.Open(o.Logs...)
		if !o.Wait || !errors.Is(err, fs.ErrNotExist) {
			return j, err
		}
		if dagman != nil {
			switch dagman.State {
			case eventlog.Held, eventlog.Done, eventlog.Failed, eventlog.Removed:
				return nil, status.UnfinishedError(fmt.Errorf("%s: DAGMan, job %v, is %v and has submitted no job", o.DAG, dagman.ID, dagman.State), "see "+o.DAG+".dagman.out")
			}
		}
		select {
		case <-time.After(pollInterval):
		case <-ctx.Done():
			if interrupted(ctx) {
				return nil, ctx.Err()
			}
			return nil, status.UnfinishedError(err, "")
		}
	}
}

// follow shows the progress of a run until it is done or stuck, or until the timeout.
func follow(ctx context.Context, j *joblog.Journal, clusters []int, s Screen) (*joblog.Run, error) {
	w := newWatcher(j, clusters, s)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	asking := newInquiry()
	for last := time.Now(); ; {
		start := time.Now()
		news, err := w.update()
		if err != nil {
			return nil, err
		}
		if news {
			last = start
		}
		if w.run.State() != joblog.Going || w.run.AwaitsJobs() && start.Sub(last) > entryTimeout {
			gone, _ := queue.Gone(ctx, j.Queued(w.run)) // jobs that are held, according to the log
			switch {
			case interrupted(ctx):
				return nil, ctx.Err()
			case len(gone) == 0:
				return w.end(), nil
			}
			j.End(gone)
			continue
		}
		if !news {
			asking.ask(ctx, func() []queue.Logged { return j.Queued(w.run) })
		}
		select {
		case gone := <-asking.answers:
			asking.answered()
			j.End(gone)
		case <-time.After(max(pollInterval, pauseFactor*time.Since(start))):
		case <-ctx.Done():
			if interrupted(ctx) {
				return nil, ctx.Err()
			}
			return w.end(), nil
		}
	}
}

// interrupted reports whether the user does not wait any more; at a timeout, there is still something to show.
func interrupted(ctx context.Context) bool {
	return ctx.Err() != nil && context.Cause(ctx) != errTimeout
}

// An inquiry asks HTCondor now and then whether jobs are still in the queue of which the logs say nothing new.
type inquiry struct {
	answers chan []queue.Left
	waiting bool
	asked   time.Time
	next    time.Time // not before then
}

// askInterval is at least the time from an answer to the next question. It is at least pauseFactor times as long as the
// answer took.
const askInterval = time.Minute

func newInquiry() *inquiry { return &inquiry{answers: make(chan []queue.Left, 1)} }

// ask asks about jobs, unless it is too early.
func (i *inquiry) ask(ctx context.Context, jobs func() []queue.Logged) {
	if i.waiting || time.Now().Before(i.next) {
		return
	}
	i.waiting, i.asked = true, time.Now()
	list := jobs()
	go func() {
		gone, _ := queue.Gone(ctx, list) // without an answer, the logs count
		i.answers <- gone
	}()
}

// answered notes that there is an answer.
func (i *inquiry) answered() {
	i.waiting = false
	i.next = time.Now().Add(max(askInterval, pauseFactor*time.Since(i.asked)))
}

type watcher struct {
	journal  *joblog.Journal
	clusters []int
	screen   Screen
	run      *joblog.Run
	shown    map[condor.ID]problem
	causes   map[joblog.Cause]int // the number of jobs with each cause
	lost     map[string]int       // how often each interruption was shown to have happened, by outcome and reason
	faults   int                  // the number of the journal's faults that were shown
	evicted  bool                 // the previous update has read of interruptions, and has not shown them
}

func newWatcher(j *joblog.Journal, clusters []int, s Screen) *watcher {
	return &watcher{journal: j, clusters: clusters, screen: s, shown: map[condor.ID]problem{}, causes: map[joblog.Cause]int{}, lost: map[string]int{}}
}

// A problem is a job's state and its number of holds when its problem was shown.
type problem struct {
	state eventlog.State
	holds int
}

// update reads new events and shows the changes. It reports whether there were any.
func (w *watcher) update() (news bool, err error) {
	var problems []condor.ID
	interrupted, first := false, w.run == nil
	read := func() error {
		return w.journal.Read(func(e *eventlog.Event) {
			news = true
			switch d := e.Detail.(type) {
			case eventlog.JobHeld, eventlog.JobAborted:
				problems = append(problems, e.ID)
			case eventlog.Submit:
				if d.OnHold() {
					problems = append(problems, e.ID)
				}
			case eventlog.JobTerminated:
				if !d.Exit.OK() {
					problems = append(problems, e.ID)
				}
			case eventlog.JobEvicted, eventlog.ShadowException, eventlog.JobReconnectFailed:
				interrupted = true
			}
		})
	}
	if err := read(); err != nil {
		return false, err
	}
	abandoned := !news && w.run != nil && w.journal.Abandoned(w.run)
	if abandoned {
		if err := read(); err != nil {
			return false, err
		}
	}
	for ; w.faults < len(w.journal.Faults); w.faults++ {
		line := w.journal.Faults[w.faults].Error()
		if errors.As(w.journal.Faults[w.faults], new(*condor.SyntaxError)) {
			line = "skipped: " + line
		}
		w.screen.Line(w.journal.History.Latest().Time(), line)
	}
	// HTCondor also writes an eviction just before it holds a job: what follows it may not be in the log yet.
	if w.evicted {
		w.showInterruptions(false)
	}
	w.evicted = interrupted && !first
	if !news && !abandoned && w.run != nil && (w.clusters != nil || w.journal.DAG(w.run) == w.run.DAG) {
		return false, nil
	}
	if err := w.journal.CheckClusters(w.clusters); err != nil {
		return false, err
	}
	w.run = w.journal.Select(w.clusters)
	w.run.Abandoned = abandoned && !news
	for _, id := range problems {
		w.explain(id)
	}
	if interrupted && first {
		w.showInterruptions(false)
	}
	if w.run.State() != joblog.Going {
		w.lookForOutputs()
	}
	w.screen.Status(w.status(), false)
	return news, nil
}

// end shows the last status.
func (w *watcher) end() *joblog.Run {
	if w.run.Outputs == nil {
		w.lookForOutputs()
	}
	w.showInterruptions(true)
	w.screen.Status(w.status(), true)
	if proviso := w.run.Proviso(); proviso != "" {
		w.screen.Line(w.journal.History.Latest().Time(), proviso)
	}
	return w.run
}

// lookForOutputs looks for the outputs of the jobs that are done.
func (w *watcher) lookForOutputs() {
	run := *w.run // the screen keeps the one that it shows
	w.run = &run
	w.journal.CheckOutputs(w.run)
}

func (w *watcher) status() Status {
	latest := w.journal.History.Latest()
	s := Status{Time: latest.Time(), Run: w.run}
	s.Left, s.Estimated = estimate(w.run, latest, time.Now())
	return s
}

// explain shows why a job is held, failed or was removed. It explains each cause once.
func (w *watcher) explain(id condor.ID) {
	i, ok := slices.BinarySearchFunc(w.run.Jobs, id, func(j *eventlog.Job, id condor.ID) int { return j.Compare(id) })
	if !ok {
		return // it belongs to another run
	}
	j := w.run.Jobs[i]
	cause, ok := joblog.CauseOf(j)
	now := problem{j.State, len(j.Holds)}
	if !ok || w.shown[id] == now {
		return
	}
	w.shown[id] = now
	w.causes[cause]++
	n := w.causes[cause]
	if n > joblog.PerCause {
		return
	}
	w.screen.Line(j.Since.Time(), joblog.Problem(j))
	if n == 1 {
		w.screen.Line(j.Since.Time(), "  "+cause.String())
	}
	if n == joblog.PerCause {
		w.screen.Line(j.Since.Time(), "  further jobs with the same cause are only counted")
	}
}

// showInterruptions shows each interruption once, again whenever it has happened ten times as
// often, and at the end how often it happened in all.
func (w *watcher) showInterruptions(last bool) {
	for _, i := range w.run.Interruptions() {
		key := i.Outcome.String() + " " + i.Reason
		if shown := w.lost[key]; i.Count == shown || shown > 0 && i.Count < 10*shown && !last {
			continue
		}
		w.lost[key] = i.Count
		w.screen.Line(w.journal.History.Latest().Time(), i.String())
	}
}
