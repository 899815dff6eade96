package timeline

import (
	"bytes"
	_ "embed"
	"fmt"
	"html"
	"image/color"
	"math"
	"unicode/utf8"

	"gonum.org/v1/plot/vg"

	"matpool/condor/eventlog"
)

// An Inline is a timeline as a part of a page, whose style sheet gives the colours. Its size is limited: in a large
// run, the picture joins short pieces, and [Script] draws them in detail from the data.
type Inline struct {
	Title string
	SVG   string // with an element svg of class bars, in which each phase is a path of its class
	Keys  []Key
	Data  *Data // for the script; nil if there are too many attempts for it
}

// A Key is an entry of the legend.
type Key struct {
	Class, Text string
	Colour      string // "" for a mark, which is the symbol with the class as its name
}

// Script is what lets a reader zoom, and look at single attempts.
//
//go:embed inline.js
var Script string

var (
	phaseClasses = [phases + 1]string{"queued", "inputs", "computing", "vain", "suspended", "outputs", "other", "idle"}
	markClasses  = map[eventlog.Outcome]string{eventlog.Retried: "retried", eventlog.EndedByHold: "held", eventlog.Lost: "lost"}
)

// Sizes in units of the SVG, which are pixels if the page is that wide.
const (
	inlineWidth  = 1000
	inlineRows   = 1400 // the height of all rows, unless they become lower than lowestRow
	lowestRow    = 1
	highestRow   = 24
	labelLetter  = 6.3 // the width of a typical letter
	longestLabel = 40  // letters
	axisHeight   = 36
	rightMargin  = 24      // half of the last tick's label
	barHeight    = 0.8     // of a row
	maxPicture   = 60_000  // bytes
	maxAttempts  = 100_000 // that the script draws
)

// Inline returns the timeline for a page. Its bytes depend only on the log.
func (p *Picture) Inline() Inline {
	x := Inline{Title: p.title}
	attempts := 0
	for _, r := range p.rows {
		attempts += len(r.attempts)
	}
	if attempts <= maxAttempts {
		data := p.data()
		x.Data = &data
	}
	for _, k := range p.keys() {
		if k.mark != eventlog.Lasting {
			x.Keys = append(x.Keys, Key{Class: markClasses[k.mark], Text: k.text})
			continue
		}
		var colour color.Color = background
		if k.phase < phases {
			colour = colours[k.phase]
		}
		r, g, b, _ := colour.RGBA()
		x.Keys = append(x.Keys, Key{Class: phaseClasses[k.phase], Text: k.text, Colour: fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)})
	}
	coarse := 1.0 // dots that a piece has at least
	svg := p.inline(coarse)
	for ; len(svg) > maxPicture && coarse < inlineWidth; svg = p.inline(coarse) {
		coarse *= 2
	}
	x.SVG = string(svg)
	return x
}

// inline draws the picture without pieces of less than a number of dots.
func (p *Picture) inline(coarse float64) []byte {
	height := min(highestRow, max(lowestRow, inlineRows/float64(len(p.rows))))
	names := labels(p.rows, vg.Length(height))
	left := 0
	for i, tick := range names {
		if letters := []rune(tick.Label); len(letters) > longestLabel {
			names[i].Label = string(letters[:longestLabel-1]) + "…"
		}
		left = max(left, utf8.RuneCountInString(names[i].Label))
	}
	x := 12 + labelLetter*float64(left)
	all := height * float64(len(p.rows))
	unit := unitFor(p.span)
	end := math.Ceil(p.span / unit)
	scale := (inlineWidth - x - rightMargin) / end // pixels of a unit

	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg viewBox="0 0 %d %.0f" role="img" aria-labelledby="picture">`, inlineWidth, all+axisHeight)
	b.WriteString(`<defs><path id="retried" d="M-3-3 3 3M3-3-3 3"/><path id="held" d="M0-3.5 3.5 3h-7z"/><circle id="lost" r="3"/></defs><g class="names">`)
	for _, tick := range names {
		fmt.Fprintf(&b, `<text x="%.0f" y="%.1f">%s</text>`, x-6, (float64(len(p.rows))-tick.Value)*height+4, html.EscapeString(tick.Label))
	}
	b.WriteString(`</g><g class="axis">`)
	base, name := unitOf(p.span)
	for _, tick := range ticks(p.span / base) {
		at := x + tick.Value*base/unit*scale
		fmt.Fprintf(&b, `<path d="M%.1f %.0fv5"/><text x="%.1f" y="%.0f">%s</text>`, at, all, at, all+16, tick.Label)
	}
	fmt.Fprintf(&b, `<text x="%.0f" y="%.0f">%s since %s</text></g>`, (x+inlineWidth)/2, all+32, name, p.since)
	fmt.Fprintf(&b, `<svg class="bars" x="%.0f" width="%.0f" height="%.0f" viewBox="0 0 %.0f %d" preserveAspectRatio="none" stroke-width="%g">`,
		x, end*scale, all, end, len(p.rows), barHeight)

	var paths [phases + 1][]byte
	for i := range p.rows {
		paths[phases] = fmt.Appendf(paths[phases], "M0 %gh%g", float64(i)+0.5, end)
	}
	var begins, marks []byte
	for i, r := range p.rows {
		last, y := [phases]float64{}, float64(i)+0.5
		for _, piece := range merge(r.pieces, coarse*unit/scale) {
			path := &paths[piece.phase]
			from, to := math.Round(piece.from/unit), math.Round(piece.to/unit)
			if to = max(to, from+1); last[piece.phase] == 0 {
				*path = fmt.Appendf(*path, "M%g %gh%g", from, y, to-from)
			} else {
				*path = fmt.Appendf(*path, "m%g 0h%g", from-last[piece.phase], to-from)
			}
			last[piece.phase] = to
		}
		at := math.Inf(-1)
		for _, begin := range r.begins[min(1, len(r.begins)):] {
			if height >= float64(minLabelGap) && (begin-at)*scale/unit > 6*coarse {
				begins = fmt.Appendf(begins, "M%g %.1fv%g", math.Round(begin/unit), y-barHeight/2, barHeight)
				at = begin
			}
		}
		var lastMark [eventlog.Outcomes]float64
		for _, m := range r.marks {
			if at := m.at / unit * scale; lastMark[m.kind] == 0 || at-lastMark[m.kind] >= 4*coarse {
				marks = fmt.Appendf(marks, `<use href="#%s" x="%.1f" y="%.1f"/>`, markClasses[m.kind], x+at, y*height)
				lastMark[m.kind] = at
			}
		}
	}
	for i := range paths {
		if i = (i + int(phases)) % len(paths); paths[i] != nil { // idle time first
			fmt.Fprintf(&b, `<path class="%s" d="%s"/>`, phaseClasses[i], paths[i])
		}
	}
	fmt.Fprintf(&b, `<path class="begins" d="%s"/></svg><g class="marks">%s</g></svg>`, begins, marks)
	return b.Bytes()
}

// unitFor returns the seconds in which times are counted, for a span in seconds.
func unitFor(span float64) float64 {
	for _, unit := range []float64{0.01, 0.1, 1, 10, 60, 600} {
		if span/unit <= 40_000 {
			return unit
		}
	}
	return 3600
}
