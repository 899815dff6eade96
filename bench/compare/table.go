package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"matpool/internal/ddsum"
)

// A row is what was measured of one task: the times of ours, and of numpy's. Where
// flops is set, so many operations were done in that time, and their rate is shown.
type row struct {
	name    string
	seconds [2][]float64
	flops   float64
}

// printTable prints medians, least and greatest, and how many times as fast we are.
func printTable(w io.Writer, rows []row) error {
	text := fmt.Sprintf(layout, "", "ours", "numpy", "ratio")
	for _, r := range rows {
		ours, numpys := r.seconds[0], r.seconds[1]
		text += fmt.Sprintf(layout, r.name, r.cell(ours), r.cell(numpys), fmt.Sprintf("%.2f", median(numpys)/median(ours)))
	}
	_, err := io.WriteString(w, text+"\nmedian (least – greatest); ratio: how many times as fast as numpy we are\n")
	return err
}

const layout = "%-26s  %29s  %29s  %6s\n"

func (r row) cell(seconds []float64) string {
	if r.flops > 0 {
		rate := func(s float64) float64 { return r.flops / s / 1e9 }
		return fmt.Sprintf("%.1f GF/s (%.1f – %.1f)", rate(median(seconds)), rate(slices.Max(seconds)), rate(slices.Min(seconds)))
	}
	return fmt.Sprintf("%.1f ms (%.1f – %.1f)", 1e3*median(seconds), 1e3*slices.Min(seconds), 1e3*slices.Max(seconds))
}

func median(x []float64) float64 {
	x = slices.Sorted(slices.Values(x))
	return (x[(len(x)-1)/2] + x[len(x)/2]) / 2
}

// agree reports whether two results are the same text, or numbers that differ by 1e-14 at most.
func agree(x, y string) bool {
	a, errA := strconv.ParseFloat(x, 64)
	b, errB := strconv.ParseFloat(y, 64)
	return x == y || errA == nil && errB == nil && math.Abs(a-b) <= 1e-14*math.Abs(b)
}

func norm(x []float64) float64 {
	var squares []ddsum.DD
	for block := range slices.Chunk(x, ddsum.Block) {
		squares = append(squares, ddsum.Squares(block))
	}
	return ddsum.Norm(squares)
}
