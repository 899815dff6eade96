package submit

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/condor/queue"
	"matpool/internal/base/text"
	"matpool/internal/joblog"
	"matpool/internal/outputs"
	"matpool/internal/status"
)

// A past is what earlier calls for this task left: jobs in the event log, and outputs that an interrupted
// call set aside.
//
// A job that is in the queue according to its log is there, unless HTCondor says that it has left it. checkForgotten looks
// for jobs that no log has.
type past struct {
	logs         []string        // those that were read
	found        []found         // all jobs in them
	latest       eventlog.Makers // the latest job of each product
	paced        eventlog.Makers // the same of those jobs whose times say how long this work takes on the pool
	held, active []condor.ID     // jobs; the active ones are idle or running
	rivals       rivals
	elsewhere    []string // for the user, on held jobs that must be removed on another machine
	// gone has, by their logs, the jobs that matsubmit ran itself, and that were held or were
	// cut off: they are in no queue.
	gone     map[string][]condor.ID
	faults   []string     // of the logs, for the user
	entering bool         // some jobs have yet to enter the queue
	cluster  int          // the highest number of a cluster in the logs
	known    map[int]bool // the clusters in the logs

	asides  []outputs.Aside
	logSize int64 // as in [outputs.Aside]
}

// lookBack finds out what earlier calls left. It is the one stage that reads the event log, or the logs if
// each job has its own. It ignores a log that does not exist.
func lookBack(ctx context.Context, t task, stderr io.Writer) (p past, err error) {
	if t.Try && !t.Resubmit { // it replaces nothing
		return p, nil
	}
	if p.asides, err = outputs.FindAsides(append(t.outputFolders(), filepath.Dir(t.normFile()))); err != nil {
		return p, err
	}
	p.logSize = t.logSize()
	if err = p.readLogs(ctx, t, stderr); err != nil && t.Force && !t.Local && !t.Continue && len(p.asides) == 0 {
		return past{logSize: p.logSize}, nil // -force needs no log
	}
	return p, err
}

// sharedLog returns the name of the log that all jobs have in common.
func (t task) sharedLog() string { return t.Log.Expand(0, 0, 1) }

// logSize returns the size of that log, 0 if there is none yet, and -1 if each job has its own.
func (t task) logSize() int64 {
	if t.Log.PerJob() {
		return -1
	}
	info, err := os.Stat(t.sharedLog())
	if err != nil {
		return 0
	}
	return info.Size()
}

func (p *past) readLogs(ctx context.Context, t task, stderr io.Writer) error {
	p.gone, p.rivals, p.known = map[string][]condor.ID{}, rivals{latest: map[string]*eventlog.Job{}}, map[int]bool{}
	for _, name := range logs(t) {
		if strings.Contains(name, "$(") {
			if t.Resubmit || t.Continue {
				return status.UsageError(fmt.Errorf("log: %s: -resubmit and -run cannot find logs with HTCondor's own numbers in their names", name), "")
			}
			continue
		}
		if !exists(name) {
			continue
		}
		if err := p.readLog(t, name); err != nil {
			return err
		}
	}
	if err := p.askQueue(ctx, stderr); err != nil {
		return err
	}
	former, schedd := formerJobs(p.found)
	var latest, paced []eventlog.Made
	for _, f := range p.found {
		j := p.add(t.work, f, t.Resubmit, former[f.job], schedd)
		if j == nil {
			continue
		}
		made := eventlog.Made{First: f.note.First, Count: f.note.Count, Job: j}
		latest = append(latest, made)
		if !former[f.job] && !f.note.Local && f.note.ID != "" && j.Schedd == schedd {
			paced = append(paced, made)
		}
	}
	p.latest, p.paced, p.found = eventlog.NewMakers(latest), eventlog.NewMakers(paced), nil
	return nil
}

// askQueue asks HTCondor whether the jobs are in the queue that should be there according to the logs, and reads the logs
// of the others again: since they were read, HTCondor may have written how these jobs ended. If it has not, its history
// says so.
func (p *past) askQueue(ctx context.Context, stderr io.Writer) error {
	former, _ := formerJobs(p.found)
	var queued []queue.Logged
	for _, f := range p.found {
		if q, ok := joblog.Logged(f.log, f.job); ok && !former[f.job] {
			queued = append(queued, q)
		}
	}
	if queued == nil || !queue.Exists() {
		return nil
	}
	var left []queue.Left
	err := patiently(ctx, stderr, func(ctx context.Context) (err error) {
		left, err = queue.Gone(ctx, queued)
		return err
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		fmt.Fprintf(stderr, "matsubmit: warning: only the log shows whether its jobs are in the queue: %v\n", err)
	}
	byLog := map[string][]queue.Left{}
	for _, l := range left {
		byLog[l.Log] = append(byLog[l.Log], l)
	}
	var lacking []string // the logs that do not say how a job ended
	missing := 0
	for _, name := range p.logs {
		if byLog[name] == nil {
			continue
		}
		n, err := p.readAgain(name, byLog[name])
		if err != nil {
			return err
		}
		if n > 0 {
			lacking, missing = append(lacking, name), missing+n
		}
	}
	if missing > 0 {
		p.faults = append(p.faults, fmt.Sprintf("%s: does not say how %s left the queue, but condor_history does", text.First(lacking, " "), text.Count(missing, "job")))
	}
	return nil
}

// readAgain finds out how jobs of a log ended that have left the queue. It returns the number of those for which the log
// does not say it.
func (p *past) readAgain(name string, left []queue.Left) (missing int, err error) {
	journal, err := joblog.Open(name)
	if err != nil {
		return 0, err
	}
	defer journal.Close()
	journal.End(left)
	if err := journal.Read(func(*eventlog.Event) {}); err != nil {
		return 0, err
	}
	for i, f := range p.found {
		if f.log != name {
			continue
		}
		if j := journal.History.Job(f.job.ID); j != nil {
			p.found[i].job = j
		}
	}
	return journal.Missing, nil
}

// A found is a job in a log.
type found struct {
	log  string
	job  *eventlog.Job
	note condor.Note
}

// readLog adds what is in a log. It closes the log: there may be more than a process can open.
func (p *past) readLog(t task, name string) error {
	journal, err := joblog.Open(name)
	if err != nil {
		return err
	}
	defer journal.Close()
	if err := journal.Read(func(*eventlog.Event) {}); err != nil {
		return err
	}
	p.logs = append(p.logs, name)
	if journal.FaultCount > 0 {
		p.faults = append(p.faults, journal.Faults[0].Error())
	}
	jobs := journal.History.Jobs()
	p.found = slices.Grow(p.found, len(jobs))
	for _, j := range jobs {
		if note, ok := j.Note(); ok {
			p.found = append(p.found, found{name, j, note})
		}
	}
	for _, cluster := range journal.History.Clusters() {
		p.cluster, p.known[cluster] = max(p.cluster, cluster), true
	}
	if t.Resubmit {
		return p.checkEntering(t, name, journal.History)
	}
	return nil
}

// checkEntering makes sure that no more jobs enter the queue, as they do with max_idle: the log does
// not show their products in advance. A call that continues another only notes it.
func (p *past) checkEntering(t task, log string, h *eventlog.History) error {
	for _, id := range h.Clusters() {
		c := h.Cluster(id)
		note, ours := c.Note()
		later, known := c.Later()
		if !ours || !t.mayBeOurs(note) || note.Sum != t.files.Sums || later == 0 && known {
			continue
		}
		if p.entering = true; !t.Continue {
			return status.UsageError(fmt.Errorf("%s: cluster %d: some jobs have yet to enter the queue, so the missing products are not known", log, id),
				fmt.Sprintf("wait for them, or use condor_rm %d and then -resubmit", id))
		}
	}
	return nil
}

// add adds a job of a log, and returns it as it is now, if it has products of this work; otherwise nil. With same, it
// ignores jobs that return products if this work returns sums, and vice versa. A former job is not in the queue any
// more, and the queue of another schedd is not asked to remove anything.
func (p *past) add(w work, f found, same, former bool, schedd string) *eventlog.Job {
	j, note := f.job, f.note
	if former || note.Local && !j.Ended() {
		if !former && w.mayBeOurs(note) {
			p.gone[f.log] = append(p.gone[f.log], j.ID)
		}
		if !j.Ended() {
			ended := *j
			ended.State = eventlog.Removed
			j = &ended
		}
	}
	if !w.mayBeOurs(note) {
		p.rivals.add(w, f.log, j, note)
		return nil
	}
	if note.First >= w.FirstIndex+w.TotalJobs || note.First+note.Count <= w.FirstIndex || same && note.Sum != w.files.Sums {
		return nil
	}
	switch {
	case j.State == eventlog.Held && j.Schedd != schedd:
		p.elsewhere = append(p.elsewhere, fmt.Sprintf("%s: job %v is held on %s: if it is still there, remove it with condor_rm %v on that machine", f.log, j.ID, j.Schedd, j.ID))
	case j.State == eventlog.Held:
		p.held = append(p.held, j.ID)
	case isActive(j):
		p.active = append(p.active, j.ID)
	}
	return j
}

// mayBeOurs reports whether a job makes the same as this work does, or is so old that its note does not
// say what it makes.
func (w work) mayBeOurs(note condor.Note) bool { return note.ID == "" || note.ID == w.id.String() }

// formerJobs returns the jobs that are not in the queue any more, whatever their logs say, because their
// schedd has begun to count anew since: it gave a lower number to a later cluster. And it returns the schedd
// to which the latest job was submitted.
func formerJobs(list []found) (former map[*eventlog.Job]bool, schedd string) {
	jobs := make([]*eventlog.Job, 0, len(list))
	for _, f := range list {
		if !f.note.Local {
			jobs = append(jobs, f.job)
		}
	}
	slices.SortFunc(jobs, func(a, b *eventlog.Job) int { // the latest first
		if a.SubmittedAfter(b) {
			return -1
		}
		return 1
	})
	former = map[*eventlog.Job]bool{}
	lowest := map[string]int{} // of each schedd's clusters so far
	for _, j := range jobs {
		if low, ok := lowest[j.Schedd]; ok && j.Cluster > low {
			former[j] = true
			continue
		}
		lowest[j.Schedd] = j.Cluster
	}
	if len(jobs) > 0 {
		schedd = jobs[0].Schedd
	}
	return former, schedd
}

// isActive reports whether the job is in the queue and not held, according to the log.
func isActive(j *eventlog.Job) bool {
	return j.State == eventlog.Idle || j.State == eventlog.Running || j.State == eventlog.Suspended || j.State == eventlog.Unknown
}

// logs returns the names of the event logs that earlier jobs may have written.
func logs(t task) []string {
	if !t.Log.PerJob() {
		return []string{t.sharedLog()}
	}
	var names []string
	add := func(b batch) {
		if name := t.Log.Expand(b.index, b.first, b.count); exists(name) {
			names = append(names, name)
		}
	}
	for _, b := range t.batches {
		add(b)
		if b.count > 1 && !t.files.Sums { // a missing sum becomes the same batch again
			for i := range b.count {
				add(t.subBatch(b.first+i, 1))
			}
		}
	}
	return names
}

// perJob returns how many products earlier jobs had if -resubmit continues with their sums and the
// file leaves the number to matsubmit: sums of other ranges could not be added to theirs. Otherwise,
// it is 0.
func (p *past) perJob(t task) (count int) {
	if !t.Resubmit || !t.files.Sums || t.ProductsPerJob != 0 || t.Log.PerJob() {
		return 0
	}
	for made := range p.latest.In(t.FirstIndex, t.TotalJobs) {
		note, _ := made.Job.Note()
		count = max(count, note.Count)
	}
	return count
}

// checkQueue makes sure that no product is in the queue yet.
func (p *past) checkQueue(t task) error {
	if err := p.rivals.check(); err != nil {
		return err
	}
	jobs := append(p.active, p.held...)
	if len(jobs) == 0 {
		return nil
	}
	hint := "wait for them, or remove them with condor_rm"
	if !t.Force && !t.DAG {
		hint = "-resubmit submits what is missing; to make everything again, remove them with condor_rm, then -force"
	}
	return status.UsageError(fmt.Errorf("%s: according to this log, jobs for these products are in the queue: %s (if they are gone, remove the log)",
		p.logs[0], text.First(idStrings(jobs), " ")), hint)
}

// checkSameInputs makes sure that the outputs of earlier jobs are from the same random inputs as those of the
// new ones, or from files: no file's time shows it.
func (p *past) checkSameInputs(w work) error {
	for made := range p.latest.In(w.FirstIndex, w.TotalJobs) {
		job := made.Job
		if note, _ := job.Note(); note.ID == "" && note.Random != w.drawnFrom() { // otherwise it is the same
			return status.UsageError(fmt.Errorf("%s: job %v is for %s, and the new ones for %s: -resubmit would mix them",
				p.logs[0], job.ID, inputsOf(note.Random), inputsOf(w.drawnFrom())), "-force starts over")
		}
	}
	return nil
}

func inputsOf(random string) string {
	if random == "" {
		return "inputs in files"
	}
	return "random inputs " + random
}

// checkSameSums makes sure that the partial sums of earlier jobs have the same ranges as the
// new ones: otherwise matcombine would add products twice or not at all. Where no job is in the queue, records
// say what a sum has, so one with another range is made again.
func (p *past) checkSameSums(t task) error {
	for _, b := range t.batches {
		for made := range p.latest.In(b.first, b.count) {
			job := made.Job
			if !isActive(job) && t.isRecorded(b) {
				continue
			}
			if note, _ := job.Note(); note.First != b.first || note.Count != b.count {
				return status.UsageError(fmt.Errorf("%s: job %v has %s from %d on, but now a job has up to %d: partial sums of different ranges cannot be combined",
					p.logs[0], job.ID, text.Count(note.Count, "product"), note.First, t.division.perJob),
					fmt.Sprintf("-products_per_job=%d continues with them; -force starts over", note.Count))
			}
		}
	}
	return nil
}

// isRecorded reports whether there is a record of each output of a batch that exists.
func (t task) isRecorded(b batch) bool {
	for _, name := range t.makes(b) {
		if known, err := t.records.Of(name); exists(name) && (err != nil || len(known) == 0) {
			return false
		}
	}
	return true
}

func idStrings(jobs []condor.ID) []string {
	list := make([]string, len(jobs))
	for i, id := range jobs {
		list[i] = id.String()
	}
	return list
}
