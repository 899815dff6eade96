// Package page writes a page about a run: one HTML file that needs nothing else.
package page

import (
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"path/filepath"
	"strings"
	"sync"

	"matpool/internal/base/text"
	"matpool/internal/joblog"
	"matpool/internal/watch/report"
	"matpool/internal/watch/timeline"
)

//go:embed page.html
var source string

//go:embed page.css
var styles string

// page is parsed when it is needed, not each time that matwatch starts.
var page = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Funcs(template.FuncMap{"cells": cells}).Parse(source))
})

// Writing returns a function that writes the page about a report to a file, and replaces an existing one. The
// program is the one that writes it, with its version.
func Writing(name, program string) (func(*report.Report) error, error) {
	if ext := strings.ToLower(filepath.Ext(name)); ext != ".html" && ext != ".htm" {
		return nil, fmt.Errorf("%s: the name of a page must end in .html", name)
	}
	return func(r *report.Report) error {
		return timeline.Save(r, name, func(w io.Writer) error { return Write(w, r, program) })
	}, nil
}

// A content is what the page shows.
type content struct {
	Title, Program string
	Logs           string
	Complete       bool
	Summary        string // of the jobs' states
	Provisos       []string
	Facts          []fact
	Picture        *picture // nil if no job had a machine
	Spent          string   // a sentence
	Spending       report.Table
	Typical        report.Table
	Slow, Failures string // sentences about the machines
	Machines       report.Table
	Noun           string // what is numbered
	Problems       []problems
	Interruptions  []string
	Jobs           report.Table
	Faults         []string
	Style          template.CSS
}

// A fact is a question that the reader has, and its answer. More is what it follows from, a line each.
type fact struct {
	Question, Answer string
	More             []string
	Code             string // the recipe
}

type picture struct {
	timeline.Inline
	SVG    template.HTML
	Script template.JS
}

// Write writes the page about a report.
func Write(w io.Writer, r *report.Report, program string) error {
	run := r.Run
	m := look(r)
	c := content{
		Title: text.Plain(filepath.Base(cmp.Or(m.submission, r.Names[0]))), Program: program, Logs: text.First(r.Names, ", "),
		Complete: run.State() == joblog.Done, Summary: run.Summary(), Provisos: provisos(r), Facts: facts(r, m),
		Spent: timeSpent(r), Spending: r.Spending(), Typical: r.Typical(), Slow: slow(r), Failures: failures(r), Machines: machines(r), Problems: allProblems(r), Jobs: r.ByJob(),
		Noun: "product", Style: template.CSS(styles),
	}
	if _, _, _, unit := numbers(r); unit != "product" {
		c.Noun = "index"
	}
	for _, i := range run.Interruptions() {
		c.Interruptions = append(c.Interruptions, i.String())
	}
	const most = 40
	if rest := len(c.Interruptions) - most; rest > 0 {
		c.Interruptions = append(c.Interruptions[:most], fmt.Sprintf("… and %d more", rest))
	}
	for _, err := range r.Faults {
		c.Faults = append(c.Faults, text.Plain(err.Error()))
	}
	if rest := r.FaultCount - len(r.Faults); rest > 0 {
		c.Faults = append(c.Faults, fmt.Sprintf("… and %d more", rest))
	}
	if p, err := timeline.New(r); err == nil { // else no job has had a machine
		x := p.Inline()
		c.Picture = &picture{x, template.HTML(x.SVG), template.JS(timeline.Script)}
		c.Style += template.CSS(colours(x.Keys))
	}
	return page().Execute(w, c)
}

// colours returns the style of the phases in the picture and its legend.
func colours(keys []timeline.Key) string {
	var b strings.Builder
	for _, k := range keys {
		if k.Colour != "" {
			colour := k.Colour
			if k.Class == "idle" {
				colour = "var(--idle)" // darker in dark mode
			}
			fmt.Fprintf(&b, ".%s { --colour: %s; stroke: %[2]s }\n", k.Class, colour)
		}
	}
	return b.String()
}

// provisos returns what the reader should know of the figures.
func provisos(r *report.Report) (lines []string) {
	if proviso := r.Run.Proviso(); proviso != "" {
		lines = append(lines, proviso)
	}
	for _, line := range r.Times() {
		if strings.HasPrefix(line, "unknown: ") {
			lines = append(lines, "times are "+line)
		}
	}
	return lines
}

// A cell is one of a table in the page.
type cell struct {
	Text    string
	Head    bool // of its row
	Numeric bool
}

// cells returns the cells of a row of a table. The first is the row's head.
func cells(t report.Table, row []string) []cell {
	list := make([]cell, len(row))
	for i, text := range row {
		list[i] = cell{strings.TrimSpace(text), i == 0, i >= t.Left}
	}
	return list
}
