//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"matpool/internal/file"
)

// What stands between these marks in the README is written by this program.
const (
	beginMark = "<!-- Written by go run ./bench/measure -report DIR -readme README.md -->\n"
	endMark   = "<!-- end of what is written -->\n"
)

// insertInto puts a plot and a table of the run into the README, which lies in the folder of the project.
func (r *results) insertInto(readme, dir string) error {
	text, err := os.ReadFile(readme)
	if err != nil {
		return err
	}
	before, rest, okBegin := strings.Cut(string(text), beginMark)
	_, after, okEnd := strings.Cut(rest, endMark)
	if !okBegin || !okEnd {
		return fmt.Errorf("%s: has no marks %q and %q", readme, strings.TrimSpace(beginMark), strings.TrimSpace(endMark))
	}
	relative, err := filepath.Rel(filepath.Dir(readme), dir)
	if err != nil {
		return err
	}
	out, err := file.Create(readme)
	if err != nil {
		return err
	}
	defer out.Close()
	if _, err := out.Write([]byte(before + beginMark + r.summary(filepath.ToSlash(relative)) + endMark + after)); err != nil {
		return err
	}
	return out.Commit(false)
}

// summary is for who wants to know whether it is worth it.
func (r *results) summary(dir string) string {
	python, ours, sums, _ := r.compared()
	p := r.products()
	var rows [][]string
	for _, x := range []struct{ what, ours, numpys string }{
		{"one job, 1000×1000, on one thread", fmt.Sprintf("cmd.Job/n=%d", size), fmt.Sprintf("cmd.Job/n=%d", size)},
		{"one job, 100×100", "cmd.Job/n=100", "cmd.Job/n=100"},
		{fmt.Sprintf("inputs of %d products", p), fmt.Sprintf("cmd.Init/pairs=%d/threads=2", p), fmt.Sprintf("cmd.Init/pairs=%d/threads=2", p)},
		{"sum of 100 outputs", "cmd.Combine/outputs=100/threads=2", "cmd.Combine/outputs=100/threads=2"},
		{fmt.Sprintf("serial check of %d products", p), fmt.Sprintf("cmd.Serial/products=%d/threads=2", p), fmt.Sprintf("cmd.Serial/products=%d/threads=2", p)},
		{"the flow on a pool, four slots", ours, python},
		{"… with `sum = yes`", sums, python},
	} {
		a, okA := r.time(openblas, x.ours)
		b, okB := r.time(numpy, x.numpys)
		if okA && okB {
			rows = append(rows, []string{x.what, spread(r.seconds(numpy, x.numpys)), spread(r.seconds(openblas, x.ours)), fmt.Sprintf("%.1f", b/a)})
		}
	}
	runs := len(r.seconds(openblas, fmt.Sprintf("cmd.Job/n=%d", size)))
	return "\n![Time of one job by the size of its matrices](" + dir + "/job.svg)\n\n" +
		table([]string{"", "Python with numpy", "matpool", "times as fast"}, rows) +
		fmt.Sprintf("\nMedians of %d runs in turn, with the least and the greatest, on two threads but where it says one: %s, %s. "+
			"[Everything that was measured](%s/table.md), and [what the limits are](bench/README.md).\n",
			runs, r.about("cpu"), r.about("date"), dir)
}
