package main

import (
	"context"
	_ "embed"
	"errors"
	"io"
	"path/filepath"
	"strings"

	"matpool/condor/chirp"
	"matpool/internal/cli"
	"matpool/internal/file"
	"matpool/internal/flow"
	"matpool/internal/progress"
	"matpool/internal/request"
	"matpool/internal/text"
)

//go:embed doc.go
var source string

func main() { cli.Main("matprod", run, chirp.Find().Report) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := cli.NewFlags("matprod", source)
	first := flags.First("begin with index `I`")
	count := flags.Whole("count", 1, 1, file.MaxIndex, "multiply `N` indexed pairs")
	sum := flags.Path("sum", "", "write the sum of the range's products to `FILE`, and no products")
	gram := flags.Bool("gram", "make the Gram matrix XᵀX of one file instead of a product of two")
	form := flow.Plain
	flags.Func("transpose", "multiply AᵀB: `F` is a, the only factor that can be transposed", func(s string) error {
		if form = flow.Transposed; s != "a" {
			return errors.New("it must be a")
		}
		return nil
	})
	serial := flags.Bool("serial", "print the norm of the sum of all products, write none")
	jobs := flags.Jobs("with -serial: the number of products, `N`")
	output := flags.Path("o", "", "with -serial: write the sum to `FILE`")
	threads := flags.Threads("compute with `N` threads")
	kernel := flags.String("kernel", "compute with kernel `K`: avx512, avx2 or generic (the fastest)")
	measure := flags.Bool("measure", "print how fast each kernel multiplies on this machine")
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
	case *serial && flags.Given("count"):
		return flags.Misused("-serial multiplies all pairs: -jobs is their number, not -count")
	case *measure && (len(names) > 0 || ranged || summed || *serial || *kernel != ""):
		return flags.Misused("-measure measures all kernels, on no files: it goes with -threads only")
	case *measure:
		return flow.Measure(ctx, stdout, *threads)
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
	if *serial && flags.Given("sync") {
		return flags.Misused("-serial writes no products: it does not go with -sync")
	}
	counted := flags.Given("jobs")
	pair := flow.Pair{A: "inputA.npy", B: "inputB.npy", C: "output.npy", Form: form}
	if *gram {
		if form == flow.Transposed {
			return flags.Misused("-gram transposes its file already: it does not go with -transpose")
		}
		pair = flow.Pair{A: "inputX.npy", C: "output.npy", Form: flow.Gram}
	}
	extension := strings.ToLower(filepath.Ext(append(names, "")[0]))
	isPair := *gram || extension == ".npz" // the first name is that of all factors
	switch {
	case len(names) == 0:
	case *serial && len(names) == 1 && !isPair && extension != ".npy": // a simplified submission file
		r, err := request.Factors(names[0])
		if err != nil {
			return err
		}
		pair.A, pair.B = r.Names[0], strings.Join(r.Names[1:], "")
		switch {
		case r.Gram:
			pair.Form = flow.Gram
		case r.Transpose:
			pair.Form = flow.Transposed
		}
		flags.Default("first", first, r.First)
		flags.Default("jobs", jobs, r.Count)
		counted = true
	case (*serial || summed) && len(names) == 1 && isPair:
		pair.A, pair.B = names[0], ""
	case !*serial && !summed && len(names) == 2 && isPair:
		pair.A, pair.B, pair.C = names[0], "", names[1]
	case *gram && (*serial || summed):
		return flags.Misused("one file is named with -gram and -serial or -sum, or none; not %d", len(names))
	case *gram:
		return flags.Misused("two files are named with -gram, X C, or none; not %d", len(names))
	case (*serial || summed) && len(names) == 2:
		pair.A, pair.B = names[0], names[1]
	case !*serial && !summed && len(names) == 3:
		pair.A, pair.B, pair.C = names[0], names[1], names[2]
	case *serial || summed:
		return flags.Misused("the two factors are named with -serial or -sum, or one .npz file with both, or none; not %d", len(names))
	default:
		return flags.Misused("three files are named, A B C, or two, PAIR.npz C, or none; not %d", len(names))
	}
	if *serial && !counted {
		if err := flags.CheckAssumed(pair.A, *first, *jobs); err != nil {
			return err
		}
	}
	m, err := flow.NewMultiplier(*kernel, *threads)
	if err != nil {
		return err
	}

	show, finish := progress.New(stderr, "multiplying")
	defer finish()
	switch {
	case *serial:
		norm, err := flow.Serial(ctx, flow.SerialOptions{Pairs: pair.Range(*first, *jobs), Multiplier: m, Output: *output}, show)
		if err != nil {
			return err
		}
		finish()
		return flow.PrintNorm(stdout, stderr, "matprod", norm, "the sum of "+text.Count(*jobs, "product"), *quiet)
	case summed:
		return flow.Partial(ctx, flow.PartialOptions{Pairs: pair.Range(*first, *count), Multiplier: m, Output: *sum, Sync: *sync}, show)
	}
	pairs := []flow.Pair{pair}
	if ranged {
		pairs = pair.Range(*first, *count)
	}
	return flow.Products(ctx, flow.ProductOptions{Pairs: pairs, Multiplier: m, Sync: *sync}, show)
}
