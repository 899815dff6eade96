//go:build linux

package main

import (
	"errors"
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
)

const (
	jobPlot  = "job.svg"
	jobTitle = "Time of one job by the size of its matrices"
)

// plotJob plots the time of a job over n, as medians with bars from the smallest to the largest time, and reports whether
// there was anything to plot.
func (a *archive) plotJob(file string) (bool, error) {
	if a.names(goBuild, "Job/*", "sec/op") == nil {
		return false, nil
	}
	var curves []any
	var bars []interface {
		plotter.XYer
		plotter.YErrorer
	}
	for _, c := range []struct{ label, implementation, name string }{
		{"product.py", numpy, "Job/n=%d"},
		{"matprod, shipped build", shipped, "Job/n=%d"},
		{"matprod, Go build", goBuild, "Job/n=%d"},
		{"numpy's product alone", numpy, "Warm/n=%d/threads=1"},
	} {
		var samples []plotter.XYer
		for _, n := range full.sizes {
			var points plotter.XYs
			for _, t := range a.sample(c.implementation, fmt.Sprintf(c.name, n), "sec/op") {
				points = append(points, plotter.XY{X: float64(n), Y: 1e3 * t})
			}
			if len(points) > 0 {
				samples = append(samples, points)
			}
		}
		if len(samples) == 0 {
			continue
		}
		curve, err := plotutil.NewErrorPoints(plotutil.MedianAndMinMax, samples...)
		if err != nil {
			return false, err
		}
		curves, bars = append(curves, c.label, curve), append(bars, curve)
	}
	plot.DefaultFont.Variant = "Sans"
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = jobTitle, "n, of n×n matrices", "ms"
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	p.Legend.Left, p.Legend.Top, p.Legend.Padding = true, true, vg.Points(2)
	p.Add(plotter.NewGrid())
	if err := errors.Join(plotutil.AddLinePoints(p, curves...), plotutil.AddYErrorBars(p, bars...)); err != nil {
		return false, err
	}
	return true, p.Save(7*vg.Inch, 4*vg.Inch, file)
}
