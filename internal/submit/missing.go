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

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/internal/file"
	"matpool/internal/flow"
	"matpool/internal/status"
	"matpool/internal/text"
	"matpool/npyio"
)

// What -resubmit finds of a product, or of the job that returns its sum.
type state int

const (
	missing state = iota
	there         // its output is there, and sound
	queued        // an earlier job of the queue will make it
)

// chooseMissing chooses what is neither there nor in the queue. Where jobs have several
// products, those of one job that are missing make new jobs, for each range of them one.
// A job that returns a sum is made again as a whole.
func (p *plan) chooseMissing(ctx context.Context) error {
	if len(p.outputs()) == 0 {
		return status.DataError(fmt.Errorf("%s: indexed_output_files: -resubmit must know what another program's outputs are called", p.File), "")
	}
	if p.job.Sum {
		if err := p.checkSameSums(); err != nil {
			return err
		}
	}
	states := make([]state, p.job.TotalJobs)
	err := p.forAll(ctx, len(p.all), func(int64, int64) {}, func(i int) error {
		return p.look(p.all[i], states[p.all[i].First-p.job.FirstIndex:][:p.all[i].Count])
	})
	if err != nil {
		return err
	}
	var counts [3]int
	for _, s := range states {
		counts[s]++
	}
	p.notes = append(p.notes, fmt.Sprintf("of %s: %s there, %s in the queue, %s missing", text.Count(len(states), p.unit()),
		text.Number(counts[there]), text.Number(counts[queued]), text.Number(counts[missing])))
	for _, row := range p.all {
		p.rows = append(p.rows, p.missingOf(row, states[row.First-p.job.FirstIndex:][:row.Count])...)
	}
	return nil
}

// missingOf returns the jobs for what is missing of a job.
func (p *plan) missingOf(row condor.Row, states []state) (rows []condor.Row) {
	for i := 0; i < len(states); i++ {
		if states[i] != missing {
			continue
		}
		first := i
		for i < len(states) && states[i] == missing {
			i++
		}
		rows = append(rows, p.piece(row.First+first, i-first))
	}
	if len(rows) == 1 && rows[0].Count == row.Count {
		return []condor.Row{row}
	}
	return rows
}

// piece returns a job for some of the products of another. Its number is one that no
// job has had for other products and no job in the queue can have: behind those of all
// jobs, by its first product.
func (p *plan) piece(first, count int) condor.Row {
	return condor.Row{Index: len(p.all) + first, First: first, Count: count}
}

// look finds what has become of a job's products.
func (p *plan) look(row condor.Row, states []state) error {
	for i := range states {
		number := row.First + i
		job := p.queue.latest[number-p.job.FirstIndex]
		var since time.Time // what is older was made by an earlier job
		if job != nil {
			since = job.Submitted
		}
		sound, err := p.sound(row, number, since)
		sound = sound && (job != nil || !p.job.Sum)
		switch {
		case err != nil:
			return err
		case job != nil && (job.State == eventlog.Idle || job.State == eventlog.Running || job.State == eventlog.Unknown):
			states[i] = queued
		case sound:
			states[i] = there
		}
	}
	return nil
}

// sound reports whether the outputs of a product are there: not empty, as HTCondor
// makes them before it sends them, and in matprod's case a matrix of the right size;
// not older than its inputs, nor than the submission of the job that should make it.
//
// Which products a sum is of, only the log tells: without, it is made again.
func (p *plan) sound(row condor.Row, number int, since time.Time) (bool, error) {
	last := since.Truncate(time.Second)
	for _, name := range p.job.IndexedInputs {
		if info, err := os.Stat(file.Indexed(name, number)); err == nil && info.ModTime().After(last) {
			last = info.ModTime()
		}
	}
	for _, name := range p.outputs() {
		index := number
		if p.job.Sum {
			index = row.Index
		}
		name = file.Indexed(name, index)
		info, err := os.Stat(name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return false, nil
		case err != nil:
			return false, fmt.Errorf("%s: %w", name, file.Cause(err))
		case !info.Mode().IsRegular() || info.Size() == 0 || info.ModTime().Before(last):
			return false, nil
		}
		ok, err := p.soundContents(name, p.products[number-p.job.FirstIndex])
		if err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

// soundContents reports whether an output holds what it should: a matrix of the
// product's size, or a sum of such. Of another program's outputs nothing is known, but
// that what is called .npy is one.
func (p *plan) soundContents(name string, m product) (bool, error) {
	var shape []int
	var err error
	switch {
	case p.job.Matprod && npyio.IsNpz(name) != p.job.Sum:
		return false, nil
	case p.job.Matprod:
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
	return err == nil && (!p.job.Matprod || slices.Equal(shape, []int{m.rows, m.cols})), err
}

// checkSameSums makes sure that the sums that are there, or will be, are of the same
// products as those that would be submitted: others would be added twice, or not at all.
func (p *plan) checkSameSums() error {
	for _, row := range p.all {
		for i := range row.Count {
			job := p.queue.latest[row.First+i-p.job.FirstIndex]
			if job == nil {
				continue
			}
			note, _ := job.Note()
			if note.First != row.First || note.Count != row.Count {
				return status.UsageError(fmt.Errorf("%s: job %v has %s from %d on, but here a job has up to %d: sums of different ranges do not go together",
					p.logs()[0], job.ID, text.Count(note.Count, "product"), note.First, p.perJob),
					fmt.Sprintf("-products_per_job=%d goes on with them, -force begins anew", note.Count))
			}
		}
	}
	return nil
}
