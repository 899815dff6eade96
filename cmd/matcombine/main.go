package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"matpool/condor"
	"matpool/condor/jobfile"
	"matpool/internal/base/file"
	"matpool/internal/base/text"
	"matpool/internal/blocks"
	"matpool/internal/cli"
	"matpool/internal/outputs"
	"matpool/internal/pair"
	"matpool/internal/progress"
	"matpool/internal/record"
	"matpool/internal/request"
	"matpool/internal/sum"
)

//go:embed doc.go
var source string

func main() { cli.Main("matcombine", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := cli.NewFlags("matcombine", source)
	first := flags.First("begin with index `I`")
	jobs := flags.Jobs("add `N` numbered files")
	var grid jobfile.Grid
	flags.Func("grid", "join `RxC` tiles, numbered row by row, instead of adding files", func(s string) (err error) {
		grid, err = jobfile.ParseGrid(s)
		return err
	})
	output := flags.Path("o", "", "write the sum, or the joined matrix, to `FILE` (.npz format if FILE ends in .npz)")
	unchecked := flags.Bool("unchecked", "add the files as they are, whatever their records say")
	force := flags.Bool("force", "let -o replace a file that is not known to be an output")
	threads := flags.Threads("add with `N` threads")
	quiet := flags.Bool("quiet", "print only the norm")
	var overrides []condor.Setting
	request.DefineOverrides(flags, args, &overrides)
	names, done, err := flags.Parse(args, stdout)
	if done || err != nil {
		return err
	}
	c := collection{grid: grid, judgment: sum.Judgment{Folders: []string{"."}, Recorder: record.NewRecorder("matcombine "+cli.Version(), nil), Unchecked: *unchecked, Force: *force}}
	submission := len(names) == 1 && request.Is(names[0])
	tiled := flags.Given("grid")
	switch {
	case len(overrides) > 0 && !submission:
		return flags.Misused("-%s requires a simplified submission file, such as run_product", overrides[0].Name)
	case tiled && (flags.Given("first") || flags.Given("jobs")):
		return flags.Misused("-grid can't be combined with -first or -jobs: it says which tiles there are")
	case submission:
		if tiled {
			overrides = append(overrides, condor.Setting{Name: "grid", Value: grid.String()})
		}
		err = c.requested(flags, names[0], overrides, *first, *jobs)
	case tiled && len(names) > 1:
		return flags.Misused("-grid needs one name, to which it adds the indices, not %d", len(names))
	case tiled:
		c.names = file.IndexedRange(append(names, file.Product)[0], 0, grid.Tiles())
	default:
		c.names, err = files(flags, names, *first, *jobs)
	}
	if err != nil {
		return err
	}

	doing, what, combine := "adding", "the sum of "+text.Count(len(c.names), "file"), sum.Combine
	if c.grid.Tiles() > 0 {
		doing, what = "joining", "the matrix of "+text.Count(len(c.names), "tile")
		combine = func(ctx context.Context, o sum.CombineOptions, show progress.Func) (sum.Result, error) {
			return blocks.Join(ctx, c.grid, o, show)
		}
	}
	var remarks []string
	c.judgment.Warn = func(line string) { remarks = append(remarks, line) }
	show, finish := progress.New(stderr, doing)
	norm, err := combine(ctx, sum.CombineOptions{Names: c.names, Output: *output, Threads: *threads, Judgment: &c.judgment}, show)
	finish()
	failed := c.judgment.Recorder.Finish(ctx.Err() != nil)
	if err != nil {
		return err
	}
	if failed != nil {
		remarks = append(remarks, "the output is complete, but has no record: "+failed.Error())
	}
	for _, line := range remarks {
		fmt.Fprintf(stderr, "matcombine: warning: %s\n", text.Plain(line))
	}
	return sum.PrintNorm(stdout, stderr, "matcombine", norm, what, *quiet)
}

// A collection is the files to add or, if there is a grid, the tiles to join, and what they must be.
type collection struct {
	names    []string
	grid     jobfile.Grid
	judgment sum.Judgment
}

// requested sets the collection to the outputs of a simplified submission file.
func (c *collection) requested(flags *cli.Flags, name string, overrides []condor.Setting, first, jobs int) error {
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
	whole := !flags.Given("first") && !flags.Given("jobs")
	if isRun && whole && !c.judgment.Unchecked {
		if err := errors.Join(request.Differences(name, q, run)...); err != nil {
			return err
		}
	}
	if n := request.PerJob(run); r.Count == 0 && n > 0 {
		r.Count = (q.TotalJobs + n - 1) / n
	}
	flags.Default("first", &first, r.First)
	flags.Default("jobs", &jobs, r.Count)
	if jobs == 0 {
		return flags.Misused("%s: has products_per_job = auto, so the number of sums is unknown: set it with -jobs", name)
	}
	c.names, c.grid = file.IndexedRange(r.Name, first, jobs), r.Grid
	j := &c.judgment
	j.Submission = name
	j.Folders = []string{filepath.Dir(name), "."}
	if whole {
		j.Products = record.Ranges{{First: q.FirstIndex, Last: q.FirstIndex + q.TotalJobs - 1}}
	}
	if p, err := pair.Requested(q); q.Matprod && err == nil {
		j.Family, j.InputsOf = p.Family(), func(n int) []string { return p.Numbered(n).Files() }
	} else if isRun {
		j.Family = run.Family
	}
	return nil
}

// files returns the names of the files to add.
func files(flags *cli.Flags, names []string, first, jobs int) ([]string, error) {
	numbered := flags.Given("first") || flags.Given("jobs")
	switch {
	case len(names) > 1 && numbered:
		return nil, flags.Misused("-first and -jobs need one name, to which they add the indices, not %d", len(names))
	case len(names) > 0 && !numbered:
		return names, nil
	}
	name := append(names, file.Product)[0]
	if !flags.Given("jobs") {
		if err := flags.CheckAssumed(name, first, jobs); err != nil {
			return nil, err
		}
	}
	return file.IndexedRange(name, first, jobs), nil
}
