package main

import (
	"context"
	_ "embed"
	"io"

	"matpool/condor"
	"matpool/condor/jobfile"
	"matpool/internal/base/file"
	"matpool/internal/cli"
	"matpool/internal/combine"
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
	cli.ManyFiles()
	c := combine.Collection{Grid: grid, Judgment: sum.Judgment{Folders: []string{"."}, Recorder: record.NewRecorder("matcombine "+cli.Version(), nil), Unchecked: *unchecked, Force: *force}}
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
		var of combine.Range
		if flags.Given("first") {
			of.First = first
		}
		if flags.Given("jobs") {
			of.Jobs = jobs
		}
		err = c.Requested(names[0], overrides, of)
	case tiled && len(names) > 1:
		return flags.Misused("-grid needs one name, to which it adds the indices, not %d", len(names))
	case tiled:
		c.Names = file.IndexedRange(append(names, file.Product)[0], 0, grid.Tiles())
	default:
		c.Names, err = files(flags, names, *first, *jobs)
	}
	if err != nil {
		return err
	}
	_, err = c.Print(ctx, combine.Options{Program: "matcombine", Output: *output, Threads: *threads, Quiet: *quiet}, stdout, stderr)
	return err
}

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
