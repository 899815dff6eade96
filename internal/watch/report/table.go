package report

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"matpool/condor/eventlog"
	"matpool/internal/base/text"
)

// A Table has rows of cells. The first row is the heading.
type Table struct {
	Left  int // the number of columns aligned left; the others are aligned right
	Rows  [][]string
	Title string // a line before it, or ""
	Note  string // a line after it, or ""
}

func (t *Table) row(cells ...any) {
	row := make([]string, len(cells))
	for i, cell := range cells {
		switch d := cell.(type) {
		case time.Duration:
			cell = text.Duration(d)
		case eventlog.Elapsed:
			cell = duration(d)
		}
		row[i] = text.Plain(fmt.Sprint(cell))
	}
	t.Rows = append(t.Rows, row)
}

func duration(e eventlog.Elapsed) string {
	if e.Unknown {
		return "unknown"
	}
	return text.Duration(e.Duration)
}

// print prints the table after an empty line, or nothing if it is empty.
func (t *Table) print(w io.Writer) {
	if len(t.Rows) > 0 || t.Title != "" {
		fmt.Fprintln(w)
	}
	if t.Title != "" {
		fmt.Fprintln(w, t.Title)
	}
	var widths []int
	for _, row := range t.Rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range t.Rows {
		var line strings.Builder
		for i, cell := range row {
			gap := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i >= t.Left {
				cell, gap = gap+cell, ""
			}
			if i > 0 {
				line.WriteString("  ")
			}
			line.WriteString(cell + gap)
		}
		fmt.Fprintln(w, strings.TrimRight(line.String(), " "))
	}
	if t.Note != "" {
		fmt.Fprintln(w, t.Note)
	}
}

// percent returns a share as a percentage.
func percent(share float64) string { return fmt.Sprintf("%.0f%%", 100*share) }

func share(part, whole time.Duration) string {
	if whole <= 0 {
		return "-"
	}
	return percent(float64(part) / float64(whole))
}
