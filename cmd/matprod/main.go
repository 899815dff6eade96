package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"slices"

	"matpool/condor"
	"matpool/condor/chirp"
	"matpool/condor/jobfile"
	"matpool/internal/base/file"
	"matpool/internal/base/text"
	"matpool/internal/cli"
	"matpool/internal/pair"
	"matpool/internal/product"
	"matpool/internal/progress"
	"matpool/internal/record"
	"matpool/internal/request"
	"matpool/internal/sum"
	"matpool/internal/verify"
)

//go:embed doc.go
var source string

func main() { cli.Main("matprod", run, chirp.Find().Report) }

// notOfMeasure are the flags that -measure can't be combined with.
var notOfMeasure = []string{"first", "count", "sum", "serial", "jobs", "o", "resume", "sync", "kernel", "check", "verify", "again",
	"gram", "transpose", "generate", "size", "seed", "dist", "dtype", "fixed", "force", "records"}

// notOfVerify are those that -verify can't be combined with.
var notOfVerify = []string{"first", "count", "sum", "serial", "jobs", "o", "resume", "sync", "measure", "again",
	"gram", "transpose", "generate", "size", "dist", "dtype", "fixed", "force", "records"}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	flags := cli.NewFlags("matprod", source)
	first := flags.First("begin with index `I`")
	count := flags.Whole("count", 1, 1, file.MaxCount, "multiply `N` indexed pairs")
	sumFile := flags.Path("sum", "", "write the sum of the range's products to `FILE`, and no products")
	serial := flags.Bool("serial", "print the norm of the sum of all products, write none")
	jobs := flags.Jobs("with -serial: the number of products, `N`")
	output := flags.Path("o", "", "with -serial: write the sum to `FILE`")
	resume := flags.Path("resume", "", "keep what a stopped run left in folder `D`")
	factors := defineFactors(flags)
	threads := flags.Threads("compute with `N` threads")
	kernel := flags.String("kernel", "compute with kernel `K`: avx512, openblas, avx2, neon or generic (the first of these that can run here)")
	check := flags.Bool("check", "check each product by checksums, and recompute a part of it")
	var sample verify.Sample
	flags.Func("verify", "make a random sample of a run's outputs again, with another kernel: `N` of them, or N%", func(s string) (err error) {
		sample, err = verify.ParseSample(s)
		return err
	})
	again := flags.Bool("again", "make the outputs again and print their records, but write nothing")
	measure := flags.Bool("measure", "print how fast each kernel multiplies on this machine")
	force := flags.Bool("force", "replace a file that is not known to be an output")
	records := ""
	flags.Func("records", "print the outputs' records if `WHERE` is -, make none if it is none (matpool.tsv beside each output)", func(s string) error {
		if records = s; s != "-" && s != "none" {
			return errors.New("it must be - or none")
		}
		return nil
	})
	sync := flags.Bool("sync", "flush the outputs to the disk")
	quiet := flags.Bool("quiet", "print only the norm that -serial prints, or what -verify does not confirm")
	flags.Component("the kernel in use", func() (string, error) {
		m, err := product.NewMultiplier(*kernel, *threads)
		if err != nil {
			return "", err
		}
		return "dgemm: " + m.String(), nil
	})
	var overrides []condor.Setting
	request.DefineOverrides(flags, args, &overrides)
	names, done, err := flags.Parse(args, stdout)
	if done || err != nil {
		return err
	}
	ranged, summed := flags.Given("first") || flags.Given("count"), flags.Given("sum")
	switch {
	case *serial && flags.Given("count"):
		return flags.Misused("-serial can't be combined with -count: -jobs is the number of all pairs")
	case *measure && (len(names) > 0 || slices.ContainsFunc(notOfMeasure, flags.Given)):
		return flags.Misused("-measure can't be combined with names, or any flag but -threads")
	case *measure:
		return product.Measure(ctx, stdout, *threads)
	case flags.Given("verify") && (len(names) != 1 || isArray(names[0])):
		return flags.Misused("-verify requires a simplified submission file, such as run_product")
	case flags.Given("verify"):
		if i := slices.IndexFunc(notOfVerify, flags.Given); i >= 0 {
			return flags.Misused("-%s can't be combined with -verify: %s says what the outputs are", notOfVerify[i], names[0])
		}
		return verify.Run(ctx, verify.Options{File: names[0], Overrides: overrides, Sample: sample, Seed: factors.sampleSeed(), Kernel: *kernel,
			Threads: *threads, Check: *check, Program: "matprod " + cli.Version(), Quiet: *quiet}, stdout, stderr)
	case summed && !ranged:
		return flags.Misused("-sum requires -first or -count, which say what it adds up")
	}
	if !*serial {
		for _, name := range []string{"jobs", "o"} {
			if flags.Given(name) {
				return flags.Misused("-%s requires -serial", name)
			}
		}
	}
	for _, name := range []string{"sync", "resume"} {
		if *serial && flags.Given(name) {
			return flags.Misused("-serial can't be combined with -%s: it writes no products", name)
		}
	}
	if *again {
		for _, name := range []string{"serial", "resume", "sync", "force"} {
			if flags.Given(name) {
				return flags.Misused("-again can't be combined with -%s: it writes nothing", name)
			}
		}
		if records == "none" {
			return flags.Misused("-again can't be combined with -records=none: it prints the records")
		}
		records = "-"
	}
	counted := flags.Given("jobs")
	var p pair.Pair
	if *serial && len(names) == 1 && !isArray(names[0]) { // a simplified submission file
		var q *jobfile.Request
		if p, q, err = factors.requested(names[0], overrides); err == nil {
			if !flags.Given("first") && !counted {
				warnOfLatest(stderr, names[0], q)
			}
			flags.Default("first", first, q.FirstIndex)
			flags.Default("jobs", jobs, q.TotalJobs)
			if !flags.Given("check") {
				*check = q.Check
			}
			counted = true
		}
	} else if len(overrides) > 0 {
		return flags.Misused("-%s requires -serial and a simplified submission file, such as run_product", overrides[0].Name)
	} else {
		p, err = factors.pair(names, *serial || summed, *serial || ranged)
	}
	if err != nil {
		return err
	}
	if *serial && !counted && p.Random == nil {
		_, numbered := p.FixedAndOther()
		if p.Fixed == pair.NotFixed {
			numbered = p.A
		}
		if err := flags.CheckAssumed(numbered, *first, *jobs); err != nil {
			return err
		}
	}
	m, err := product.NewMultiplier(*kernel, *threads)
	if err != nil {
		return err
	}
	if *check {
		m = product.WithCheck(m)
	}

	var kept *product.Resume
	if *resume != "" {
		of := 1
		if ranged {
			of = *count
		}
		kept = &product.Resume{Folder: *resume, Report: func(complete int) {
			fmt.Fprintf(stderr, "matprod: %s of %s complete\n", text.Number(complete), text.Count(of, "product"))
		}}
	}

	var recorder *record.Recorder
	if records != "none" {
		recorder = record.NewRecorder("matprod "+cli.Version()+", "+m.String(), map[string]io.Writer{"-": stdout}[records])
	}
	if kept != nil {
		recorder.KeepBeside()
	}
	defer func() {
		if failed := recorder.Finish(ctx.Err() != nil); failed != nil && err == nil {
			fmt.Fprintf(stderr, "matprod: the outputs are complete, but some have no record: %v\n", failed)
		}
	}()

	show, finish := progress.New(stderr, "multiplying")
	defer finish()
	switch {
	case *serial:
		norm, err := sum.Serial(ctx, sum.SerialOptions{Pairs: p.Range(*first, *jobs), Multiplier: m, Output: *output, Recorder: recorder, Force: *force}, show)
		if err != nil {
			return err
		}
		finish()
		return sum.PrintNorm(stdout, stderr, "matprod", norm, *output, "the sum of "+text.Count(*jobs, "product"), *quiet)
	case summed && *again:
		made, err := sum.Again(ctx, p.Range(*first, *count), *sumFile, m, recorder, show)
		if err != nil {
			return err
		}
		return recorder.Again(*sumFile, made)
	case summed:
		return sum.Partial(ctx, sum.PartialOptions{Pairs: p.Range(*first, *count), Multiplier: m, Output: *sumFile, Sync: *sync, Resume: kept, Recorder: recorder, Force: *force}, show)
	}
	pairs := []pair.Pair{p}
	if ranged {
		pairs = p.Range(*first, *count)
	}
	if *again {
		return product.Again(ctx, pairs, m, recorder, show, func(i int, made record.Record) error { return recorder.Again(pairs[i].C, made) })
	}
	return product.Write(ctx, product.Options{Pairs: pairs, Multiplier: m, Sync: *sync, Resume: kept, Recorder: recorder, Force: *force}, show)
}

// warnOfLatest says what differs in the latest run of a simplified submission file, whose outputs matcombine may have
// added up.
func warnOfLatest(stderr io.Writer, name string, q *jobfile.Request) {
	run, ok, err := request.Latest(name, q)
	if err != nil || !ok {
		return
	}
	for _, difference := range request.Differences(name, q, run) {
		fmt.Fprintf(stderr, "matprod: warning: %v\n", difference)
	}
}
