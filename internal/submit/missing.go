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
	"matpool/internal/base/file"
	"matpool/internal/base/text"
	"matpool/internal/joblog"
	"matpool/internal/status"
	"matpool/internal/sum"
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
func chooseMissing(ctx context.Context, t task, s survey, d division, q queue) ([]batch, string, error) {
	if len(t.outputs.names) == 0 {
		return nil, "", status.DataError(fmt.Errorf("%s: indexed_output_files: -resubmit needs the names of the outputs of a program other than matprod", t.File), "")
	}
	if err := checkSameInputs(t, d, q); err != nil {
		return nil, "", err
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
	found := fmt.Sprintf("of %s: %s done, %s in the queue, %s missing", text.Count(len(states), unit(t)),
		text.Number(counts[done]), text.Number(counts[queued]), text.Number(counts[missing]))
	var batches []batch
	for _, b := range d.batches {
		batches = append(batches, missingOf(d, b, of(b))...)
	}
	return batches, found, nil
}

// missingOf returns batches of the missing products of a batch.
func missingOf(d division, b batch, states []state) (list []batch) {
	for i := 0; i < len(states); i++ {
		if states[i] != missing {
			continue
		}
		first := i
		for i < len(states) && states[i] == missing {
			i++
		}
		list = append(list, d.subBatch(b.first+first, i-first))
	}
	if len(list) == 1 && list[0].count == b.count {
		return []batch{b}
	}
	return list
}

// stateOf returns the state of one product of a batch. The job is the latest for this
// product, or nil.
func stateOf(t task, b batch, number int, m product, job *eventlog.Job) (state, error) {
	var since time.Time // an older output is from an earlier job
	if job != nil {
		since = job.Submitted
	}
	valid, err := isValid(t, b, number, m, since)
	switch {
	case err != nil:
		return missing, err
	case job != nil && isActive(job):
		return queued, nil
	case valid && (job != nil || !t.Sum && t.Random == nil): // only the log shows which products a sum has, and of which random inputs
		return done, nil
	}
	return missing, nil
}

// isValid reports whether the outputs of a product came back (see [joblog.Look]) and are valid:
// an output of matprod is a matrix of the right size. None is older than its inputs or the
// submission of its job.
func isValid(t task, b batch, number int, m product, since time.Time) (bool, error) {
	last := since.Truncate(time.Second)
	var inputs []string
	for _, name := range t.IndexedInputFiles() {
		inputs = append(inputs, file.Indexed(name, number))
	}
	if t.Fixed.Factor != "" {
		inputs = append(inputs, t.Inputs...)
	}
	for _, name := range inputs {
		if info, err := os.Stat(name); err == nil && info.ModTime().After(last) {
			last = info.ModTime()
		}
	}
	if !t.outputs.sums {
		b = batch{index: number, first: number, count: 1}
	}
	for _, name := range t.outputs.of(b) {
		if found, err := joblog.Look(name, last); err != nil || found != joblog.Present {
			return false, err
		}
		if ok, err := hasValidContent(t, name, m); err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

// hasValidContent reports whether an output of matprod is a matrix of the product's size, or
// a partial sum of that size. For another program, it only checks that a file whose name ends
// in .npy is a .npy file.
func hasValidContent(t task, name string, m product) (bool, error) {
	var shape []int
	var err error
	switch {
	case t.Matprod:
		var isSum bool
		if shape, isSum, err = sum.TermShape(name); err == nil && isSum != t.Sum {
			return false, nil
		}
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

// checkSameSums makes sure that the partial sums of earlier jobs have the same ranges as the
// new ones: otherwise matcombine would add products twice or not at all.
func checkSameSums(t task, d division, q queue) error {
	for _, b := range d.batches {
		for _, job := range q.latest[b.first-t.FirstIndex:][:b.count] {
			if job == nil {
				continue
			}
			if note, _ := job.Note(); note.First != b.first || note.Count != b.count {
				return status.UsageError(fmt.Errorf("%s: job %v has %s from %d on, but now a job has up to %d: partial sums of different ranges cannot be combined",
					logs(t, d)[0], job.ID, text.Count(note.Count, "product"), note.First, d.perJob),
					fmt.Sprintf("-products_per_job=%d continues with them; -force starts over", note.Count))
			}
		}
	}
	return nil
}
