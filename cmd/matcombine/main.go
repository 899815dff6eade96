package main

import (
	"context"
	_ "embed"
	"fmt"
	"io"

	"matpool/internal/base/file"
	"matpool/internal/base/text"
	"matpool/internal/blocks"
	"matpool/internal/cli"
	"matpool/internal/outputs"
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
	var grid blocks.Tiling
	flags.Func("grid", "join `RxC` tiles, numbered row by row, instead of adding files", func(s string) (err error) {
		grid.Rows, grid.Cols, err = text.ParseGrid(s, file.MaxIndex)
		return err
	})
	output := flags.Path("o", "", "write the sum to `FILE`, replacing it: a .npz file if the name ends so")
	unchecked := flags.Bool("unchecked", "add the files as they are, whatever their records say")
	force := flags.Bool("force", "let -o replace a file that is not known to be an output")
	threads := flags.Threads("add with `N` threads")
	quiet := flags.Bool("quiet", "print nothing but the norm")
	names, done, err := flags.Parse(args, stdout)
	if done || err != nil {
		return err
	}
	tiled := flags.Given("grid")
	switch {
	case tiled && (flags.Given("first") || flags.Given("jobs")):
		return flags.Misused("-grid can't be combined with -first or -jobs: it says which tiles there are")
	case tiled && len(names) > 1:
		return flags.Misused("-grid needs one name, to which it adds the indices, not %d", len(names))
	case tiled:
		names = file.IndexedRange(append(names, file.Product)[0], 0, grid.Rows*grid.Cols)
	default:
		if names, err = files(flags, names, *first, *jobs, &grid); err != nil {
			return err
		}
	}

	doing, what, combine := "adding", "the sum of "+text.Count(len(names), "file"), sum.Combine
	if grid.Rows > 0 {
		doing, what = "joining", "the matrix of "+text.Count(len(names), "tile")
		combine = grid.Join
	}
	recorder := record.NewRecorder("matcombine "+cli.Version(), nil)
	var remarks []string
	judgment := &sum.Judgment{Recorder: recorder, Unchecked: *unchecked, Force: *force, Warn: func(line string) { remarks = append(remarks, line) }}
	show, finish := progress.New(stderr, doing)
	norm, err := combine(ctx, sum.CombineOptions{Names: names, Output: *output, Threads: *threads, Judgment: judgment}, show)
	finish()
	failed := recorder.Finish(ctx.Err() != nil)
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

// files returns the names of the files to add. If a simplified submission file says that they are
// tiles, it sets the grid.
func files(flags *cli.Flags, names []string, first, jobs int, grid *blocks.Tiling) ([]string, error) {
	numbered := flags.Given("first") || flags.Given("jobs")
	switch {
	case len(names) == 1 && request.Is(names[0]):
		q, err := request.Read(names[0])
		if err != nil {
			return nil, err
		}
		r, err := outputs.ToCombine(q, names[0])
		if err != nil {
			return nil, err
		}
		*grid = blocks.Tiling{Rows: r.Grid.Rows, Cols: r.Grid.Cols}
		flags.Default("first", &first, r.First)
		flags.Default("jobs", &jobs, r.Count)
		if jobs == 0 {
			return nil, flags.Misused("%s: has products_per_job = auto, so the number of sums is unknown: set it with -jobs", names[0])
		}
		return file.IndexedRange(r.Name, first, jobs), nil
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
