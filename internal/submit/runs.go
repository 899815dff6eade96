package submit

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/internal/base/file"
	"matpool/internal/base/hash"
	"matpool/internal/outputs"
	"matpool/internal/record"
)

// recordRun adds the jobs that have just been submitted to what is recorded of the run. There, the records of their
// outputs are found. The jobs do not depend on it.
func (h handover) recordRun(ctx context.Context) {
	t := h.task
	if err := t.record(ctx, h.plan.batches, !t.Resubmit, h.expected); err != nil {
		fmt.Fprintf(h.stderr, "matsubmit: warning: it is not recorded what the outputs are made from: %v\n", err)
	} else if t.kind.records() && t.runOf(nil).StdoutOf(record.Job{}) == "" {
		fmt.Fprintf(h.stderr, "matsubmit: warning: it is not recorded what the outputs are made from, because only HTCondor knows the names in stdout = %s\n", t.Stdout)
	}
}

// keepRecords keeps the records that the stdouts of the jobs have, which replace earlier ones of this run or of
// others: a stdout has its job's records until then.
func (h handover) keepRecords(ctx context.Context) error {
	t := h.task
	if !t.kind.records() {
		return nil
	}
	runs, err := t.records.Runs()
	if err != nil {
		return err
	}
	run := t.runOf(h.plan.batches)
	var stdouts []string
	for _, job := range run.Jobs {
		stdouts = append(stdouts, run.StdoutOf(job))
	}
	if err := runs.Keep(ctx, t.records.Hashes, stdouts); err != nil {
		return err
	}
	t.records.Reload()
	return nil
}

// record records a run with these jobs, and with those that are recorded already unless it begins
// anew. Of another program, it records what the jobs were given. The time expected is that of the first jobs.
func (t task) record(ctx context.Context, batches []batch, anew bool, expected time.Duration) error {
	runs, err := t.records.Runs()
	if err != nil {
		return err
	}
	run := t.runOf(batches)
	run.Expected = expected
	if before, ok := t.recorded(runs); ok && !anew {
		run.Jobs, run.Expected = mergeJobs(before.Jobs, run.Jobs), before.Expected
	}
	if err := t.recordGiven(ctx, runs, batches); err != nil {
		return err
	}
	return record.AppendRun(".", run)
}

// recorded returns the run of this file with this identity, if it is recorded.
func (t task) recorded(runs *record.Folder) (record.Run, bool) {
	for _, run := range slices.Backward(runs.Runs()) {
		if run.ID == t.id && run.File == inFolder(t.File) {
			return run, true
		}
	}
	return record.Run{}, false
}

// mergeJobs returns two lists of jobs as one, without repetitions.
func mergeJobs(list, more []record.Job) []record.Job {
	known := map[record.Job]bool{}
	for _, j := range list {
		known[j] = true
	}
	for _, j := range more {
		if !known[j] {
			list = append(list, j)
		}
	}
	return list
}

// runOf returns the run with these jobs.
func (t task) runOf(batches []batch) record.Run {
	machine, _ := os.Hostname()
	run := record.Run{File: inFolder(t.File), ID: t.id, Family: t.family, Sum: t.files.Sums, Stdout: inFolder(string(t.Stdout)),
		First: t.FirstIndex, Total: t.TotalJobs, By: "matsubmit " + t.Version, Machine: machine, Time: time.Now()}
	for _, name := range t.IndexedInputFiles() {
		run.Inputs = append(run.Inputs, inFolder(file.InsertIndex(name, "$(index)")))
	}
	for _, name := range t.Inputs {
		run.Inputs = append(run.Inputs, inFolder(name))
	}
	for _, name := range t.files.Names {
		run.Outputs = append(run.Outputs, inFolder(file.InsertIndex(name, "$(index)")))
	}
	for _, b := range batches {
		run.Jobs = append(run.Jobs, record.Job{Index: b.index, First: b.first, Count: b.count})
	}
	return run
}

// inFolder returns the name by which the records in the current folder have a file.
func inFolder(name string) string { return path.Clean(filepath.ToSlash(name)) }

// recordGiven records the numbered inputs of another program's jobs, unless they are as they were.
func (t task) recordGiven(ctx context.Context, runs *record.Folder, batches []batch) error {
	if t.kind.records() || len(t.IndexedInputFiles()) == 0 {
		return nil
	}
	machine, _ := os.Hostname()
	given := make([][]record.Given, len(batches))
	err := forEach(ctx, len(batches), func(int64, int64) {}, func(i int) error {
		for k := range batches[i].count {
			for _, name := range t.inputs(batches[i].first + k) {
				h, size, err := t.records.Hashes.Hash(ctx, name)
				if err != nil {
					return err
				}
				if before, ok := runs.GivenTo(t.id, inFolder(name)); !ok || before != h {
					given[i] = append(given[i], record.Given{Name: inFolder(name), Run: t.id, Size: size, Hash: h, By: "matsubmit " + t.Version, Machine: machine, Time: time.Now()})
				}
			}
		}
		return nil
	})
	if list := slices.Concat(given...); err == nil && len(list) > 0 {
		err = record.AppendGiven(".", list...)
	}
	return err
}

// recordFound records jobs of this run that the log has, but not the records: matsubmit was killed
// after it had submitted them.
func (t task) recordFound(ctx context.Context, p past) error {
	runs, err := t.records.Runs()
	if err != nil {
		return err
	}
	run, _ := t.recorded(runs)
	known := map[[2]int]bool{}
	for _, j := range run.Jobs {
		known[[2]int{j.First, j.Count}] = true
	}
	var found []batch
	var last *eventlog.Job
	for made := range p.latest.In(t.FirstIndex, t.TotalJobs) {
		if made.Job == last {
			continue
		}
		last = made.Job
		note, _ := last.Note()
		if note.ID == t.id.String() && !known[[2]int{note.First, note.Count}] {
			found = append(found, t.batchOf(note.First, note.Count))
		}
	}
	if len(found) == 0 {
		return nil
	}
	if err := t.record(ctx, found, false, 0); err != nil {
		return err
	}
	t.records.Reload()
	return nil
}

// batchOf returns the batch with these products, which an earlier call made.
func (d division) batchOf(first, count int) batch {
	i, ok := slices.BinarySearchFunc(d.batches, first, func(b batch, first int) int { return b.first - first })
	if ok && d.batches[i].count == count {
		return d.batches[i]
	}
	return d.subBatch(first, count)
}

// An identity tells a run from others that share its log, its outputs' names or its submission file: jobs with
// the same identity make the same files of the same inputs.
type identity struct {
	id     hash.Hash
	family record.Recipe // of the products, or of what another program makes
}

// identify returns the identity of the jobs' run. Of another program, its file and the files that every
// job gets count with their content.
func identify(ctx context.Context, t task, hashes *record.Cache) (x identity, err error) {
	var names, more []string
	for _, name := range t.files.Names {
		names = append(names, outputs.FromLog(string(t.Log), file.InsertIndex(name, "$(index)")))
	}
	if t.files.Sums {
		more = append(more, "sum")
	}
	x.family = t.kind.family(t.work)
	for _, name := range t.kind.givenToAll(t.work) {
		h, _, err := hashes.Hash(ctx, name)
		if err != nil {
			return x, err
		}
		more = append(more, fmt.Sprintf("%s %v", condor.Base(name), h))
	}
	x.id = record.Identify(x.family, names, more...)
	return x, nil
}
