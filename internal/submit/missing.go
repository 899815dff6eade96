package submit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"matpool/condor/eventlog"
	"matpool/internal/file"
	"matpool/internal/flow"
	"matpool/internal/status"
	"matpool/internal/text"
	"matpool/npyio"
)

// The state of a product, or of the job that returns its sum.
type state int

const (
	missing state = iota
	done          // its output exists and is sound
	queued        // an earlier job, which is in the queue, will make it
)

// chooseMissing returns jobs for what is neither done nor in the queue, and a sentence on
// what was found. The missing products of a job with several make new jobs, one for each
// range of them. A job that returns a sum is made again as a whole.
func chooseMissing(ctx context.Context, t task, s survey, d division, q queue) ([]batch, string, error) {
	if len(t.outputs.names) == 0 {
		return nil, "", status.DataError(fmt.Errorf("%s: indexed_output_files: -resubmit must know what another program's outputs are called", t.File), "")
	}
	if t.Sum {
		if err := checkSameSums(t, d, q); err != nil {
			return nil, "", err
		}
	}
	states := make([]state, t.TotalJobs)
	of := func(b batch) []state { return states[b.first-t.FirstIndex:][:b.count] }
	err := forEach(ctx, len(d.batches), func(int64, int64) {}, func(i int) error {
		b := d.batches[i]
		for k := range b.count {
			number := b.first + k - t.FirstIndex
			var err error
			if states[number], err = stateOf(t, b, b.first+k, s.products[number], q.latest[number]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, "", err
	}
	var counts [3]int
	for _, s := range states {
		counts[s]++
	}
	found := fmt.Sprintf("of %s: %s there, %s in the queue, %s missing", text.Count(len(states), unit(t)),
		text.Number(counts[done]), text.Number(counts[queued]), text.Number(counts[missing]))
	var batches []batch
	for _, b := range d.batches {
		batches = append(batches, missingOf(d, b, of(b))...)
	}
	return batches, found, nil
}

// missingOf returns the jobs for what is missing of a job.
func missingOf(d division, b batch, states []state) (list []batch) {
	for i := 0; i < len(states); i++ {
		if states[i] != missing {
			continue
		}
		first := i
		for i < len(states) && states[i] == missing {
			i++
		}
		list = append(list, d.piece(b.first+first, i-first))
	}
	if len(list) == 1 && list[0].count == b.count {
		return []batch{b}
	}
	return list
}

// stateOf returns the state of one product of a batch, given the job that had it last, if
// any.
func stateOf(t task, b batch, number int, m product, job *eventlog.Job) (state, error) {
	var since time.Time // what is older was made by an earlier job
	if job != nil {
		since = job.Submitted
	}
	sound, err := isSound(t, b, number, m, since)
	switch {
	case err != nil:
		return missing, err
	case job != nil && isActive(job):
		return queued, nil
	case sound && (job != nil || !t.Sum): // only the log says which products a sum is of
		return done, nil
	}
	return missing, nil
}

// isSound reports whether the outputs of a product exist: not empty, as HTCondor makes
// them before it sends them, and in matprod's case a matrix of the right size; not older
// than its inputs, nor than the submission of the job that should make it.
func isSound(t task, b batch, number int, m product, since time.Time) (bool, error) {
	last := since.Truncate(time.Second)
	for _, name := range t.IndexedInputs {
		if info, err := os.Stat(file.Indexed(name, number)); err == nil && info.ModTime().After(last) {
			last = info.ModTime()
		}
	}
	if !t.outputs.sums {
		b = batch{index: number, first: number, count: 1}
	}
	for _, name := range t.outputs.of(b) {
		info, err := os.Stat(name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return false, nil
		case err != nil:
			return false, fmt.Errorf("%s: %w", name, file.Cause(err))
		case !info.Mode().IsRegular() || info.Size() == 0 || info.ModTime().Before(last):
			return false, nil
		}
		if ok, err := hasSoundContents(t, name, m); err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

// hasSoundContents reports whether an output holds what it should: a matrix of the
// product's size, or a sum of such. Of another program's outputs only this is known: one
// with a name in .npy is a .npy file.
func hasSoundContents(t task, name string, m product) (bool, error) {
	var shape []int
	var err error
	switch {
	case t.Matprod && npyio.IsNpz(name) != t.Sum:
		return false, nil
	case t.Matprod:
		shape, err = flow.TermShape(name)
	case strings.EqualFold(path.Ext(name), ".npy"):
		var f *npyio.File
		if f, err = npyio.Open(name); err == nil {
			f.Close()
		}
	}
	if errors.Is(err, npyio.ErrFormat) || errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && (!t.Matprod || slices.Equal(shape, m.shape)), err
}

// checkSameSums makes sure that the sums that exist, or will, are of the same products as
// those that would be submitted: others would be added twice, or not at all.
func checkSameSums(t task, d division, q queue) error {
	for _, b := range d.batches {
		for _, job := range q.latest[b.first-t.FirstIndex:][:b.count] {
			if job == nil {
				continue
			}
			if note, _ := job.Note(); note.First != b.first || note.Count != b.count {
				return status.UsageError(fmt.Errorf("%s: job %v has %s from %d on, but here a job has up to %d: sums of different ranges do not go together",
					logs(t, d)[0], job.ID, text.Count(note.Count, "product"), note.First, d.perJob),
					fmt.Sprintf("-products_per_job=%d goes on with them, -force begins anew", note.Count))
			}
		}
	}
	return nil
}
