// Package timeline draws what each slot did during a run.
package timeline

import (
	"fmt"
	"image/color"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"matpool/condor/eventlog"
	"matpool/internal/base/text"
	"matpool/internal/joblog"
	"matpool/internal/status"
	"matpool/internal/watch/report"
)

// Sizes of the picture. Its height depends on the number of slots.
const (
	width      = 30 * vg.Centimeter
	margin     = 0.4 * vg.Centimeter
	maxRow     = 0.8 * vg.Centimeter
	minRow     = 0.08 * vg.Centimeter
	rowsHeight = 28 * vg.Centimeter // of all rows, unless they become lower than minRow
	maxHeight  = 80 * vg.Centimeter // of all rows: a thousand or more become lower than minRow
	smallFont  = 9                  // in points
	largeFont  = 12
)

// The colours are those of Okabe and Ito, "Color Universal Design" (2008), which colour-blind
// people can distinguish. Grey means no work.
var colours = [phases]color.Color{
	queued:    color.RGBA{240, 228, 66, 255},
	input:     color.RGBA{230, 159, 0, 255},
	computing: color.RGBA{0, 114, 178, 255},
	vain:      color.RGBA{213, 94, 0, 255},
	suspended: color.RGBA{204, 121, 167, 255},
	output:    color.RGBA{86, 180, 233, 255},
	other:     color.RGBA{150, 150, 150, 255},
}

var background = color.RGBA{235, 235, 235, 255}

var phaseNames = [phases]string{"waiting to transfer", "inputs", "computing", "computing in vain", "suspended", "outputs", "starting, ending"}

// A Picture is a timeline before it is drawn.
type Picture struct {
	title string
	span  float64 // in seconds
	rows  []*row
	since string // the event at time 0
	jobs  []*eventlog.Job
}

// New returns the timeline of a report. If no job had a machine, it returns an error of
// status Unfinished.
func New(r *report.Report) (*Picture, error) {
	p := &Picture{since: "submission", jobs: r.Run.Jobs}
	begin := r.Submitted
	if begin.IsZero() || begin.Until(r.Latest).Unknown {
		begin, p.since = r.First, "the first job's start"
	}
	var untimed int
	p.rows, untimed = rows(r, begin)
	if len(p.rows) == 0 {
		return nil, status.UnfinishedError(fmt.Errorf("%s: no job has had a machine yet: nothing to draw", r.Names[0]), "")
	}
	p.span = max(1, begin.Until(r.Latest).Seconds())
	for _, row := range p.rows {
		for _, piece := range row.pieces {
			p.span = max(p.span, piece.to) // the time until the latest event may be unknown
		}
	}
	makespan := "unknown"
	if span := r.Makespan(); !span.Unknown {
		makespan = text.Duration(span.Duration)
	}
	p.title = fmt.Sprintf("%s on %s, makespan %s", r.Run.Name(), text.Count(len(p.rows), "slot"), makespan)
	if untimed > 0 {
		p.title += fmt.Sprintf(" (not drawn, since a time is unknown: %s)", text.Count(untimed, "attempt"))
	}
	if c := r.Run.Counts; c.Done < c.Total() {
		p.title += "; " + joblog.Counts(c)
	}
	return p, nil
}

func (p *Picture) size() (w, h vg.Length) {
	return width, vg.Length(len(p.rows))*p.rowHeight() + 2*margin + frameHeight
}

// frameHeight is the height of the title, the axis and the legend.
const frameHeight = 3.2 * vg.Centimeter

func (p *Picture) rowHeight() vg.Length {
	n := vg.Length(len(p.rows))
	return min(maxRow, max(minRow, rowsHeight/n), maxHeight/n)
}

// style sets the font of a text to sans-serif.
func style(s *draw.TextStyle, size font.Length) {
	s.Font.Variant = "Sans"
	s.Font.Size = size
}

func (p *Picture) draw(c draw.Canvas) {
	c.SetColor(color.White)
	c.Fill(c.Rectangle.Path())
	c = draw.Crop(c, margin, -margin, margin, -margin)

	unit, name := unitOf(p.span)
	plt := plot.New()
	plt.Title.Text = p.title
	style(&plt.Title.TextStyle, largeFont)
	plt.Title.Padding = 0.25 * vg.Centimeter
	plt.X.Label.Text = name + " since " + p.since
	style(&plt.X.Label.TextStyle, smallFont)
	style(&plt.X.Tick.Label, smallFont)
	style(&plt.Y.Tick.Label, smallFont)
	plt.X.Min, plt.X.Max = 0, p.span/unit
	plt.X.Tick.Marker = plot.ConstantTicks(ticks(p.span / unit))
	plt.X.Padding, plt.Y.Padding = 0, 0.1*vg.Centimeter
	plt.Y.Min, plt.Y.Max = 0, float64(len(p.rows))
	plt.Y.Tick.Marker = plot.ConstantTicks(labels(p.rows, p.rowHeight()))
	plt.Y.LineStyle.Width, plt.Y.Tick.LineStyle.Width = 0, 0
	plt.Y.Tick.Length = 0
	plt.Add(bars{p, unit})

	legend := lines(p.legend(), plt.X.Tick.Label, c.Max.X-c.Min.X)
	drawLegend(c, plt.X.Tick.Label, legend)
	plt.Draw(draw.Crop(c, 0, 0, vg.Length(len(legend))*lineHeight+margin, 0))
}

// bars draws the rows.
type bars struct {
	*Picture
	unit float64
}

// Plot implements [plot.Plotter].
func (b bars) Plot(c draw.Canvas, plt *plot.Plot) {
	x, y := plt.Transforms(&c)
	at := func(seconds float64) vg.Length { return x(seconds / b.unit) }
	dot := b.span / float64((c.Max.X-c.Min.X)/vg.Points(0.75)) // the time that one dot of a typical screen shows
	pitch := y(1) - y(0)
	half := 0.4 * pitch
	for i, r := range b.rows {
		middle := y(float64(len(b.rows)-i) - 0.5)
		rectangle := func(path vg.Path, from, to float64) vg.Path {
			left, right := at(from), at(to)
			path.Move(vg.Point{X: left, Y: middle - half})
			path.Line(vg.Point{X: right, Y: middle - half})
			path.Line(vg.Point{X: right, Y: middle + half})
			path.Line(vg.Point{X: left, Y: middle + half})
			path.Close()
			return path
		}
		c.SetColor(background)
		c.Fill(rectangle(nil, 0, b.span))
		var paths [phases]vg.Path // one for each colour keeps the file small
		for _, p := range merge(r.pieces, dot) {
			paths[p.phase] = rectangle(paths[p.phase], p.from, p.to)
		}
		for phase, path := range paths {
			if path != nil {
				c.SetColor(colours[phase])
				c.Fill(path)
			}
		}
		if pitch >= minLabelGap {
			separate(c, r.begins, at, middle-half, middle+half)
		}
		size := min(max(0.28*pitch, vg.Points(1.6)), vg.Points(4))
		last := [eventlog.Outcomes]float64{}
		for _, m := range r.marks {
			if m.at-last[m.kind] < 3*dot && last[m.kind] > 0 {
				continue // it would cover the previous one
			}
			last[m.kind] = m.at
			c.DrawGlyph(glyph(m.kind, size), vg.Point{X: at(m.at), Y: middle})
		}
	}
}

// separate draws a line at the beginning of each attempt, unless it is too close to the
// previous one.
func separate(c draw.Canvas, begins []float64, at func(float64) vg.Length, bottom, top vg.Length) {
	line := draw.LineStyle{Color: color.White, Width: vg.Points(0.75)}
	for i, begin := range begins {
		if x := at(begin); i > 0 && x-at(begins[i-1]) > 6*line.Width {
			c.StrokeLine2(line, x, bottom, x, top)
		}
	}
}

func glyph(kind eventlog.Outcome, size vg.Length) draw.GlyphStyle {
	s := draw.GlyphStyle{Color: color.Black, Radius: size}
	switch kind {
	case eventlog.Retried:
		s.Shape = draw.CrossGlyph{}
	case eventlog.EndedByHold:
		s.Shape = draw.PyramidGlyph{}
	default:
		s.Shape = draw.RingGlyph{}
	}
	return s
}

// unitOf returns the unit for a span, in seconds, and its name.
func unitOf(span float64) (unit float64, name string) {
	switch {
	case span <= 5*60:
		return 1, "seconds"
	case span <= 5*3600:
		return 60, "minutes"
	}
	return 3600, "hours"
}

// ticks returns at most 15 ticks from 0 on.
func ticks(span float64) (list []plot.Tick) {
	step := 0.1
	for i := 0; span/step > 15; i++ { // 0.1, 0.2, 0.5, 1, 2, 5 …
		step *= [...]float64{2, 2.5, 2}[i%3]
	}
	for i := range int(math.Floor(span/step)) + 1 {
		value := float64(i) * step
		list = append(list, plot.Tick{Value: value, Label: strconv.FormatFloat(value, 'g', 6, 64)})
	}
	return list
}
