package submit

import (
	"fmt"
	"strings"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/internal/base/text"
	"matpool/internal/joblog"
	"matpool/internal/status"
)

// A queue is the state of earlier jobs with products of this task, from the event log.
type queue struct {
	latest       []*eventlog.Job // for each product, its latest job, or nil
	held, active []condor.ID     // jobs; the active ones are idle or running
	// gone has, by their logs, the jobs that matsubmit ran itself, and that were held or were
	// cut off: they are in no queue.
	gone  map[string][]condor.ID
	notes []string // on faults of the log, for the user
}

// readLogs reads the event log, or the logs if each job has its own. It ignores a log that
// does not exist.
//
// Note: condor_q would know more, but does not always answer on a busy pool.
func readLogs(t task, d division) (q queue, err error) {
	q.latest, q.gone = make([]*eventlog.Job, t.TotalJobs), map[string][]condor.ID{}
	for _, name := range logs(t, d) {
		if strings.Contains(name, "$(") {
			if t.Resubmit {
				return q, status.UsageError(fmt.Errorf("log: %s: -resubmit cannot find logs with HTCondor's own numbers in their names", name), "")
			}
			continue
		}
		if !exists(name) {
			continue
		}
		// One at a time: there may be more logs than a process can open.
		journal, err := joblog.Open(name)
		if err != nil {
			return q, err
		}
		err = journal.Read(func(*eventlog.Event) {})
		journal.Close()
		if err != nil {
			return q, err
		}
		if journal.FaultCount > 0 {
			q.notes = append(q.notes, journal.Faults[0].Error())
		}
		for _, j := range journal.History.Jobs() {
			q.add(t, name, j)
		}
		if err := checkEntering(t, name, journal.History); err != nil {
			return q, err
		}
	}
	return q, nil
}

// checkEntering makes sure that with -resubmit no more jobs enter the queue, as they do with
// max_idle: the log does not show their products in advance.
func checkEntering(t task, log string, h *eventlog.History) error {
	for _, id := range h.Clusters() {
		c := h.Cluster(id)
		note, ours := c.Note()
		if later, known := c.Later(); t.Resubmit && ours && note.Sum == t.Sum && (later > 0 || !known) {
			return status.UsageError(fmt.Errorf("%s: cluster %d: some jobs have yet to enter the queue, so the missing products are not known", log, id),
				fmt.Sprintf("wait for them, or use condor_rm %d and then -resubmit", id))
		}
	}
	return nil
}

// add adds a job of a log if it has products of this task. With -resubmit, it ignores jobs that return
// products if this task returns sums, and vice versa.
func (q *queue) add(t task, log string, j *eventlog.Job) {
	note, ok := j.Note()
	from := max(note.First-t.FirstIndex, 0)
	to := min(note.First-t.FirstIndex+note.Count, t.TotalJobs)
	if !ok || from >= to || t.Resubmit && note.Sum != t.Sum {
		return
	}
	if note.Local && (j.State == eventlog.Held || isActive(j)) {
		q.gone[log] = append(q.gone[log], j.ID)
		ended := *j
		ended.State = eventlog.Removed
		j = &ended
	}
	for i := from; i < to; i++ {
		if q.latest[i] == nil || q.latest[i].Cluster <= j.Cluster {
			q.latest[i] = j
		}
	}
	switch {
	case j.State == eventlog.Held:
		q.held = append(q.held, j.ID)
	case isActive(j):
		q.active = append(q.active, j.ID)
	}
}

// isActive reports whether the job is in the queue and not held, according to the log.
func isActive(j *eventlog.Job) bool {
	return j.State == eventlog.Idle || j.State == eventlog.Running || j.State == eventlog.Unknown
}

// logs returns the names of the event logs that earlier jobs may have written.
func logs(t task, d division) []string {
	if !t.Log.PerJob() {
		return []string{t.Log.Expand(0, 0, 1)}
	}
	var names []string
	add := func(b batch) {
		if name := t.Log.Expand(b.index, b.first, b.count); exists(name) {
			names = append(names, name)
		}
	}
	for _, b := range d.batches {
		add(b)
		if b.count > 1 {
			for i := range b.count {
				add(d.subBatch(b.first+i, 1))
			}
		}
	}
	return names
}

// checkQueue makes sure that no product is in the queue yet.
func checkQueue(t task, d division, q queue) error {
	jobs := append(q.active, q.held...)
	if len(jobs) == 0 {
		return nil
	}
	return status.UsageError(fmt.Errorf("%s: according to this log, there are jobs in the queue for these products: %s (if they are gone, remove the log)",
		logs(t, d)[0], text.First(idStrings(jobs), " ")), conflictHint(t))
}

func idStrings(jobs []condor.ID) []string {
	list := make([]string, len(jobs))
	for i, id := range jobs {
		list[i] = id.String()
	}
	return list
}
