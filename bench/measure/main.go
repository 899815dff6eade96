//go:build linux

/*
Measure runs our programs and the numpy flow that they replace, in turn, and archives
what they took.

Usage:

	go run ./bench/measure [flags]

It builds the programs, makes input files, and runs ours and numpy's in turn, so that
what else the machine does hits all of them. All must come to the same results, or
there are no figures. Then it writes a folder: what was measured, in the format of
Go's benchmarks, a table, plots, and what there is to know about the machine.
bench/README.md says how to read them.

Flags:

	-o DIR         the folder DIR, which must not exist (bench/runs/<date>-<processor>)
	-quick         less of everything: two minutes, and no good for an archive
	-runs N        time everything N times (11)
	-pool-runs N   and the flow on a pool N times, 0 for no pool; left out without namespaces (10)
	-only LIST     of these only those in the LIST, separated by commas (programs,budget,parts,sizes,pool)
	-dir DIR       make the temporary folder of 12 GB, which should fit in memory, in DIR (the system's)
	-report DIR    measure nothing: write the table and the plots of folder DIR again
	-readme FILE   with -report: put the table into FILE too, between its marks
	-help          print this
	-version       print the program's version
*/
package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"matpool/internal/cli"
)

//go:embed main.go
var source string

func main() { cli.Main("measure", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	flags := cli.NewFlags("measure", source)
	folder := flags.Path("o", "", "the folder `DIR`, which must not exist (bench/runs/<date>-<processor>)")
	quick := flags.Bool("quick", "less of everything: two minutes, and no good for an archive")
	runs := flags.Whole("runs", 11, 1, 1000, "time everything `N` times")
	poolRuns := flags.Whole("pool-runs", 10, 0, 1000, "and the flow on a pool `N` times, 0 for no pool; left out without namespaces")
	only := flags.Path("only", "programs,budget,parts,sizes,pool", "of these only those in the `LIST`, separated by commas")
	parent := flags.Path("dir", "", "make the temporary folder of 12 GB, which should fit in memory, in `DIR` (the system's)")
	archived := flags.Path("report", "", "measure nothing: write the table and the plots of folder `DIR` again")
	readme := flags.Path("readme", "", "with -report: put the table into `FILE` too, between its marks")
	operands, done, err := flags.Parse(args, stdout)
	if done || err != nil {
		return err
	}
	if len(operands) > 0 {
		return flags.Misused("unexpected argument %q", operands[0])
	}
	if *archived == "" {
		s := &session{scope: full, progress: stderr}
		if *quick {
			s.scope = small
		}
		if flags.Given("runs") {
			s.runs = *runs
		}
		if flags.Given("pool-runs") || !*quick {
			s.poolRuns = *poolRuns
		}
		if *archived, err = s.measure(ctx, *folder, *parent, strings.Split(*only, ","), args); *archived == "" {
			return err
		}
	}
	r, err2 := read(*archived)
	if err2 != nil {
		return errors.Join(err, err2)
	}
	if err := errors.Join(err, r.report(*archived)); err != nil {
		return err
	}
	if *readme != "" {
		if err := r.insertInto(*readme, *archived); err != nil {
			return err
		}
	}
	fmt.Fprintf(stdout, "%s\n", filepath.Join(*archived, "table.md"))
	return nil
}

var (
	full = scope{runs: 11, jobs: 100, sizes: []int{100, 200, 500, 1000, 2000, 4000}, outputs: []int{10, 30, 100, 300, 1000},
		benchtime: "100ms", slow: true}
	small = scope{runs: 3, jobs: 10, sizes: []int{100, 500, 1000}, outputs: []int{10, 30},
		benchtime: "20ms"}
)

// measure does the measuring, and returns the folder where it is written down. Where a part fails, the others are measured
// all the same, and the error is returned with the folder.
func (s *session) measure(ctx context.Context, folder, parent string, only, args []string) (_ string, err error) {
	if s.root, err = s.output(ctx, "", nil, "go", "list", "-m", "-f", "{{.Dir}}"); err != nil {
		return "", err
	}
	if folder == "" {
		folder = filepath.Join(s.root, "bench", "runs", folderName())
	}
	if err := os.MkdirAll(filepath.Dir(folder), 0o777); err != nil {
		return "", err
	}
	if err := os.Mkdir(folder, 0o777); err != nil {
		return "", err
	}
	if s.dir, err = os.MkdirTemp(parent, "measure-*"); err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(s.dir)) }()
	if err := errors.Join(s.fit(), s.build(ctx)); err != nil {
		return "", err
	}
	before := readCounters()
	sheet, err := s.describe(ctx, strings.Join(append([]string{"go run ./bench/measure"}, args...), " "))
	if err != nil {
		return "", err
	}
	if err := writeSheet(folder, sheet); err != nil {
		return "", err
	}
	s.results = newResults(folder, sheet)
	var errs []error
	for _, stage := range []struct {
		name string
		do   func(context.Context) error
	}{
		{"sizes", s.measureSizes},
		{"programs", s.measurePrograms},
		{"budget", s.measureBudget},
		{"parts", s.measureParts},
		{"pool", s.measurePool},
	} {
		if ctx.Err() != nil || !slices.Contains(only, stage.name) {
			continue
		}
		if err := stage.do(ctx); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", stage.name, err))
			fmt.Fprintf(s.progress, "%s: %v\n", stage.name, err)
		}
	}
	errs = append(errs, s.results.close(), writeSheet(folder, append(sheet, noise(before)...)))
	return folder, errors.Join(errs...)
}
