//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// report writes table.md, README.md and the plot, which are made from the samples.
func (a *archive) report(ctx context.Context) error {
	tables, err := a.tables(ctx)
	if err != nil {
		return err
	}
	machine, err := os.ReadFile(filepath.Join(a.dir, machineFile))
	if err != nil {
		return err
	}
	plotted, err := a.plotJob(filepath.Join(a.dir, jobPlot))
	if err != nil {
		return err
	}
	about := fmt.Sprintf(aboutRun, machine, filepath.Base(a.dir))
	if plotted {
		about += "\n![" + jobTitle + "](" + jobPlot + ")\n"
	}
	return errors.Join(os.WriteFile(filepath.Join(a.dir, "table.md"), []byte(tables), 0o666),
		os.WriteFile(filepath.Join(a.dir, "README.md"), []byte(about), 0o666))
}

const aboutRun = "# A run of `make bench`\n\n" +
	"[table.md](table.md) has the figures and their targets.\n\n```\n%s```\n\n" +
	`The load is the number of processes that were running or waiting to run, averaged over 1, 5 and 15 minutes, before and
after. The samples are in Go's benchmark format, one file per implementation. To make the report from them again, run in
the project's folder:

    go run ./bench/measure -report bench/runs/%s
`

func (a *archive) tables(ctx context.Context) (string, error) {
	times, err := a.benchstat(ctx, "pkg:matpool/cmd -.name:(Flow OR Large) .unit:(sec/op OR peak-B OR faults)")
	if err != nil {
		return "", err
	}
	return `# What was measured

[README.md](README.md) describes the machine, and [bench/README.md](../../README.md) the method and the names below.
benchstat gives medians with their 95 % confidence intervals.

## Targets

` + a.targetTable() + `
## The multiplication

` + a.dgemmTable() + `
## Other types

In GF/s on one thread. A complex product counts as four real ones. The 64-bit integers are so large that integer
instructions multiply them.

` + a.typeTable() + `
## Each kind

The processor's time on one thread, without the program's start. A process does the work several times, so that its start is
short beside it. Mapped files are .npy files, and read ones arrays of a .npz file, whose checksums are verified.
numpy's products of float32 and complex64 add in float32, ours in float64, at half of the processor's peak rate.

` + a.shapeTable() + `
## The flow on a pool

` + a.flowTable() + a.modelText() + `
## Cut products

` + a.largeTable() + `
## Whole programs

peak-B is a program's peak memory, faults its page faults.

` + times, nil
}

// table formats a Markdown table whose first column is text and whose other columns are figures.
func table(head []string, rows [][]string) string {
	if len(rows) == 0 {
		return "Not measured.\n"
	}
	rule := slices.Repeat([]string{"---:"}, len(head))
	rule[0] = "---"
	text := ""
	for _, row := range append([][]string{head, rule}, rows...) {
		text += "| " + strings.Join(row, " | ") + " |\n"
	}
	return text
}

func (a *archive) targetTable() string {
	var rows [][]string
	for _, t := range a.targets() {
		row := []string{t.work, t.formula, fmt.Sprintf("%s %v", t.sign, t.limit)}
		for _, build := range []string{shipped, goBuild} {
			switch x := t.figure(build); {
			case math.IsNaN(x):
				row = append(row, "")
			case t.met(x):
				row = append(row, fmt.Sprintf("%#.3g ✓", x))
			default:
				row = append(row, fmt.Sprintf("%#.3g ✗", x))
			}
		}
		alone := ""
		if x := t.figure(empty); strings.Contains(t.formula, " ÷ ") && !math.IsNaN(x) { // of times
			alone = fmt.Sprintf("%#.3g", x)
		}
		if row = append(row, alone); strings.Join(row[3:], "") != "" {
			rows = append(rows, row)
		}
	}
	return fmt.Sprintf(`g is the time of one product of 1000×1000 matrices in a warm numpy process with the same number of threads. The flow has
%d products of 1000×1000 matrices. "Files alone" is the figure of a program, or of jobs, that only read and write the same
files. [Where the limits are](../../README.md#where-the-limits-are) explains why some targets are not met.

`, a.products()) + table([]string{"", "figure", "target", "shipped build", "Go build", "files alone"}, rows)
}

// dgemmTable returns the rates of the implementations and kernels, and their shares of the peak.
func (a *archive) dgemmTable() string {
	head, rows := []string{"n"}, [][]string{{"100"}, {"200"}, {"500"}, {"1000"}, {"2000"}, {"4000"}}
	for _, column := range []struct{ label, implementation, name string }{
		{"OpenBLAS itself", library, "openblas.Dgemm/n=%s/threads=1"},
		{"OpenBLAS in panels", shipped, "blas.Mul/n=%s/kernel=openblas/threads=1"},
		{"Go, AVX-512", goBuild, "blas.Mul/n=%s/kernel=avx512/threads=1"},
		{"Go, AVX2", goBuild, "blas.Mul/n=%s/kernel=avx2/threads=1"},
		{"Go, generic", goBuild, "blas.Mul/n=%s/kernel=generic/threads=1"},
		{"numpy, warm", numpy, "Warm/n=%s/threads=1"},
	} {
		head = append(head, column.label)
		for i, row := range rows {
			var n float64
			fmt.Sscan(row[0], &n)
			cell := ""
			if t := a.seconds(column.implementation, fmt.Sprintf(column.name, row[0])); t > 0 {
				rate := 2 * n * n * n / t / 1e9
				cell = fmt.Sprintf("%.1f, %.0f %%", rate, 100*rate/a.peak(1))
			}
			rows[i] = append(row, cell)
		}
	}
	if math.IsNaN(a.peak(1)) {
		return table(nil, nil)
	}
	rows = slices.DeleteFunc(rows, func(row []string) bool { return strings.Join(row[1:], "") == "" })
	return fmt.Sprintf("In GF/s on one thread, and as a share of the core's peak of %.1f GF/s; the peak of two threads is %.1f GF/s.\n\n", a.peak(1), a.peak(2)) +
		table(head, rows)
}

// spread formats times as "5.2 (5.0–6.1) ms": the median, the smallest and the largest.
func (a *archive) spread(implementation, name string) string {
	s := a.sample(implementation, name, "sec/op")
	if len(s) == 0 {
		return ""
	}
	median, unit, scale := a.seconds(implementation, name), "ms", 1e3
	if median >= 1 {
		unit, scale = "s", 1
	}
	format := func(x float64) string {
		if x*scale >= 100 {
			return fmt.Sprintf("%.0f", x*scale)
		}
		return fmt.Sprintf("%.3g", x*scale)
	}
	return fmt.Sprintf("%s (%s–%s) %s", format(median), format(s[0]), format(s[len(s)-1]), unit)
}

// benchstat returns benchstat's comparison of the benchmarks that a filter selects, with numpy as the baseline.
func (a *archive) benchstat(ctx context.Context, filter string) (string, error) {
	argv := []string{"tool", "benchstat", "-filter", filter, "-table", "pkg", "-row", ".fullname", "-col", ".file", "-ignore", ".config"}
	for _, name := range []string{numpy, shipped, goBuild} {
		if file := filepath.Join(a.dir, name+".txt"); exists(file) {
			argv = append(argv, name+"="+file)
		}
	}
	out, err := exec.CommandContext(ctx, "go", argv...).Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w", strings.Join(argv, " "), err)
	}
	if len(out) == 0 {
		return "Not measured.\n", nil
	}
	return "```\n" + string(out) + "```\n", nil
}
