package main

import (
	"context"
	_ "embed"
	"io"

	"matpool/internal/cli"
	"matpool/internal/file"
	"matpool/internal/flow"
	"matpool/internal/progress"
)

//go:embed doc.go
var source string

func main() { cli.Main("matcombine", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := cli.NewFlags("matcombine", source)
	jobs := flags.Jobs()
	output := flags.Path("o", "")
	threads := flags.Threads()
	quiet := flags.Bool("quiet", false, "")
	names, done, err := flags.Parse(args, stdout)
	if done || err != nil {
		return err
	}
	switch {
	case len(names) == 0:
		names = file.IndexedRange("output.npy", 0, *jobs)
	case flags.Given("jobs") && len(names) == 1:
		names = file.IndexedRange(names[0], 0, *jobs)
	case flags.Given("jobs"):
		return flags.Misused("with -jobs one name is given, to which the index is added; not %d", len(names))
	}

	show, finish := progress.New(stderr, "adding")
	norm, err := flow.Combine(ctx, names, *output, *threads, show)
	finish()
	if err != nil {
		return err
	}
	return cli.PrintNorm(stdout, *quiet, norm, len(names), "file")
}
