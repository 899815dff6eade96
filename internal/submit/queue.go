package submit

import (
	"fmt"
	"strings"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/internal/joblog"
	"matpool/internal/status"
	"matpool/internal/text"
)

// A queue is what the event log tells of earlier jobs that have products of ours.
type queue struct {
	latest       []*eventlog.Job // for each product, the job that had it last, or nil
	held, active []condor.ID     // jobs; the active ones are idle or running
}

// readLogs reads the event log, or the logs where each job has its own. A log that is
// not there tells nothing. To read it is better than to ask condor_q, which a busy pool
// does not always answer.
func (p *plan) readLogs() (q queue, err error) {
	q.latest = make([]*eventlog.Job, p.job.TotalJobs)
	for _, name := range p.logs() {
		if strings.Contains(name, "$(") {
			if p.Resubmit {
				return q, status.UsageError(fmt.Errorf("log: %s: with HTCondor's own numbers in its name it cannot be found again, so that -resubmit does not know what is in the queue", name), "")
			}
			continue
		}
		if !exists(name) {
			continue
		}
		// One after the other: there may be more than can be open.
		journal, err := joblog.Open(name)
		if err != nil {
			return q, err
		}
		err = journal.Read(func(*eventlog.Event) {})
		journal.Close()
		if err != nil {
			return q, err
		}
		if journal.Faulty > 0 {
			p.notes = append(p.notes, journal.Faults[0].Error())
		}
		for _, j := range journal.History.Jobs() {
			p.enter(&q, j)
		}
		if err := p.checkEntering(name, journal.History); err != nil {
			return q, err
		}
	}
	return q, nil
}

// checkEntering makes sure that, where it is asked what is missing, no jobs have yet to
// enter the queue, as they do with max_idle: of which products they are, the log does not
// tell before.
func (p *plan) checkEntering(log string, h *eventlog.History) error {
	for _, id := range h.Clusters() {
		c := h.Cluster(id)
		note, ours := c.Note()
		if later, known := c.Later(); p.Resubmit && ours && note.Sum == p.job.Sum && (later > 0 || !known) {
			return status.UsageError(fmt.Errorf("%s: cluster %d: jobs have yet to enter the queue, so that what is missing is not known", log, id),
				fmt.Sprintf("wait for them, or condor_rm %d and -resubmit", id))
		}
	}
	return nil
}

// enter adds a job to the queue, if it has products of ours and, where it is asked what is
// missing, returns them as ours do.
func (p *plan) enter(q *queue, j *eventlog.Job) {
	note, ok := j.Note()
	from := max(note.First-p.job.FirstIndex, 0)
	to := min(note.First-p.job.FirstIndex+note.Count, p.job.TotalJobs)
	if !ok || from >= to || p.Resubmit && note.Sum != p.job.Sum { // sums are no products, and products no sums
		return
	}
	for i := from; i < to; i++ {
		if q.latest[i] == nil || q.latest[i].Cluster <= j.Cluster {
			q.latest[i] = j
		}
	}
	switch j.State {
	case eventlog.Held:
		q.held = append(q.held, j.ID)
	case eventlog.Idle, eventlog.Running, eventlog.Unknown:
		q.active = append(q.active, j.ID)
	}
}

// logs returns the names of the event logs that earlier jobs may have written.
func (p *plan) logs() []string {
	if !p.job.Log.PerJob() {
		return []string{p.job.Log.Expand(0, 0, 1)}
	}
	var names []string
	add := func(row condor.Row) {
		name := p.job.Log.Expand(row.Index, row.First, row.Count)
		if exists(name) {
			names = append(names, name)
		}
	}
	for _, row := range p.all {
		add(row)
		if row.Count > 1 {
			for i := range row.Count {
				add(p.piece(row.First+i, 1))
			}
		}
	}
	return names
}

// checkQueue makes sure that no product would be in the queue twice.
func (p *plan) checkQueue() error {
	if p.Force || len(p.queue.active)+len(p.queue.held) == 0 {
		return nil
	}
	jobs := append(p.queue.active, p.queue.held...)
	return status.UsageError(fmt.Errorf("%s: by this log, there are jobs in the queue that make these products: %s (if they are gone, remove the log)", p.logs()[0], ids(jobs)), p.again())
}

// ids prints jobs' numbers, the first of many.
func ids(jobs []condor.ID) string {
	words := make([]string, len(jobs))
	for i, id := range jobs {
		words[i] = id.String()
	}
	return text.First(words, " ")
}
