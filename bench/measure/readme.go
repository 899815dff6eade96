//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The README's sections between one of the first two of these marks and the last are written by updateReadme.
const (
	beginMark  = "<!-- Written by go run ./bench/measure -report DIR -readme README.md -->\n"
	shapesMark = "<!-- Written likewise, from the run of the stage shapes -->\n"
	endMark    = "<!-- end of what is written -->\n"
)

// updateReadme writes what the archive is about between the marks of a README: the most important figures and the plot, or
// a line on the shapes of products.
func (a *archive) updateReadme(readme string) error {
	text, err := os.ReadFile(readme)
	if err != nil {
		return err
	}
	dir, err := filepath.Rel(filepath.Dir(readme), a.dir)
	if err != nil {
		return err
	}
	content := string(text)
	for mark, section := range a.sections(filepath.ToSlash(dir)) {
		before, rest, okBegin := strings.Cut(content, mark)
		_, after, okEnd := strings.Cut(rest, endMark)
		if !okBegin || !okEnd {
			return fmt.Errorf("%s: the marks %q and %q are missing", readme, strings.TrimSpace(mark), strings.TrimSpace(endMark))
		}
		content = before + mark + section + endMark + after
	}
	return os.WriteFile(readme, []byte(content), 0o666)
}

// sections returns the README's sections that the archive has samples for, by their marks.
func (a *archive) sections(dir string) map[string]string {
	sections := map[string]string{}
	if a.names(shipped, "Job/*", "sec/op") != nil {
		sections[beginMark] = a.summary(dir)
	}
	if a.shapeNames() != nil {
		sections[shapesMark] = a.shapeSummary(dir)
	}
	return sections
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
		for _, build := range []string{shipped, goBuild} {
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
		table([]string{"", "Python with numpy", "matpool, shipped build", "speedup", "matpool, Go build", "speedup"}, rows) +
		fmt.Sprintf("\nMedians of %d interleaved runs (smallest–largest), on two threads unless the row says one: %s, %s. "+
			"See [all measurements](%s/table.md) and [what limits them](bench/README.md).\n",
			len(a.sample(shipped, "Job/n=1000", "sec/op")), a.machine["cpu"], a.machine["date"], dir)
}
