//go:build linux

/*
Measure times the programs against the numpy scripts that they replace, and archives the
samples.

Usage:

	go run ./bench/measure [flags]

It has six stages. Each runs its benchmarks in rounds, in which the implementations take
turns, so that other load affects all of them alike:

	sizes      the sizes of the programs
	programs   whole programs, from start to exit: both of our builds, and the numpy script
	packages   go test -bench: the multiplication, the processor's peak and others
	types      products of numpy's other types, and numpy's in a warm process
	shapes     each kind of product, sum and draw that numpy does in one line: the processor's time
	           without the start, of both builds and of numpy
	pool       the whole flow on an HTCondor pool on this machine

The stages archive samples in Go's benchmark format, one file for each implementation, with
a description of the machine. The report needs only these files: figures and their targets,
tables by benchstat, a plot. bench/README.md says how to read it and where the limits are.
All implementations must give the same norm; if a stage fails, there is no report.

Flags:

	-o DIR         the archive, which must not exist
	               (bench/runs/<date>-<processor>)
	-quick         a smaller set: two minutes, not for an archive
	-runs N        rounds of programs and packages (11), and of shapes (5)
	-pool-runs N   rounds on the pool (10, with -quick 0); the pool is left out if
	               namespaces are forbidden
	-only LIST     only these stages, separated by commas
	-kinds REGEXP  only these kinds of the stage shapes
	-dir DIR       make a temporary folder for the files in DIR; they take 6 GB and
	               should fit in memory (the system's folder for temporary files)
	-report DIR    measure nothing: rewrite the report of an archive
	-readme FILE   also rewrite FILE's section on speed, between its marks
	-help          print this
	-version       print the program's version
*/
package main

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"matpool/internal/cli"
)

//go:embed main.go
var source string

func main() { cli.Main("measure", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := cli.NewFlags("measure", source)
	folder := flags.Path("o", "", "the archive `DIR`, which must not exist (bench/runs/<date>-<processor>)")
	quick := flags.Bool("quick", "less of everything: two minutes, not for an archive")
	runs := flags.Whole("runs", full.runs, 1, 1000, "`N` rounds of programs and packages, and of shapes")
	poolRuns := flags.Whole("pool-runs", full.poolRuns, 0, 1000, "`N` rounds on the pool, which is left out if namespaces are forbidden")
	only := flags.Path("only", "sizes,programs,packages,types,shapes,pool", "only the stages of `LIST`, separated by commas")
	kinds := flags.Path("kinds", "", "only the kinds of the stage shapes that match `REGEXP`")
	parent := flags.Path("dir", "", "make the temporary folder of 6 GB, which should fit in memory, in `DIR` (the system's)")
	archived := flags.Path("report", "", "measure nothing: write the report of the archive `DIR` again")
	readme := flags.Path("readme", "", "also write the section on speed of `FILE`, between its marks")
	operands, done, err := flags.Parse(args, stdout)
	if done || err != nil {
		return err
	}
	if len(operands) > 0 {
		return flags.Misused("unexpected argument %q", operands[0])
	}
	for _, name := range strings.Split(*only, ",") {
		if !slices.ContainsFunc(stages, func(s stage) bool { return s.name == name }) {
			return flags.Misused("flag -only: there is no stage %q", name)
		}
	}
	if *archived == "" {
		r := &runner{scope: full, progress: stderr, command: strings.Join(append([]string{"go run ./bench/measure"}, args...), " ")}
		if *quick {
			r.scope = small
		}
		if r.kinds, err = regexp.Compile(*kinds); err != nil {
			return flags.Misused("flag -kinds: %v", err)
		}
		if flags.Given("runs") {
			r.runs, r.shapeRuns = *runs, *runs
		}
		if flags.Given("pool-runs") {
			r.poolRuns = *poolRuns
		}
		if *archived, err = r.measure(ctx, *folder, *parent, strings.Split(*only, ",")); err != nil {
			return err
		}
	}
	a, err := read(*archived)
	if err != nil {
		return err
	}
	if err := a.report(ctx); err != nil {
		return err
	}
	if *readme != "" {
		if err := a.updateReadme(*readme); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintln(stdout, filepath.Join(*archived, "table.md"))
	return err
}
