//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The README's section between these marks is written by updateReadme.
const (
	beginMark = "<!-- Written by go run ./bench/measure -report DIR -readme README.md -->\n"
	endMark   = "<!-- end of what is written -->\n"
)

// updateReadme writes the most important figures and the plot between the marks of a README.
func (a *archive) updateReadme(readme string) error {
	text, err := os.ReadFile(readme)
	if err != nil {
		return err
	}
	before, rest, okBegin := strings.Cut(string(text), beginMark)
	_, after, okEnd := strings.Cut(rest, endMark)
	if !okBegin || !okEnd {
		return fmt.Errorf("%s: the marks %q and %q are missing", readme, strings.TrimSpace(beginMark), strings.TrimSpace(endMark))
	}
	dir, err := filepath.Rel(filepath.Dir(readme), a.dir)
	if err != nil {
		return err
	}
	return os.WriteFile(readme, []byte(before+beginMark+a.summary(filepath.ToSlash(dir))+endMark+after), 0o666)
}

func (a *archive) summary(dir string) string {
	p := a.products()
	python := flowName(p, "1")
	var rows [][]string
	for _, x := range []struct{ work, ours, theirs string }{
		{"one job, 1000×1000, on one thread", "Job/n=1000", ""},
		{"one job, 100×100", "Job/n=100", ""},
		{fmt.Sprintf("inputs of %d products", p), fmt.Sprintf("Init/pairs=%d/threads=2", p), ""},
		{"sum of 100 outputs", "Combine/outputs=100/threads=2", ""},
		{fmt.Sprintf("serial check of %d products", p), fmt.Sprintf("Serial/products=%d/threads=2", p), ""},
		{"the flow on a pool, four slots", flowName(p, "auto"), python},
		{"… with `sum = yes`", flowName(p, "auto"+sumSuffix), python},
		{"… and `inputs = random`", flowName(p, "auto"+randomSuffix), python},
	} {
		if x.theirs == "" {
			x.theirs = x.ours
		}
		row := []string{x.work, a.spread(numpy, x.theirs)}
		for _, build := range []string{openblas, goBuild} {
			faster := ""
			if ratio := a.seconds(numpy, x.theirs) / a.seconds(build, x.ours); ratio > 0 {
				faster = fmt.Sprintf("%.1f", ratio)
			}
			row = append(row, a.spread(build, x.ours), faster)
		}
		if row[3] != "" {
			rows = append(rows, row)
		}
	}
	return "\n![" + jobTitle + "](" + dir + "/" + jobPlot + ")\n\n" +
		table([]string{"", "Python with numpy", "matpool, OpenBLAS", "speedup", "matpool, BLAS=go", "speedup"}, rows) +
		fmt.Sprintf("\nMedians of %d interleaved runs (smallest–largest), on two threads unless the row says one: %s, %s. "+
			"See [all measurements](%s/table.md) and [what limits them](bench/README.md).\n",
			len(a.sample(openblas, "Job/n=1000", "sec/op")), a.machine["cpu"], a.machine["date"], dir)
}
