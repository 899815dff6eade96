// Package combine adds up the outputs of a run's jobs, or joins their tiles, and prints the norm: for matcombine, and
// for matsubmit -run.
package combine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"matpool/condor"
	"matpool/condor/jobfile"
	"matpool/internal/base/file"
	"matpool/internal/base/hash"
	"matpool/internal/base/text"
	"matpool/internal/blocks"
	"matpool/internal/outputs"
	"matpool/internal/pair"
	"matpool/internal/progress"
	"matpool/internal/record"
	"matpool/internal/request"
	"matpool/internal/status"
	"matpool/internal/sum"
)

// A Collection is the files to add or, if there is a grid, the tiles to join, and what they must be.
type Collection struct {
	Names    []string
	Grid     jobfile.Grid
	Judgment sum.Judgment
}

// A Range says which of a submission file's outputs to combine, as far as the file does not.
type Range struct {
	First, Jobs *int // the first index and the number of files, if only these are meant
	Sums        int  // the number of partial sums, if it is known
}

// Requested sets the collection to the outputs of a simplified submission file.
func (c *Collection) Requested(name string, overrides []condor.Setting, of Range) error {
	q, err := request.Read(name, overrides...)
	if err != nil {
		return err
	}
	r, err := outputs.ToCombine(q, name)
	if err != nil {
		return err
	}
	run, isRun, err := request.Latest(name, q)
	if err != nil {
		return err
	}
	whole := of.First == nil && of.Jobs == nil
	if isRun && whole && !c.Judgment.Unchecked {
		if err := errors.Join(request.Differences(name, q, run)...); err != nil {
			return err
		}
	}
	if n := request.PerJob(run); q.Sum && of.Sums > 0 {
		r.Count = of.Sums
	} else if r.Count == 0 && n > 0 {
		r.Count = (q.TotalJobs + n - 1) / n
	}
	if of.First != nil {
		r.First = *of.First
	}
	if of.Jobs != nil {
		r.Count = *of.Jobs
	}
	if r.Count == 0 {
		return status.UsageError(fmt.Errorf("%s: has products_per_job = auto, so the number of sums is unknown: set it with -jobs", name), "see matcombine -help")
	}
	c.Names, c.Grid = file.IndexedRange(r.Name, r.First, r.Count), r.Grid
	j := &c.Judgment
	j.Submission = name
	j.Folders = []string{filepath.Dir(name), "."}
	if whole {
		j.Products = record.Ranges{{First: q.FirstIndex, Last: q.FirstIndex + q.TotalJobs - 1}}
	}
	if isRun {
		j.Family = run.Family
	}
	if q.Matprod {
		p, err := pair.Requested(q)
		if err != nil {
			return err
		}
		j.Family, j.InputsOf = p.Family(), func(n int) []string { return p.Numbered(n).Files() }
	}
	return nil
}

// Options say what to do with the sum.
type Options struct {
	Program string // whose name warnings begin with
	Output  string // the file for it, or none
	Threads int
	Quiet   bool // print only the norm
}

// Print adds the files up, or joins the tiles, and prints the norm.
func (c *Collection) Print(ctx context.Context, o Options, stdout, stderr io.Writer) (norm sum.Result, err error) {
	doing, what, combine := "adding", "the sum of "+text.Count(len(c.Names), "file"), sum.Combine
	if c.Grid.Tiles() > 0 {
		doing, what = "joining", "the matrix of "+text.Count(len(c.Names), "tile")
		combine = func(ctx context.Context, o sum.CombineOptions, show progress.Func) (sum.Result, error) {
			return blocks.Join(ctx, c.Grid, o, show)
		}
	}
	var remarks []string
	c.Judgment.Warn = func(line string) { remarks = append(remarks, line) }
	var fit []hash.Hash
	c.Judgment.Fit = func(h []hash.Hash) { fit = h }
	show, finish := progress.New(stderr, doing)
	norm, err = combine(ctx, sum.CombineOptions{Names: c.Names, Output: o.Output, Threads: o.Threads, Judgment: &c.Judgment}, show)
	finish()
	failed := c.Judgment.Recorder.Finish(ctx.Err() != nil)
	if err != nil {
		return norm, err
	}
	if failed != nil {
		remarks = append(remarks, "the output is complete, but has no record: "+failed.Error())
	}
	for _, line := range remarks {
		fmt.Fprintf(stderr, "%s: warning: %s\n", o.Program, text.Plain(line))
	}
	c.Judgment.Recorder.Norm(c.Names, fit, text.PythonFloat(norm.Value))
	return norm, sum.PrintNorm(stdout, stderr, o.Program, norm, o.Output, what, o.Quiet)
}
