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

func main() { cli.Main("matprod", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := cli.NewFlags("matprod", source)
	first := flags.Whole("first", 0, 0, file.MaxIndex)
	count := flags.Whole("count", 1, 1, file.MaxIndex)
	sum := flags.Path("sum", "")
	serial := flags.Bool("serial", false, "")
	jobs := flags.Jobs()
	output := flags.Path("o", "")
	newMultiplier := flags.Multiplier()
	sync := flags.Bool("sync", false, "")
	quiet := flags.Bool("quiet", false, "")
	names, done, err := flags.Parse(args, stdout)
	if done || err != nil {
		return err
	}
	ranged, summed := flags.Given("first") || flags.Given("count"), flags.Given("sum")
	switch {
	case *serial && ranged:
		return flags.Misused("-serial multiplies all pairs: it does not go with -first or -count")
	case summed && !ranged:
		return flags.Misused("-sum adds up a range of products: it goes with -first or -count")
	}
	if !*serial {
		for _, name := range []string{"jobs", "o", "quiet"} {
			if flags.Given(name) {
				return flags.Misused("flag -%s goes with -serial only", name)
			}
		}
	}
	if *serial && flags.Given("sync") {
		return flags.Misused("-serial writes no products: it does not go with -sync")
	}
	a, b, c := "inputA.npy", "inputB.npy", "output.npy"
	switch {
	case len(names) == 0:
	case (*serial || summed) && len(names) == 2:
		a, b = names[0], names[1]
	case !*serial && !summed && len(names) == 3:
		a, b, c = names[0], names[1], names[2]
	case *serial || summed:
		return flags.Misused("the two factors are named with -serial or -sum, or none; not %d", len(names))
	default:
		return flags.Misused("three files are named, A B C, or none; not %d", len(names))
	}
	m, err := newMultiplier()
	if err != nil {
		return err
	}

	show, finish := progress.New(stderr, "multiplying")
	defer finish()
	switch {
	case *serial:
		norm, err := flow.Serial(ctx, m, indexedPairs(a, b, c, 0, *jobs), *output, show)
		if err != nil {
			return err
		}
		finish()
		return cli.PrintNorm(stdout, *quiet, norm, *jobs, "product")
	case summed:
		return flow.Partial(ctx, m, indexedPairs(a, b, c, *first, *count), *sum, *sync, show)
	case ranged:
		return flow.Products(ctx, m, indexedPairs(a, b, c, *first, *count), *sync, show)
	}
	return flow.Products(ctx, m, []flow.Pair{{A: a, B: b, C: c}}, *sync, show)
}

func indexedPairs(a, b, c string, first, count int) []flow.Pair {
	pairs := make([]flow.Pair, count)
	for i := range pairs {
		pairs[i] = flow.Pair{A: file.Indexed(a, first+i), B: file.Indexed(b, first+i), C: file.Indexed(c, first+i)}
	}
	return pairs
}
