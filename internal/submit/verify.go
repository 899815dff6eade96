package submit

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/internal/base/hash"
	"matpool/internal/base/text"
	"matpool/internal/forecast"
	"matpool/internal/joblog"
	"matpool/internal/outputs"
	"matpool/internal/record"
	"matpool/internal/status"
	"matpool/internal/verify"
)

// A Verification has a sample of a run's outputs made again on other machines of the pool than those that made them. The
// jobs return the records of what they make, nothing else, and what they find is recorded in matpool.tsv. If a machine
// makes other bits, a third one decides.
//
// It keeps no state but these records and the jobs' log: a new one continues with the jobs that a former one submitted.
type Verification struct {
	Options
	Sample verify.Sample
	Seed   string // of the sample

	Verdicts     []Verdict // on the outputs of the sample, after the last [Verification.Next]
	Contradicted []string  // machines whose bits others contradict
	Doubtful     []string  // outputs that were made there, and that nobody has confirmed

	id     string
	chosen map[string]bool // the outputs of the sample, once it is chosen
	asked  map[string]int  // how many jobs this call has submitted for each
}

// A Verdict is what is known of an output.
type Verdict struct {
	Name   string
	Maker  string // the machine that made it
	By     string // the program, its version and kernel
	Hash   hash.Hash
	Vote   record.Vote // of the machines that made it
	Reason string      // why it can't be verified, as the rest of a sentence that begins with the name; or ""

	batch batch
	maker maker
	was   record.Record
}

// Log returns the name of the jobs' event log.
func (v *Verification) Log() string { return v.folder() + "/log.txt" }

// Identity returns what the notes of the jobs in the log have in common.
func (v *Verification) Identity() string { return v.id }

func (v *Verification) folder() string { return filepath.ToSlash(v.File) + ".verify" }

// Next records what the jobs have found, and submits those that are needed. It reports whether jobs are in the queue that
// must be followed before the next call.
func (v *Verification) Next(ctx context.Context, messages, stderr io.Writer) (inQueue bool, err error) {
	o := v.Options
	o.Output = filepath.ToSlash(v.File) + ".verify.sub"
	o.Resubmit, o.Continue = true, true // of what there is; it waits for others
	t, err := read(o)
	if err != nil {
		return false, err
	}
	if !t.kind.records() {
		return false, verify.OnlyMatprod(v.File)
	}
	t.Stdout, t.Stderr = condor.Template(condor.Literal(v.folder())+"/$(index).out"), condor.Template(condor.Literal(v.folder())+"/$(index).err")
	if t.locks, err = lock(ctx, t, messages); err != nil {
		return false, err
	}
	defer t.locks.unlock()
	if t.survey, err = inspect(ctx, t, stderr); err != nil {
		return false, err
	}
	hashes := &record.Cache{}
	defer hashes.Flush()
	t.records = outputs.NewRecords(".", hashes)
	if t.identity, err = identify(ctx, t, hashes); err != nil {
		return false, err
	}
	v.id = t.id.String()
	if t.doubts, err = readDoubts(t.records); err != nil {
		return false, err
	}
	t.work = t.avoiding(t.doubts.contradicted)
	if t.files.Sums {
		t.division = t.divideFor(forecast.Offer{Unknown: "nobody asked"})
	} else {
		t.division = t.divide(1)
	}
	earlier, err := lookBack(ctx, t, stderr)
	if err != nil {
		return false, err
	}
	if n := earlier.perJob(t); n > 0 {
		t.division = t.divide(n)
	}
	t.Log, t.again = condor.Template(condor.Literal(v.Log())), true
	s := verifying{Verification: v, task: t, earlier: earlier, messages: messages, stderr: stderr}
	return s.next(ctx)
}

// A verifying is one call of [Verification.Next].
type verifying struct {
	*Verification
	task     task                  // its log is that of the jobs that make outputs again
	earlier  past                  // of the run
	jobs     map[int]*eventlog.Job // the latest job that made an output again, by its first product
	cluster  int                   // the latest cluster of these
	messages io.Writer
	stderr   io.Writer
}

func (s *verifying) next(ctx context.Context) (inQueue bool, err error) {
	if err := s.readLog(ctx); err != nil {
		return false, err
	}
	pending, err := s.record(ctx)
	if err != nil {
		return false, err
	}
	there := map[string]bool{}
	for _, name := range outputs.Existing(s.task.makesAll(s.task.batches)) {
		there[name] = true
	}
	var existing []batch
	for _, b := range s.task.batches {
		if there[s.task.makes(b)[0]] {
			existing = append(existing, b)
		}
	}
	if existing == nil {
		return false, status.DataError(fmt.Errorf("%s: none of its outputs is here: %s", s.File, text.First(s.task.makesAll(s.task.batches), ", ")), "")
	}
	if s.chosen == nil {
		s.choose(existing, pending)
	}
	s.Verdicts = nil
	var again []Verdict
	for _, b := range existing {
		name := s.task.makes(b)[0]
		if !s.chosen[name] {
			continue
		}
		d, err := s.look(ctx, b)
		if err != nil {
			return false, err
		}
		s.Verdicts = append(s.Verdicts, d)
		job := s.jobs[b.first]
		switch _, decided := d.Vote.Decided(); {
		case d.Reason != "" || decided || len(d.Vote.Machines()) >= 3:
		case job != nil && isActive(job):
			inQueue = true
		case job != nil && job.State == eventlog.Done && s.asked[name] > len(d.Vote.Machines())/2:
			return false, fmt.Errorf("%s: job %v on %s printed no record of %s that counts", s.Log(), job.ID, last(job).Machine, name)
		default:
			again = append(again, d)
		}
	}
	if len(again) > 0 {
		if err := s.submit(ctx, again); err != nil {
			return false, err
		}
		inQueue = true
	}
	s.Contradicted, s.Doubtful = s.task.doubts.contradicted, nil
	for _, b := range existing {
		name := s.task.makes(b)[0]
		if _, is, err := s.task.isDoubtful(ctx, name, s.earlier.latest.Of(b.first)); err != nil {
			return false, err
		} else if is {
			s.Doubtful = append(s.Doubtful, name)
		}
	}
	return inQueue, nil
}

// readLog reads the log of the jobs that make outputs again.
func (s *verifying) readLog(ctx context.Context) error {
	s.jobs = map[int]*eventlog.Job{}
	name := s.Log()
	if !exists(name) {
		return nil
	}
	journal, err := joblog.Open(name)
	if err != nil {
		return err
	}
	defer journal.Close()
	if err := journal.Read(func(*eventlog.Event) {}); err != nil {
		return err
	}
	journal.Identity = s.id
	if err := journal.Ask(ctx, journal.Select(nil)); err != nil {
		return err
	}
	for _, j := range journal.History.Jobs() {
		note, ok := j.Note()
		if !ok || note.ID != s.id {
			continue
		}
		if old := s.jobs[note.First]; old == nil || j.SubmittedAfter(old) {
			s.jobs[note.First] = j
		}
		s.cluster = max(s.cluster, j.Cluster)
	}
	return nil
}

// record records what the jobs that are done have found, and returns the outputs with which a former call was not done:
// those of its latest jobs, if some were not done, or if nobody knows what they found.
func (s *verifying) record(ctx context.Context) (pending []string, err error) {
	var list []record.Verified
	var latest []string
	unfinished := false
	for _, b := range s.task.batches {
		job := s.jobs[b.first]
		if job == nil {
			continue
		}
		name := s.task.makes(b)[0]
		if job.Cluster == s.cluster && job.State != eventlog.Removed && exists(name) {
			latest = append(latest, name)
			unfinished = unfinished || !job.Ended()
		}
		if job.State != eventlog.Done || len(job.Attempts) == 0 || !exists(name) {
			continue
		}
		d, err := s.look(ctx, b)
		if err != nil {
			return nil, err
		}
		if d.Reason != "" {
			continue
		}
		if found, ok := s.found(b, job, d); ok && !slices.ContainsFunc(s.task.doubts.found, func(v record.Verified) bool {
			return v.Name == found.Name && v.Hash == found.Hash && v.Found == found.Found && v.Maker == found.Maker && v.Machine == found.Machine
		}) {
			list = append(list, found)
			unfinished = unfinished || job.Cluster == s.cluster
		} else if _, decided := d.Vote.Decided(); !decided && len(d.Vote) > 1 && len(d.Vote.Machines()) < 3 {
			unfinished = unfinished || job.Cluster == s.cluster
		}
	}
	if len(list) > 0 {
		if err := record.AppendVerified(".", list...); err != nil {
			return nil, err
		}
		s.task.records.Reload()
		if s.task.doubts, err = readDoubts(s.task.records); err != nil {
			return nil, err
		}
	}
	if !unfinished {
		latest = nil
	}
	return latest, nil
}

// found returns what a job that is done has found.
func (s *verifying) found(b batch, job *eventlog.Job, d Verdict) (v record.Verified, ok bool) {
	f, err := os.Open(s.task.Stdout.Expand(b.index, b.first, b.count))
	if err != nil {
		return v, false
	}
	defer f.Close()
	records, _ := record.ParseStdout(f) // what was read before an error of the disk is as true
	for _, made := range slices.Backward(records) {
		if made.Name == path.Base(d.Name) && record.Same(made.Recipe, s.task.recipeOf(b)) && record.OtherInput(d.was.From, made.From) == "" && !slices.ContainsFunc(d.maker.names, func(name string) bool { return record.SameMachine(name, last(job).Machine) }) {
			return record.Verified{Name: inFolder(d.Name), Hash: d.Hash, Maker: d.Maker, Found: made.Hash, Machine: last(job).Machine, By: made.By, Time: made.Time}, true
		}
	}
	return v, false
}

// choose chooses the sample, or continues with that of a former call.
func (s *verifying) choose(existing []batch, pending []string) {
	s.chosen, s.asked = map[string]bool{}, map[string]int{}
	if pending != nil {
		fmt.Fprintf(s.messages, "continues with %s, for which an earlier call submitted jobs\n", text.Count(len(pending), "output"))
		for _, name := range pending {
			s.chosen[name] = true
		}
		return
	}
	sample := verify.Choose(s.Sample.Of(len(existing)), existing, s.Seed)
	fmt.Fprintf(s.messages, "a sample of %s of %s: -verify_seed=%s\n", text.Number(len(sample)), text.Count(len(existing), "output"), s.Seed)
	for _, b := range sample {
		s.chosen[s.task.makes(b)[0]] = true
	}
}

// look compares an output with its record, and returns the vote on it.
func (s *verifying) look(ctx context.Context, b batch) (d Verdict, err error) {
	name := s.task.makes(b)[0]
	d = Verdict{Name: name, batch: b}
	known, err := s.task.records.Of(name)
	if err != nil {
		return d, err
	}
	found, err := s.task.records.Hashes.Check(ctx, name, known, s.task.expected(ctx, b))
	if err != nil {
		return d, err
	}
	if d.Reason = found.Reason; found.Outcome != record.Valid {
		return d, nil
	}
	if d.Hash, _, err = s.task.records.Hashes.Hash(ctx, name); err != nil {
		return d, err
	}
	job := s.earlier.latest.Of(b.first)
	var ok bool
	if d.was, ok = recordOf(known, d.Hash, job); !ok {
		d.Reason = "was changed while it was being read"
		return d, nil
	}
	d.maker = makerOf(d.was, job)
	if d.Maker, d.By = d.maker.machine, d.was.By; d.Maker == "" {
		d.Reason = "was made on a machine that nobody knows"
	}
	d.Vote = record.VoteOn(s.task.doubts.found, inFolder(name), d.Hash)
	return d, nil
}

// submit submits jobs that make outputs again, each on a machine that has not made it.
func (s *verifying) submit(ctx context.Context, again []Verdict) error {
	conditions, _ := s.task.conditions()
	machines, known := forecast.Machines(ctx, conditions)
	p := plan{}
	for _, d := range again {
		if all, _ := d.others(machines); known && all == 0 {
			return status.WithHint(fmt.Errorf("%s: no machine of the pool but %s can make %s again", s.File, strings.Join(d.makers(), ", "), d.Name),
				"matprod -verify "+s.Sample.String()+" "+s.File+" makes a sample again on this machine")
		}
		p.batches = append(p.batches, d.batch)
	}
	description := descriptionOf(s.task, p, false)
	description.Returned = nil
	for i, is := range elsewhere(again, machines, s.task.Cpus) {
		description.Jobs[i].Avoid = again[i].makers()
		if is {
			description.Jobs[i].NotUnder = again[i].maker.system
		}
	}
	var b bytes.Buffer
	if err := description.Write(&b); err != nil {
		return status.DataError(fmt.Errorf("%s: %w", s.File, err), "")
	}
	name := s.task.subFile()
	h := handover{task: s.task, plan: p, messages: s.messages, stderr: s.stderr}
	for _, v := range again {
		if job := s.jobs[v.batch.first]; job != nil && job.State == eventlog.Held {
			h.plan.held = append(h.plan.held, job.ID)
		}
		s.asked[v.Name]++
	}
	if err := makeFolders([]string{description.Outbox, s.folder()}); err != nil {
		return err
	}
	if err := s.task.programs.copyVariants(path.Dir(name), s.messages); err != nil {
		return err
	}
	if err := writeMarked(textFile{name, b.Bytes()}, s.messages); err != nil {
		return err
	}
	fmt.Fprintf(s.messages, "%s: %s, on other machines\n", name, s.task.summary(p.batches))
	if err := h.run(ctx, s.messages, "condor_submit", name); err != nil {
		return err
	}
	return h.removeHeld(ctx, "the new jobs are submitted")
}
