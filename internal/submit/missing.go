package submit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"matpool/condor/eventlog"
	"matpool/internal/base/text"
	"matpool/internal/outputs"
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
func chooseMissing(ctx context.Context, t task, earlier past) ([]batch, string, error) {
	if len(t.files.Names) == 0 {
		return nil, "", status.DataError(fmt.Errorf("%s: indexed_output_files: -resubmit needs the names of the outputs of a program other than matprod", t.File), "")
	}
	if err := earlier.checkSameInputs(t.work); err != nil {
		return nil, "", err
	}
	if t.kind == ofSum {
		if err := earlier.checkSameSums(t.work); err != nil {
			return nil, "", err
		}
	}
	if err := earlier.rivals.check(); err != nil {
		return nil, "", err
	}
	states := make([]state, t.TotalJobs)
	of := func(b batch) []state { return states[b.first-t.FirstIndex:][:b.count] }
	err := forEach(ctx, len(t.batches), func(int64, int64) {}, func(i int) error {
		b := t.batches[i]
		for k := range of(b) {
			var err error
			if of(b)[k], err = t.stateOf(b, b.first+k, earlier.latest[b.first+k-t.FirstIndex]); err != nil {
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
	found := fmt.Sprintf("of %s: %s done, %s in the queue, %s missing", text.Count(len(states), t.unit()),
		text.Number(counts[done]), text.Number(counts[queued]), text.Number(counts[missing]))
	var batches []batch
	for _, b := range t.batches {
		batches = append(batches, missingOf(t.division, b, of(b))...)
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
func (w work) stateOf(b batch, number int, job *eventlog.Job) (state, error) {
	var since time.Time
	if job != nil {
		since = outputs.Submitted(job.Submitted)
	}
	valid := true
	for _, o := range w.outputsOf(b, number, since) {
		found, err := o.State()
		if err != nil {
			return missing, err
		}
		if valid = found == outputs.Valid; !valid {
			break
		}
	}
	switch {
	case job != nil && isActive(job):
		return queued, nil
	case valid && (job != nil || w.kind != ofSum && w.Random == nil): // only the log shows which products a sum has, and of which random inputs
		return done, nil
	}
	return missing, nil
}

// outputsOf returns the outputs of one product of a batch, or of the batch if it makes a sum. None may be
// older than a time or than the product's inputs.
func (w work) outputsOf(b batch, number int, since time.Time) (list []outputs.Output) {
	for _, name := range w.sources(number) {
		if info, err := os.Stat(name); err == nil && info.ModTime().After(since) {
			since = info.ModTime()
		}
	}
	if !w.files.Sums {
		b = batch{index: number, first: number, count: 1}
	}
	shape := w.products[number-w.FirstIndex].shape
	for _, name := range w.makes(b) {
		list = append(list, outputs.Output{Name: name, Since: since, Content: func(name string) (bool, error) { return w.couldMake(name, shape) }})
	}
	return list
}

// couldMake reports whether a file of matprod is a matrix of a product's shape, or a partial sum of
// that shape. For another program, it only checks that a file whose name ends in .npy is a .npy file.
func (w work) couldMake(name string, shape []int) (ok bool, err error) {
	switch {
	case w.kind != ofProgram:
		var found []int
		var isSum bool
		found, isSum, err = sum.TermShape(name)
		ok = isSum == (w.kind == ofSum) && slices.Equal(found, shape)
	case isNPY(name):
		var f *npyio.File
		if f, err = npyio.Open(name); err == nil {
			f.Close()
		}
		ok = true
	default:
		ok = true
	}
	if errors.Is(err, npyio.ErrFormat) || errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return ok && err == nil, err
}
