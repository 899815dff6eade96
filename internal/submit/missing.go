package submit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/internal/base/hash"
	"matpool/internal/base/text"
	"matpool/internal/outputs"
	"matpool/internal/record"
	"matpool/internal/status"
	"matpool/npyio"
)

// The state of a product, or of the job that returns its sum.
type state int

const (
	missing state = iota
	done          // its output exists and is valid
	queued        // an earlier job, still in the queue, makes it
)

// chooseMissing returns batches of the products that are neither done nor in the queue, and a
// line that counts each state. Each range of missing products in a batch becomes a batch. A
// missing sum becomes the same batch again.
func chooseMissing(ctx context.Context, t task, earlier past) ([]batch, string, error) {
	if len(t.files.Names) == 0 {
		return nil, "", status.DataError(fmt.Errorf("%s: indexed_output_files: -resubmit needs the names of the outputs of a program other than matprod", t.File), "")
	}
	if err := earlier.checkSameInputs(t.work); err != nil {
		return nil, "", err
	}
	if t.files.Sums {
		if err := earlier.checkSameSums(t); err != nil {
			return nil, "", err
		}
	}
	if err := earlier.rivals.check(); err != nil {
		return nil, "", err
	}
	states := make([][]state, len(t.batches)) // of each product of a batch, or of its sum
	reasons := make([][]outputs.Found, len(t.batches))
	err := forEach(ctx, len(t.batches), func(int64, int64) {}, func(i int) (err error) {
		b, n := t.batches[i], 1
		if !t.files.Sums {
			n = b.count
		}
		states[i], reasons[i] = make([]state, n), make([]outputs.Found, n)
		for k := range n {
			if states[i][k], reasons[i][k], err = t.stateOf(ctx, b, b.first+k, earlier); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, "", err
	}
	var batches []batch
	var counts [3]int
	for i, b := range t.batches {
		for _, s := range states[i] {
			counts[s] += b.count / len(states[i])
		}
		batches = append(batches, missingOf(t.division, b, states[i])...)
	}
	found := fmt.Sprintf("of %s: %s done, %s in the queue, %s missing", text.Count(t.TotalJobs, t.kind.unit()),
		text.Number(counts[done]), text.Number(counts[queued]), text.Number(counts[missing]))
	if why := whyAgain(t, slices.Concat(reasons...)); why != "" {
		found += "\n" + why
	} else if t.Continue && counts[missing] == t.TotalJobs { // there is nothing to continue
		found = ""
	}
	return batches, found, nil
}

// missingOf returns batches of the missing products of a batch, whose states are those of its products or of its sum.
func missingOf(d division, b batch, states []state) (list []batch) {
	each := b.count / len(states)
	for i := 0; i < len(states); i++ {
		if states[i] != missing {
			continue
		}
		first := i
		for i < len(states) && states[i] == missing {
			i++
		}
		list = append(list, d.subBatch(b.first+first*each, (i-first)*each))
	}
	if len(list) == 1 && list[0].count == b.count {
		return []batch{b}
	}
	return list
}

// stateOf returns the state of one product of a batch, or of the batch if it makes a sum, and what is
// wrong with an output that exists.
func (t task) stateOf(ctx context.Context, b batch, number int, earlier past) (state, outputs.Found, error) {
	job := earlier.latest.Of(number)
	if job != nil && isActive(job) {
		return queued, outputs.Found{}, nil
	}
	if t.files.Sums {
		job = earlier.ofBatch(b)
	} else {
		b = batch{index: number, first: number, count: 1}
	}
	if found, err := t.outdatedInput(ctx, b, job); err != nil || found.State != outputs.Valid {
		if !slices.ContainsFunc(t.makes(b), exists) {
			found.Reason = "" // nothing is made again
		}
		return missing, found, err
	}
	recorded := false
	for _, o := range t.outputsOf(ctx, b, job) {
		var found outputs.Found
		var err error
		if found, recorded, err = t.look(ctx, o, b, job); err != nil {
			return missing, outputs.Found{}, err
		}
		rival := earlier.rivals.latest[filepath.Clean(o.Name)]
		if found.State == outputs.Valid && !recorded && rival != nil && (job == nil || rival.SubmittedAfter(job)) {
			found = outputs.Found{State: outputs.Foreign, Reason: fmt.Sprintf("was made by job %v of another run", rival.ID)}
		}
		if found.Err != nil || found.State != outputs.Valid {
			if found.Reason = cmp.Or(found.Reason, found.State.Why()); found.Reason != "" {
				found.Reason = o.Name + " " + found.Reason
			}
			return missing, found, found.Err
		}
		if on, is, err := t.isDoubtful(ctx, o.Name, job); err != nil || is {
			return missing, outputs.Found{State: outputs.Doubtful, Reason: fmt.Sprintf("%s was made on %s", o.Name, on)}, err
		}
	}
	// Without a record, only the log shows which products a sum has, and of which random inputs.
	if recorded || job != nil || !t.files.Sums && t.Random == nil {
		return done, outputs.Found{State: outputs.Valid}, nil
	}
	return missing, outputs.Found{}, nil
}

// look looks at an output of a batch, and reports whether there is a record of it. What the jobs have printed matters
// only if no record in matpool.tsv says that the output is valid.
func (t task) look(ctx context.Context, o outputs.Output, b batch, job *eventlog.Job) (found outputs.Found, recorded bool, err error) {
	if o.Records, err = t.records.Kept(o.Name); err != nil {
		return found, false, err
	}
	if len(o.Records) > 0 {
		if found = o.Look(ctx); found.State == outputs.Valid {
			return found, true, nil
		}
	}
	if o.Records, err = t.records.Of(o.Name); err != nil {
		return found, false, err
	}
	if len(o.Records) == 0 {
		o.Since = t.since(b, job)
	}
	return o.Look(ctx), len(o.Records) > 0, nil
}

// ofBatch returns the latest job of all products of a batch, or nil.
func (p *past) ofBatch(b batch) *eventlog.Job {
	job, n := p.latest.Of(b.first), 0
	for made := range p.latest.In(b.first, b.count) {
		if made.Job == job {
			n += made.Count
		}
	}
	if n < b.count {
		return nil
	}
	return job
}

// outdatedInput reports whether an input of a batch of another program has changed since its job was
// submitted, as far as it is recorded what the job was given.
func (t task) outdatedInput(ctx context.Context, b batch, job *eventlog.Job) (outputs.Found, error) {
	valid := outputs.Found{State: outputs.Valid}
	if t.kind.records() || job == nil {
		return valid, nil
	}
	given, err := t.records.Runs()
	if err != nil {
		return valid, err
	}
	for _, name := range t.inputs(b.first) {
		before, known := given.GivenTo(t.id, inFolder(name))
		if !known {
			continue
		}
		now, _, err := t.records.Hashes.Hash(ctx, name)
		if err != nil {
			return valid, err
		}
		if now != before {
			return outputs.Found{State: outputs.Outdated, Reason: fmt.Sprintf("%s has changed since job %v was submitted", name, job.ID)}, nil
		}
	}
	return valid, nil
}

// outputsOf returns the outputs of a batch: of one product, or of a sum.
func (t task) outputsOf(ctx context.Context, b batch, job *eventlog.Job) (list []outputs.Output) {
	shape := t.products.of(b.first).shape
	for _, name := range t.makes(b) {
		list = append(list, outputs.Output{Name: name, Hashes: t.records.Hashes, Expected: t.expected(ctx, b),
			Any:     !t.kind.records() && job != nil && job.State == eventlog.Done,
			Content: func(name string) (bool, error) { return t.couldMake(name, shape) }})
	}
	return list
}

// since returns the time that an output without a record must not be older than: that of its job, unless
// HTCondor has brought it back for this run, and those of its inputs, unless their content is recorded.
// A time in the future says nothing.
func (t task) since(b batch, job *eventlog.Job) (since time.Time) {
	ended := false
	if job != nil {
		note, _ := job.Note()
		if ended = job.State == eventlog.Done && note.ID != ""; !ended {
			since = outputs.Submitted(job.Submitted)
		}
	}
	given, _ := t.records.Runs() // an error is reported with the output's records
	now := time.Now()
	for _, name := range t.sources(b) {
		if _, known := given.GivenTo(t.id, inFolder(name)); known && ended {
			continue
		}
		if info, err := os.Stat(name); err == nil && info.ModTime().After(since) && !info.ModTime().After(now) {
			since = info.ModTime()
		}
	}
	return since
}

// expected returns what the record of a batch's output must say: how it was made, and of which inputs. A job
// knows only the last parts of their names.
func (t task) expected(ctx context.Context, b batch) record.Expected {
	want := record.Expected{Recipe: t.recipeOf(b)}
	if !t.kind.records() {
		return want
	}
	inputs := map[string]string{} // by the last parts of their names
	for _, name := range t.sources(b) {
		inputs[condor.Base(name)] = name
	}
	want.Input = func(name string) (hash.Hash, bool) {
		input, ok := inputs[path.Base(name)]
		if !ok {
			return hash.Hash{}, false
		}
		h, _, err := t.records.Hashes.Hash(ctx, input)
		return h, err == nil
	}
	return want
}

// recipeOf returns the recipe of what a batch makes, of one product or of a sum.
func (t task) recipeOf(b batch) record.Recipe {
	if t.files.Sums {
		return record.Sum(t.family, record.NewRanges(record.Range{First: b.first, Last: b.first + b.count - 1}))
	}
	return t.family.At(b.first)
}

// whyAgain says in a line which outputs exist, but are to be made again, and why the first of each kind
// is.
func whyAgain(t task, reasons []outputs.Found) string {
	what := map[outputs.State]string{outputs.Foreign: "made in another way", outputs.Outdated: "of other inputs", outputs.Changed: "changed since",
		outputs.Doubtful: "made on machines that others contradict"}
	counts, first := map[outputs.State]int{}, map[outputs.State]string{}
	for _, r := range reasons {
		if r.Reason != "" {
			counts[r.State]++
			first[r.State] = cmp.Or(first[r.State], r.Reason)
		}
	}
	var words []string
	for _, state := range []outputs.State{outputs.Foreign, outputs.Outdated, outputs.Changed, outputs.Doubtful} {
		if n := counts[state]; n > 0 {
			words = append(words, fmt.Sprintf("%s %s (%s)", text.Number(n), what[state], first[state]))
		}
	}
	if words == nil {
		return ""
	}
	return "to be made again: " + strings.Join(words, ", ")
}

// couldMake reports whether a file can be an output for a product of a shape. A damaged one cannot.
func (w work) couldMake(name string, shape []int) (bool, error) {
	ok, err := w.kind.couldMake(w, name, shape)
	if errors.Is(err, npyio.ErrFormat) || errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return ok && err == nil, err
}
