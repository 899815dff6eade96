package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"matpool/internal/base/file"
	"matpool/internal/base/text"
	"matpool/internal/blocks"
	"matpool/internal/cli"
	"matpool/internal/pair"
	"matpool/internal/progress"
)

// cutArguments are the flags for matrices that are cut.
type cutArguments struct {
	from     *string
	gram     *bool
	division blocks.Division
	auto     bool // one of its parts
	memory   int64
}

func cutFlags(flags *cli.Flags) *cutArguments {
	c := &cutArguments{division: blocks.Division{Panels: 1, Rows: 1, Cols: 1}, memory: 2 << 30}
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
			c.division.Rows, c.division.Cols, c.auto = 0, 0, true
			return nil
		}
		c.division.Rows, c.division.Cols, err = text.ParseGrid(s, file.MaxIndex)
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
	if err != nil || n < 1 || n > file.MaxIndex {
		return 0, fmt.Errorf("it must be a whole number from 1 to %d, or auto", file.MaxIndex)
	}
	return n, nil
}

// runCut cuts matrices.
func runCut(ctx context.Context, flags *cli.Flags, c *cutArguments, o blocks.CutOptions, quiet bool, stdout, stderr io.Writer) error {
	for _, name := range []string{"jobs", "size", "seed", "rng", "dist", "dtype", "npz"} {
		if flags.Given(name) {
			return flags.Misused("-from cuts matrices that exist: it does not go with -%s", name)
		}
	}
	panels, grid := flags.Given("panels"), flags.Given("grid")
	switch {
	case !panels && !grid:
		return flags.Misused("-from needs -panels or -grid, which say how the matrices are cut")
	case *c.gram && flags.Given("b"):
		return flags.Misused("with -gram there is no second factor: it does not go with -b")
	case *c.gram && grid:
		return flags.Misused("a Gram matrix is cut into panels only: -gram does not go with -grid")
	case c.auto && panels && grid:
		return flags.Misused("auto chooses -panels or -grid, not both")
	case flags.Given("memory") && !c.auto:
		return flags.Misused("flag -memory goes with auto only")
	}
	names := strings.Split(*c.from, ",")
	if slices.Contains(names, "") {
		return flags.Misused("flag -from: one of the names is empty")
	}
	o.From = pair.Pair{A: names[0]}
	switch {
	case *c.gram && len(names) == 1:
		o.From.Form = pair.Gram
		if !flags.Given("a") {
			o.A = "inputX.npy"
		}
	case *c.gram:
		return flags.Misused("with -gram -from names one file, X; not %d", len(names))
	case len(names) == 2:
		o.From.B = names[1]
	case len(names) > 2 || !strings.EqualFold(filepath.Ext(names[0]), ".npz"):
		return flags.Misused("-from names two files, A,B, or one .npz file of both; not %d", len(names))
	}
	o.Cut, o.Memory = c.division, c.memory

	show, finish := progress.New(stderr, "cutting")
	summary, why, err := blocks.Cut(ctx, o, show)
	finish()
	if err != nil || quiet {
		return err
	}
	if why != "" {
		summary = why + "\n" + summary
	}
	_, err = fmt.Fprintln(stdout, summary)
	return err
}
