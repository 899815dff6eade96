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
	in := flow.Init{Seed: rand.Uint32()}
	jobs := flags.Jobs()
	size := flags.Whole("size", 1000, 1, 10_000_000)
	flags.Func("seed", "", func(s string) error {
		seed, err := strconv.ParseUint(s, 10, 32)
		if err != nil {
			return fmt.Errorf("it must be a whole number from 0 to %d", uint32(math.MaxUint32))
		}
		in.Seed = uint32(seed)
		return nil
	})
	dir := flags.Path("dir", ".")
	a, b := flags.Path("a", "inputA.npy"), flags.Path("b", "inputB.npy")
	flags.BoolVar(&in.Force, "force", false, "")
	flags.BoolVar(&in.Sync, "sync", false, "")
	quiet := flags.Bool("quiet", false, "")
	operands, done, err := flags.Parse(args, stdout)
	if done || err != nil {
		return err
	}
	if len(operands) > 0 {
		return flags.Misused("unexpected argument %q", operands[0])
	}
	in.Dir, in.A, in.B, in.Jobs, in.Size = *dir, *a, *b, *jobs, *size

	show, finish := progress.New(stderr, "writing")
	err = in.Run(ctx, show)
	finish()
	switch {
	case err != nil:
		return err
	case *quiet:
		_, err = fmt.Fprintln(stdout, in.Seed)
	default:
		_, err = fmt.Fprintf(stdout, "wrote %s of %d×%d matrices, seed %d\n", text.Count(in.Jobs, "pair"), in.Size, in.Size, in.Seed)
	}
	return err
}
