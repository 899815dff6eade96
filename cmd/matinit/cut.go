package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"matpool/condor/jobfile"
	"matpool/internal/base/file"
	"matpool/internal/base/text"
	"matpool/internal/blocks"
	"matpool/internal/cli"
	"matpool/internal/pair"
	"matpool/internal/progress"
)

// A cut is the flags for matrices that are cut.
type cut struct {
	*cli.Flags
	from     *string
	gram     *bool
	division blocks.Division
	auto     bool // one of its parts
	memory   int64
}

func defineCut(flags *cli.Flags) *cut {
	c := &cut{Flags: flags, division: blocks.Division{Panels: 1, Grid: jobfile.Grid{Rows: 1, Cols: 1}}, memory: 2 << 30}
	c.from = flags.Path("from", "", "cut the matrices in the files `A,B` into pairs, instead of random ones")
	flags.Func("panels", "with -from: cut A's columns and B's rows into `P` panels, or auto", func(s string) (err error) {
		if s == "auto" {
			c.division.Panels, c.auto = 0, true
			return nil
		}
		c.division.Panels, err = parts(s)
		return err
	})
	flags.Func("grid", "with -from: cut A's rows and B's columns for `RxC` tiles, or auto", func(s string) (err error) {
		if s == "auto" {
			c.division.Grid, c.auto = jobfile.Grid{}, true
			return nil
		}
		c.division.Grid, err = jobfile.ParseGrid(s)
		return err
	})
	c.gram = flags.Bool("gram", "with -from and -panels: cut the one file X for matprod -gram, into inputX<i>.npy")
	flags.Func("memory", "with auto: the memory of a job, `SIZE` (2GB)", func(s string) (err error) {
		c.memory, err = text.ParseSize(s)
		return err
	})
	return c
}

func parts(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > file.MaxCount {
		return 0, fmt.Errorf("it must be a whole number from 1 to %d, or auto", file.MaxCount)
	}
	return n, nil
}

// options completes what is cut from the flags.
func (c *cut) options(o blocks.CutOptions) (blocks.CutOptions, error) {
	for _, name := range []string{"jobs", "size", "seed", "rng", "dist", "dtype", "npz", "streams", "first"} {
		if c.Given(name) {
			return o, c.Misused("-from cuts matrices that exist: it can't be combined with -%s", name)
		}
	}
	panels, grid := c.Given("panels"), c.Given("grid")
	has := func(t jobfile.Trait) bool { return t == jobfile.TraitGram && *c.gram || t == jobfile.TraitGrid && grid }
	flagOf := func(t jobfile.Trait) string { return "-" + string(t) }
	for _, x := range jobfile.Conflicts(has) {
		return o, c.Misused("%s %s", flagOf(x.Trait), x.Message(flagOf))
	}
	switch {
	case !panels && !grid:
		return o, c.Misused("-from requires -panels or -grid, which say how the matrices are cut")
	case *c.gram && c.Given("b"):
		return o, c.Misused("-gram has only one factor: it can't be combined with -b")
	case c.auto && panels && grid:
		return o, c.Misused("auto chooses -panels or -grid, not both")
	case c.Given("memory") && !c.auto:
		return o, c.Misused("-memory requires -panels auto or -grid auto")
	}
	names := strings.Split(*c.from, ",")
	if slices.Contains(names, "") {
		return o, c.Misused("flag -from: one of the names is empty")
	}
	count, mayShare := jobfile.FactorFiles(has)
	shared := mayShare && len(names) == 1 && file.IsNpz(names[0])
	switch {
	case len(names) != count && !shared && *c.gram:
		return o, c.Misused("-from needs one file with -gram, X, not %d", len(names))
	case len(names) != count && !shared:
		return o, c.Misused("-from needs two files, A,B, or one .npz file of both, not %d", len(names))
	}
	o.From = pair.Pair{A: names[0]}
	if *c.gram {
		o.From.Form = pair.Gram
		if !c.Given("a") {
			o.A = file.InputX
		}
	} else if !shared {
		o.From.B = names[1]
	}
	o.Cut, o.Memory = c.division, c.memory
	return o, nil
}

// runCut cuts matrices, and says what it has written unless quiet is set.
func runCut(ctx context.Context, o blocks.CutOptions, quiet bool, stdout, stderr io.Writer) error {
	show, finish := progress.New(stderr, "cutting")
	summary, why, err := blocks.Cut(ctx, o, show)
	finish()
	if err != nil || quiet {
		return err
	}
	if why != "" {
		summary = why + "\n" + summary
	}
	if _, err = fmt.Fprintln(stdout, summary); err != nil {
		return fmt.Errorf("the files are complete, but that cannot be printed: %w", err)
	}
	return nil
}
