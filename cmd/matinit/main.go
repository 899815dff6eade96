package main

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strconv"

	"matpool/internal/cli"
	"matpool/internal/flow"
	"matpool/internal/progress"
	"matpool/internal/text"
)

//go:embed doc.go
var source string

func main() { cli.Main("matinit", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := cli.NewFlags("matinit", source)
	o := flow.InitOptions{Seed: rand.Uint32()}
	jobs := flags.Jobs("write `N` pairs")
	size := flags.Whole("size", 1000, 1, 10_000_000, "of `N`×N matrices")
	flags.Func("seed", "numpy's seed `S`, from 0 to 4294967295; a random one unless given", func(s string) error {
		seed, err := strconv.ParseUint(s, 10, 32)
		if err != nil {
			return fmt.Errorf("it must be a whole number from 0 to %d", uint32(math.MaxUint32))
		}
		o.Seed = uint32(seed)
		return nil
	})
	dir := flags.Path("dir", ".", "write to folder `D`, which is made if it is missing")
	a := flags.Path("a", "inputA.npy", "the first factor's `NAME`, without the index")
	b := flags.Path("b", "inputB.npy", "the second factor's `NAME`, without the index")
	flags.BoolVar(&o.Force, "force", "replace files that exist; otherwise nothing is written if one does")
	flags.BoolVar(&o.Sync, "sync", "flush each file to the disk")
	quiet := flags.Bool("quiet", "print nothing but the seed")
	operands, done, err := flags.Parse(args, stdout)
	if done || err != nil {
		return err
	}
	if len(operands) > 0 {
		return flags.Misused("unexpected argument %q", operands[0])
	}
	o.Dir, o.A, o.B, o.Jobs, o.Size = *dir, *a, *b, *jobs, *size

	show, finish := progress.New(stderr, "writing")
	err = flow.Init(ctx, o, show)
	finish()
	switch {
	case err != nil:
		return err
	case *quiet:
		_, err = fmt.Fprintln(stdout, o.Seed)
	default:
		_, err = fmt.Fprintf(stdout, "wrote %s of %d×%d matrices, seed %d\n", text.Count(o.Jobs, "pair"), o.Size, o.Size, o.Seed)
	}
	return err
}
