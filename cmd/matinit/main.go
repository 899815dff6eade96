package main

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"

	"matpool/internal/base/file"
	"matpool/internal/base/text"
	"matpool/internal/blocks"
	"matpool/internal/cli"
	"matpool/internal/progress"
	"matpool/internal/random"
	"matpool/internal/record"
)

//go:embed doc.go
var source string

func main() { cli.Main("matinit", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	flags := cli.NewFlags("matinit", source)
	var o random.Options
	err = o.Numbers.SetSeed(strconv.FormatUint(uint64(rand.Uint32()), 10))
	if err != nil {
		return err
	}
	jobs := flags.Jobs("write `N` pairs")
	size := flags.Whole("size", 1000, 1, random.MaxSize, "of `N`×N matrices")
	flags.Func("seed", "numpy's seed `S`, a whole number; a random one unless given", o.Numbers.SetSeed)
	flags.Func("rng", "numpy's generator `R`: mt19937 or pcg64 (mt19937)", o.Numbers.SetRNG)
	flags.Func("dist", "distribution `D`: uniform, normal or integers:LO:HI (uniform)", o.Numbers.SetDist)
	flags.Func("dtype", "type `T` by numpy's name (float64; of integers int64)", o.Numbers.SetDType)
	flags.BoolVar(&o.Streams, "streams", "give each pair i its own stream, that of default_rng([S, i])")
	first := flags.First("with -streams: begin with pair `I`")
	npz := flags.Bool("npz", "write each pair to one file, input<i>.npz, as A and B")
	dir := flags.Path("dir", ".", "write to folder `D`, which is made if it is missing")
	a := flags.Path("a", file.InputA, "the first factor's `NAME`, without the index")
	b := flags.Path("b", file.InputB, "the second factor's `NAME`, without the index")
	cut := defineCut(flags)
	flags.BoolVar(&o.Force, "force", "replace files that exist; otherwise nothing is written if one does")
	flags.BoolVar(&o.Sync, "sync", "flush each file to the disk")
	quiet := flags.Bool("quiet", "print only the seed")
	operands, done, err := flags.Parse(args, stdout)
	if done || err != nil {
		return err
	}
	if len(operands) > 0 {
		hint := "see matinit -help"
		if numbers := append(operands, "", "")[:3]; isNumber(numbers[0]) && len(operands) <= 3 {
			hint = "the numbers have names:"
			for i, flag := range []string{"-jobs", "-size", "-seed"} {
				if numbers[i] != "" {
					hint += " " + flag + " " + numbers[i]
				}
			}
		} else if flags.Given("from") {
			hint = fmt.Sprintf("-from takes both names, with a comma between them, as in -from A.npy,%s", operands[0])
		}
		return flags.MisusedSo(hint, "unexpected argument %q", operands[0])
	}
	if flags.Given("from") {
		recorder := record.NewRecorder("matinit "+cli.Version(), nil)
		defer func() {
			if failed := recorder.Finish(false); failed != nil && err == nil {
				fmt.Fprintf(stderr, "matinit: the files are complete, but some have no record: %v\n", failed)
			}
		}()
		c, err := cut.options(blocks.CutOptions{Dir: *dir, A: *a, B: *b, Force: o.Force, Sync: o.Sync, Recorder: recorder})
		if err != nil {
			return err
		}
		return runCut(ctx, c, *quiet, stdout, stderr)
	}
	for _, name := range []string{"panels", "grid", "gram", "memory"} {
		if flags.Given(name) {
			return flags.Misused("-%s requires -from", name)
		}
	}
	if *npz {
		if flags.Given("a") || flags.Given("b") {
			return flags.Misused("-npz can't be combined with -a or -b: it writes input<i>.npz")
		}
		o.Npz = file.Pair
	}
	if flags.Given("first") && !o.Streams {
		return flags.Misused("-first requires -streams: without it the pairs have one stream, which begins with pair 0")
	}
	if o.Streams {
		if flags.Given("rng") && !o.Numbers.IsPCG64() {
			return flags.Misused("-streams requires -rng pcg64: the seeding of mt19937 is not made for several streams")
		}
		o.Numbers.SetPCG64()
	}
	o.Dir, o.A, o.B, o.Jobs, o.Size, o.First = *dir, *a, *b, *jobs, *size, *first
	o.Threads = cli.DefaultThreads()

	o.Hashes = new(record.Cache)
	defer o.Hashes.Flush()

	show, finish := progress.New(stderr, "writing")
	err = random.Write(ctx, o, show)
	finish()
	switch {
	case err != nil:
		return err
	case *quiet:
		_, err = fmt.Fprintln(stdout, o.Numbers.Seed())
	default:
		_, err = fmt.Fprintf(stdout, "wrote %s of %d×%d matrices, seed %s\n", text.Count(o.Jobs, "pair"), o.Size, o.Size, o.Numbers.Seed())
	}
	if err != nil {
		return fmt.Errorf("the files are complete, but their seed cannot be printed: %w", err)
	}
	return nil
}

func isNumber(word string) bool {
	_, err := strconv.Atoi(word)
	return err == nil
}
