//go:build linux

package main

import (
	"errors"
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A picture is one plot: curves of medians, with bars from the least to the greatest.
type picture struct {
	file, title, x, y string
	curves            []curve
	logX, logY        bool
	percent           bool // y goes from 0 to 100
}

type curve struct {
	label  string
	color  color.Color
	points []point
	model  bool // a dashed line without marks: computed, or a level to compare with
}

// A point is what was measured at x.
type point struct {
	x                       float64
	middle, least, greatest float64
}

// Colours that can be told apart, whatever the reader's eyes (Okabe and Ito).
var (
	blue   = color.RGBA{0, 114, 178, 255}
	orange = color.RGBA{230, 159, 0, 255}
	green  = color.RGBA{0, 158, 115, 255}
	red    = color.RGBA{213, 94, 0, 255}
	grey   = color.RGBA{90, 90, 90, 255}
)

// series are the measurements of a name with a number in it, at these numbers, each through f.
func (r *results) series(side, format, unit string, at []int, f func(n int, x float64) float64) (points []point) {
	for _, n := range at {
		var all []float64
		for _, x := range r.values[key{side, fmt.Sprintf(format, n), unit}] {
			all = append(all, f(n, x))
		}
		if len(all) > 0 {
			points = append(points, point{float64(n), median(all), slices.Min(all), slices.Max(all)})
		}
	}
	return points
}

var (
	allSizes   = []int{100, 200, 500, 1000, 2000, 4000}
	allOutputs = []int{10, 30, 100, 300, 1000}
)

// plots returns all pictures; those of which nothing was measured have no points.
func (r *results) plots() []picture {
	ms := func(_ int, x float64) float64 { return 1e3 * x }
	same := func(_ int, x float64) float64 { return x }
	peak := median(r.values[key{goBuild, "peak.Peak/threads=1", "GF/s"}])
	share := func(_ int, x float64) float64 { return 100 * x / peak }
	job, combine := "cmd.Job/n=%d", "cmd.Combine/outputs=%d/threads=2"

	rates := picture{file: "peak.svg", title: "The multiplication: share of a core's peak", x: "n, of n×n matrices", y: "% of the peak", logX: true, percent: true}
	for i, c := range r.rateColumns() {
		rates.curves = append(rates.curves, curve{label: c.label, color: []color.Color{red, blue, green, orange, grey}[i],
			points: r.series(c.side, c.name, "GF/s", allSizes, share)})
	}
	return append([]picture{
		{file: "job.svg", title: "One job, one thread: from the start of the program to its end", x: "n, of n×n matrices", y: "ms", logX: true, logY: true, curves: []curve{
			{label: "product.py", color: grey, points: r.series(numpy, job, "sec/op", allSizes, ms)},
			{label: "matprod, OpenBLAS", color: blue, points: r.series(openblas, job, "sec/op", allSizes, ms)},
			{label: "matprod, Go", color: green, points: r.series(goBuild, job, "sec/op", allSizes, ms)},
			{label: "numpy's product alone", color: red, points: r.series(numpy, "cmd.Warm/n=%d/threads=1", "sec/op", allSizes, ms)},
		}},
		rates,
		{file: "combine.svg", title: "Outputs added up, 1000×1000 each", x: "outputs", y: "s", logX: true, logY: true, curves: []curve{
			{label: "combine.py", color: grey, points: r.series(numpy, combine, "sec/op", allOutputs, same)},
			{label: "matcombine, 1 thread", color: orange, points: r.series(openblas, "cmd.Combine/outputs=%d/threads=1", "sec/op", allOutputs, same)},
			{label: "matcombine, 2 threads", color: blue, points: r.series(openblas, combine, "sec/op", allOutputs, same)},
		}},
	}, r.poolPlots()...)
}

// plot draws those pictures of which something was measured.
func (r *results) plot(dir string) error {
	for _, p := range r.plots() {
		if !p.empty() {
			if err := p.save(filepath.Join(dir, p.file)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p picture) empty() bool {
	for _, c := range p.curves {
		if len(c.points) > 0 && !c.model {
			return false
		}
	}
	return true
}

// save draws the picture, in the format that the name's ending says. What the curves are stands on the right.
func (p picture) save(name string) error {
	plot.DefaultFont.Variant = "Sans"
	axes := plot.New()
	axes.Title.Text, axes.X.Label.Text, axes.Y.Label.Text = p.title, p.x, p.y
	axes.Title.Padding = vg.Points(10)
	axes.Add(plotter.NewGrid())
	legend := plot.NewLegend()
	legend.Top, legend.Left, legend.Padding = true, true, vg.Points(4)
	for _, c := range p.curves {
		if len(c.points) == 0 {
			continue
		}
		if err := c.draw(axes, &legend); err != nil {
			return err
		}
	}
	if p.logX {
		axes.X.Scale, axes.X.Tick.Marker = plot.LogScale{}, p.places()
	}
	switch {
	case p.logY:
		axes.Y.Scale, axes.Y.Tick.Marker = plot.LogScale{}, decades{}
		axes.Y.Min, axes.Y.Max = axes.Y.Min/1.3, axes.Y.Max*1.3
	case p.percent:
		axes.Y.Min, axes.Y.Max = 0, 100
		axes.Y.Tick.Marker = plot.ConstantTicks{{Value: 0, Label: "0"}, {Value: 20, Label: "20"}, {Value: 40, Label: "40"},
			{Value: 60, Label: "60"}, {Value: 80, Label: "80"}, {Value: 100, Label: "100"}}
	}

	const width, height, margin, words = 8 * vg.Inch, 4 * vg.Inch, 0.1 * vg.Inch, 2.2 * vg.Inch
	format := strings.TrimPrefix(filepath.Ext(name), ".")
	canvas, err := draw.NewFormattedCanvas(width, height, format)
	if err != nil {
		return err
	}
	page := draw.New(canvas)
	page.SetColor(color.White)
	page.Fill(page.Rectangle.Path())
	page = draw.Crop(page, margin, -margin, margin, -margin)
	axes.Draw(draw.Crop(page, 0, -words, 0, 0))
	legend.Draw(draw.Crop(page, width-2*margin-words+0.1*vg.Inch, 0, 0, -0.4*vg.Inch))
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	_, err = canvas.WriteTo(f)
	return errors.Join(err, f.Close())
}

func (c curve) draw(axes *plot.Plot, legend *plot.Legend) error {
	line, err := plotter.NewLine(c)
	if err != nil {
		return err
	}
	line.Color, line.Width = c.color, vg.Points(1.4)
	axes.Add(line)
	if c.model {
		line.Dashes = []vg.Length{vg.Points(4), vg.Points(3)}
		legend.Add(c.label, line)
		return nil
	}
	marks, err := plotter.NewScatter(c)
	if err != nil {
		return err
	}
	marks.Color, marks.Shape, marks.Radius = c.color, draw.CircleGlyph{}, vg.Points(2.4)
	bars, err := plotter.NewYErrorBars(c)
	if err != nil {
		return err
	}
	bars.Color = c.color
	axes.Add(bars, marks)
	legend.Add(c.label, line, marks)
	return nil
}

// A curve is what gonum's plotters want to see.
func (c curve) Len() int                { return len(c.points) }
func (c curve) XY(i int) (x, y float64) { return c.points[i].x, c.points[i].middle }
func (c curve) YError(i int) (low, up float64) {
	p := c.points[i]
	return p.middle - p.least, p.greatest - p.middle
}

// places are the marks of x: where something was measured.
func (p picture) places() (ticks plot.ConstantTicks) {
	seen := make(map[float64]bool)
	for _, c := range p.curves {
		for _, q := range c.points {
			if !c.model && !seen[q.x] {
				seen[q.x] = true
				ticks = append(ticks, plot.Tick{Value: q.x, Label: fmt.Sprint(q.x)})
			}
		}
	}
	return ticks
}

// decades marks the powers of ten, and twice and five times those.
type decades struct{}

func (decades) Ticks(least, greatest float64) (ticks []plot.Tick) {
	for power := 1e-6; power < 1e9; power *= 10 {
		for _, m := range []float64{1, 2, 5} {
			if x := power * m; x >= least && x <= greatest {
				ticks = append(ticks, plot.Tick{Value: x, Label: fmt.Sprintf("%.6g", x)})
			}
		}
	}
	return ticks
}
