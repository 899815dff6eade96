//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// report writes the tables and the plots of a run.
func (r *results) report(dir string) error {
	if err := r.plot(dir); err != nil {
		return err
	}
	for name, text := range map[string]string{"table.md": r.tables(), "README.md": r.readme(dir)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			return err
		}
	}
	return nil
}

func (r *results) tables() string {
	return "# What was measured\n\n" +
		"Medians, with the least and the greatest in parentheses. [README.md](README.md) says on which machine,\n" +
		"[bench/README.md](../../README.md) how and what the words mean.\n\n" +
		"## Held against the targets\n\n" + r.targetTable() +
		"\n## Whole programs, from their start to their end\n\n" + r.programTable() +
		"\n## A job with 1000×1000 matrices, step by step\n\n" + r.stepTable() +
		"\n## The multiplication alone\n\n" + r.rateTable() +
		"\n## On a pool\n\n" + r.poolTable() +
		"\n## Sizes of the programs\n\n" + r.sizeTable()
}

// table writes a table in Markdown. The first column is text, the others figures.
func table(head []string, rows [][]string) string {
	if len(rows) == 0 {
		return "Not measured in this run.\n"
	}
	rule := slices.Repeat([]string{"---:"}, len(head))
	rule[0] = "---"
	text := ""
	for _, row := range append([][]string{head, rule}, rows...) {
		text += "| " + strings.Join(row, " | ") + " |\n"
	}
	return text
}

func (r *results) targetTable() string {
	measured := func(f formula, t target) (text, met string) {
		if f == nil {
			return "", ""
		}
		x, ok := f(r)
		switch {
		case !ok:
			return "not measured", ""
		case t.met(x):
			return fmt.Sprintf(t.format, x), "yes"
		}
		return fmt.Sprintf(t.format, x), "no"
	}
	var rows [][]string
	for _, t := range r.targets() {
		ours, met := measured(t.figure, t)
		ofGo, metByGo := measured(t.ofGo, t)
		rows = append(rows, []string{t.what, t.formula, r.limit(t), ours, met, ofGo, metByGo})
	}
	return "g is the time of one product of 1000×1000 matrices by numpy's OpenBLAS, in a process that is warm, with as many\n" +
		"threads. The programs are those of `make build`, with OpenBLAS, unless the Go build is named.\n" +
		"[Where the limits are](../../README.md#where-the-limits-are) says what stands in the way of those not met.\n\n" +
		table([]string{"", "figure", "target", "measured", "met", "the Go build", "met"}, rows)
}

func (r *results) limit(t target) string {
	sign := "≤ "
	if t.least {
		sign = "≥ "
	}
	return sign + strconv.FormatFloat(t.limit, 'g', -1, 64)
}

// programTable has a row for each thing that was timed as a whole program.
func (r *results) programTable() string {
	var rows [][]string
	for _, name := range r.everyName("cmd.") {
		short := strings.TrimPrefix(name, "cmd.")
		if strings.HasPrefix(short, "Step/") || strings.HasPrefix(short, "Flow/") {
			continue
		}
		row := []string{short}
		for _, side := range []string{openblas, goBuild, numpy} {
			row = append(row, spread(r.seconds(side, name)))
		}
		if strings.HasPrefix(short, "Start/program=empty") {
			row[1] = spread(r.seconds(empty, name))
		}
		ratio := ""
		ours, okOurs := r.time(openblas, name)
		if theirs, ok := r.time(numpy, name); ok && okOurs {
			ratio = fmt.Sprintf("%.3f", ours/theirs)
		}
		memory := ""
		if b := r.values[key{openblas, name, "peak-B"}]; len(b) > 0 {
			memory = fmt.Sprintf("%.0f", slices.Max(b)/1e6)
		}
		faults := ""
		if f := r.values[key{openblas, name, "faults"}]; len(f) > 0 {
			faults = fmt.Sprintf("%.0f", median(f))
		}
		rows = append(rows, append(row, ratio, memory, faults))
	}
	return table([]string{"", "ours, OpenBLAS", "ours, Go", "numpy", "ours ÷ numpy", "MB at most", "page faults"}, rows)
}

// everyName returns the names of all that was timed, in the order of their kind and numbers.
func (r *results) everyName(prefix string) []string {
	var names []string
	for k := range r.values {
		if k.unit == "sec/op" && strings.HasPrefix(k.name, prefix) && !slices.Contains(names, k.name) {
			names = append(names, k.name)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		// Job/n=500 before Job/n=1000: longer numbers are larger.
		pad := func(s string) string {
			s, threads, _ := strings.Cut(s, "/threads=")
			kind, number, _ := strings.Cut(s, "=")
			return fmt.Sprintf("%s=%s%8s", kind, threads, number)
		}
		return strings.Compare(pad(a), pad(b))
	})
	return names
}

// spread writes times as "5.2 (5.0–6.1) ms".
func spread(seconds []float64) string {
	if len(seconds) == 0 {
		return ""
	}
	unit, scale := "ms", 1e3
	if median(seconds) >= 1 {
		unit, scale = "s", 1
	}
	format := func(x float64) string {
		if x*scale >= 100 {
			return fmt.Sprintf("%.0f", x*scale)
		}
		return fmt.Sprintf("%.3g", x*scale)
	}
	return fmt.Sprintf("%s (%s–%s) %s", format(median(seconds)), format(slices.Min(seconds)), format(slices.Max(seconds)), unit)
}

func (r *results) stepTable() string {
	var rows [][]string
	sums := make(map[string]float64)
	cell := func(side string, seconds []float64) string {
		if len(seconds) == 0 {
			return ""
		}
		sums[side] += median(seconds)
		return fmt.Sprintf("%.2f", 1e3*median(seconds))
	}
	sides := []string{openblas, goBuild, numpy}
	for _, step := range steps {
		row := []string{"**" + step.name + "**: " + step.text}
		for _, side := range sides {
			row = append(row, cell(side, r.seconds(side, "cmd.Step/step="+step.name)))
		}
		rows = append(rows, row)
	}
	if len(sums) == 0 {
		return table(nil, nil)
	}
	job := fmt.Sprintf("cmd.Job/n=%d", budgetSize)
	sum, whole, product := []string{"all steps"}, []string{"the job, not traced"}, []string{"the product alone, warm"}
	for _, side := range sides {
		sum = append(sum, fmt.Sprintf("%.2f", 1e3*sums[side]))
		t, _ := r.time(side, job)
		whole = append(whole, fmt.Sprintf("%.2f", 1e3*t))
	}
	for _, x := range []struct{ side, name string }{
		{openblas, mul(budgetSize, "openblas")}, {goBuild, mul(budgetSize, r.fastest())}, {numpy, "cmd." + warm(budgetSize, 1)},
	} {
		t, _ := r.time(x.side, x.name)
		product = append(product, fmt.Sprintf("%.2f", 1e3*t))
	}
	return "Medians in ms, on one thread.\n\n" +
		table([]string{"", "ours, OpenBLAS", "ours, Go", "product.py"}, append(rows, sum, whole, product))
}

// rateTable has a row for each size of matrices.
func (r *results) rateTable() string {
	columns := r.rateColumns()
	var rows [][]string
	peak := r.values[key{goBuild, "peak.Peak/threads=1", "GF/s"}]
	for _, n := range []int{100, 200, 500, 1000, 2000, 4000} {
		row := []string{fmt.Sprint(n)}
		for _, c := range columns {
			x := r.values[key{c.side, fmt.Sprintf(c.name, n), "GF/s"}]
			if len(x) == 0 {
				row = append(row, "")
				continue
			}
			row = append(row, fmt.Sprintf("%.1f (%.1f–%.1f) %.0f %%", median(x), slices.Min(x), slices.Max(x), 100*median(x)/median(peak)))
		}
		if strings.Join(row[1:], "") != "" {
			rows = append(rows, row)
		}
	}
	head := []string{"n"}
	for _, c := range columns {
		head = append(head, c.label)
	}
	two := r.values[key{goBuild, "peak.Peak/threads=2", "GF/s"}]
	return fmt.Sprintf("In GF/s, on one thread, and as a share of the core's peak, which is %.1f GF/s in this run (of two threads %.1f).\n\n", median(peak), median(two)) +
		table(head, rows)
}

type column struct{ label, side, name string }

func (r *results) rateColumns() []column {
	return []column{
		{"OpenBLAS itself", library, "openblas.Dgemm/n=%d/threads=1"},
		{"OpenBLAS in panels", openblas, "blas.Mul/n=%d/kernel=openblas/threads=1"},
		{"Go, AVX-512", goBuild, "blas.Mul/n=%d/kernel=avx512/threads=1"},
		{"Go, AVX2", goBuild, "blas.Mul/n=%d/kernel=avx2/threads=1"},
		{"numpy", numpy, "blas.Dgemm/n=%d/threads=1"},
	}
}

func (r *results) sizeTable() string {
	var rows [][]string
	names := r.names(openblas, "cmd.Size/", "B")
	for _, name := range r.names(goBuild, "cmd.Size/", "B") {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		row := []string{strings.NewReplacer("cmd.Size/program=", "", "/os=", ", ").Replace(name)}
		for _, side := range []string{openblas, goBuild} {
			if b := r.values[key{side, name, "B"}]; len(b) > 0 {
				row = append(row, fmt.Sprintf("%.2f MB", median(b)/1e6))
			} else {
				row = append(row, "")
			}
		}
		rows = append(rows, row)
	}
	return table([]string{"", "OpenBLAS", "Go"}, rows)
}

// readme is the sheet about the machine.
func (r *results) readme(dir string) string {
	text := "# A run of `make bench`\n\n" +
		"[table.md](table.md) has the figures, held against what they should be.\n\n" +
		"| | |\n|---|---|\n"
	for _, e := range r.sheet {
		text += "| " + e.key + " | " + e.text + " |\n"
	}
	text += "\nThe load is the number of processes that wanted to run, over 1, 5 and 15 minutes, when the run began and when it\n" +
		"ended. The raw measurements are in the format of Go's benchmarks, a file for each side:\n\n" +
		"    go tool benchstat numpy.txt openblas.txt go.txt\n\n" +
		"They can be turned into table and plots again, from the folder of the project:\n\n" +
		"    go run ./bench/measure -report " + filepath.Join("bench", "runs", filepath.Base(dir)) + "\n"
	for _, p := range r.plots() {
		if _, err := os.Stat(filepath.Join(dir, p.file)); err == nil {
			text += "\n![" + p.title + "](" + p.file + ")\n"
		}
	}
	return text
}
