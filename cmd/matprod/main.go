package main

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"matpool/condor/chirp"
	"matpool/internal/cli"
	"matpool/internal/file"
	"matpool/internal/flow"
	"matpool/internal/progress"
	"matpool/internal/text"
)

//go:embed doc.go
var source string

func main() { cli.Main("matprod", run, chirp.Find().Report) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := cli.NewFlags("matprod", source)
	first := flags.Whole("first", 0, 0, file.MaxIndex, "begin with index `I`")
	count := flags.Whole("count", 1, 1, file.MaxIndex, "multiply `N` indexed pairs")
	sum := flags.Path("sum", "", "write the sum of the range's products to `FILE`, and no products")
	serial := flags.Bool("serial", "print the norm of the sum of all products, write none")
	jobs := flags.Jobs("with -serial: the number of products, `N`")
	output := flags.Path("o", "", "with -serial: write the sum to `FILE`")
	resume := flags.Path("resume", "", "keep what a run that was stopped left in folder `D`")
	threads := flags.Threads("compute with `N` threads")
	kernel := flags.String("kernel", "compute with kernel `K`: avx512, avx2 or generic (the fastest)")
	sync := flags.Bool("sync", "flush the outputs to the disk")
	quiet := flags.Bool("quiet", "print nothing but the norm that -serial prints")
	flags.Component("the kernel in use", func() (string, error) {
		m, err := flow.NewMultiplier(*kernel, *threads)
		if err != nil {
			return "", err
		}
		return "dgemm: " + m.String(), nil
	})
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
		for _, name := range []string{"jobs", "o"} {
			if flags.Given(name) {
				return flags.Misused("flag -%s goes with -serial only", name)
			}
		}
	}
	for _, name := range []string{"sync", "resume"} {
		if *serial && flags.Given(name) {
			return flags.Misused("-serial writes no products: it does not go with -%s", name)
		}
	}
	pair := flow.Pair{A: "inputA.npy", B: "inputB.npy", C: "output.npy"}
	isPair := len(names) > 0 && strings.EqualFold(filepath.Ext(names[0]), ".npz") // both factors
	switch {
	case len(names) == 0:
	case (*serial || summed) && len(names) == 1 && isPair:
		pair.A, pair.B = names[0], ""
	case !*serial && !summed && len(names) == 2 && isPair:
		pair.A, pair.B, pair.C = names[0], "", names[1]
	case (*serial || summed) && len(names) == 2:
		pair.A, pair.B = names[0], names[1]
	case !*serial && !summed && len(names) == 3:
		pair.A, pair.B, pair.C = names[0], names[1], names[2]
	case *serial || summed:
		return flags.Misused("the two factors are named with -serial or -sum, or one .npz file with both, or none; not %d", len(names))
	default:
		return flags.Misused("three files are named, A B C, or two, PAIR.npz C, or none; not %d", len(names))
	}
	m, err := flow.NewMultiplier(*kernel, *threads)
	if err != nil {
		return err
	}

	var kept *flow.Resume
	if *resume != "" {
		of := 1
		if ranged {
			of = *count
		}
		kept = &flow.Resume{Folder: *resume, Report: func(complete int) {
			fmt.Fprintf(stderr, "matprod: %s of %s complete\n", text.Number(complete), text.Count(of, "product"))
		}}
	}

	show, finish := progress.New(stderr, "multiplying")
	defer finish()
	switch {
	case *serial:
		norm, err := flow.Serial(ctx, flow.SerialOptions{Pairs: pair.Range(0, *jobs), Multiplier: m, Output: *output}, show)
		if err != nil {
			return err
		}
		finish()
		return flow.PrintNorm(stdout, stderr, "matprod", norm, text.Count(*jobs, "product"), *quiet)
	case summed:
		return flow.Partial(ctx, flow.PartialOptions{Pairs: pair.Range(*first, *count), Multiplier: m, Output: *sum, Sync: *sync, Resume: kept}, show)
	}
	pairs := []flow.Pair{pair}
	if ranged {
		pairs = pair.Range(*first, *count)
	}
	return flow.Products(ctx, flow.ProductOptions{Pairs: pairs, Multiplier: m, Sync: *sync, Resume: kept}, show)
}
