package main

import (
	"context"
	_ "embed"
	"io"

	"matpool/internal/cli"
	"matpool/internal/file"
	"matpool/internal/flow"
	"matpool/internal/progress"
	"matpool/internal/text"
)

//go:embed doc.go
var source string

func main() { cli.Main("matcombine", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := cli.NewFlags("matcombine", source)
	jobs := flags.Jobs("add the files with the indices 0 to `N`−1")
	rows, cols := 0, 0
	flags.Func("grid", "join `RxC` tiles, numbered row by row, instead of adding files", func(s string) (err error) {
		rows, cols, err = text.ParseGrid(s, file.MaxIndex)
		return err
	})
	output := flags.Path("o", "", "write the sum to `FILE`, replacing it: a .npz file if the name ends so")
	threads := flags.Threads("add with `N` threads")
	quiet := flags.Bool("quiet", "print nothing but the norm")
	names, done, err := flags.Parse(args, stdout)
	if done || err != nil {
		return err
	}
	tiled := flags.Given("grid")
	switch {
	case tiled && flags.Given("jobs"):
		return flags.Misused("-grid says how many tiles there are: it does not go with -jobs")
	case tiled && len(names) > 1:
		return flags.Misused("with -grid one name is given, to which the index is added; not %d", len(names))
	case tiled:
		names = file.IndexedRange(append(names, "output.npy")[0], 0, rows*cols)
	case len(names) == 0:
		names = file.IndexedRange("output.npy", 0, *jobs)
	case flags.Given("jobs") && len(names) == 1:
		names = file.IndexedRange(names[0], 0, *jobs)
	case flags.Given("jobs"):
		return flags.Misused("with -jobs one name is given, to which the index is added; not %d", len(names))
	}

	doing, what, combine := "adding", "the sum of "+text.Count(len(names), "file"), flow.Combine
	if tiled {
		doing, what = "joining", "the matrix of "+text.Count(len(names), "tile")
		combine = flow.Tiling{Rows: rows, Cols: cols}.Join
	}
	show, finish := progress.New(stderr, doing)
	norm, err := combine(ctx, flow.CombineOptions{Names: names, Output: *output, Threads: *threads}, show)
	finish()
	if err != nil {
		return err
	}
	return flow.PrintNorm(stdout, stderr, "matcombine", norm, what, *quiet)
}
