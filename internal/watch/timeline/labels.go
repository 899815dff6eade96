package timeline

import (
	"fmt"
	"image/color"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"matpool/condor/eventlog"
	"matpool/internal/base/text"
)

// minLabelGap is the smallest distance between labels.
const minLabelGap = 0.36 * vg.Centimeter

// labels returns the labels of the rows: the names of all slots, or, without room for them,
// of as many machines as possible.
func labels(rows []*row, height vg.Length) (list []plot.Tick) {
	domain := commonDomain(rows)
	n := len(rows)
	if height >= minLabelGap {
		seen := map[string]bool{}
		for i, r := range rows {
			name := shorten(r.slot, domain)
			if seen[name] { // a machine that two systems share
				name += " (" + printable(strings.ToLower(r.system)) + ")"
			}
			seen[name] = true
			list = append(list, plot.Tick{Value: float64(n-i) - 0.5, Label: name})
		}
		return list
	}
	last := 2 * float64(n)
	for from := 0; from < n; {
		to := from
		for to < n && rows[to].machine == rows[from].machine {
			to++
		}
		middle := float64(n) - float64(from+to)/2
		if vg.Length(last-middle)*height >= minLabelGap {
			list = append(list, plot.Tick{Value: middle, Label: shorten(rows[from].machine, domain)})
			last = middle
		}
		from = to
	}
	return list
}

// commonDomain returns the domain at the end of all machines' names.
func commonDomain(rows []*row) string {
	_, domain, _ := strings.Cut(rows[0].machine, ".")
	for _, r := range rows {
		for domain != "" && !strings.HasSuffix(r.machine, "."+domain) {
			_, domain, _ = strings.Cut(domain, ".")
		}
	}
	return domain
}

// shorten removes the domain of a name, and the parameters of an address.
func shorten(name, domain string) string {
	name, _, _ = strings.Cut(name, "?")
	if domain != "" {
		name = strings.TrimSuffix(name, "."+domain)
	}
	return printable(name)
}

// printable removes from a name what SVG, as XML, does not allow: a log may contain anything.
func printable(name string) string { return text.Plain(strings.ToValidUTF8(name, "\ufffd")) }

// An entry is an entry of the legend, for a colour or a mark.
type entry struct {
	text string
	draw func(c *draw.Canvas, at vg.Point) // into a square around at
}

const square = 0.3 * vg.Centimeter

// A key is what the legend explains: a phase, or the time without a job, or a mark.
type key struct {
	text  string
	phase phase            // phases for no job
	mark  eventlog.Outcome // if it is not Lasting
}

// keys returns a key for each colour and each mark in the picture.
func (p *Picture) keys() (list []key) {
	var present [phases]bool
	marks := map[eventlog.Outcome]int{}
	for _, r := range p.rows {
		for _, x := range r.pieces {
			present[x.phase] = true
		}
		for _, m := range r.marks {
			marks[m.kind]++
		}
	}
	for i, name := range phaseNames {
		if present[i] {
			list = append(list, key{text: name, phase: phase(i)})
		}
	}
	list = append(list, key{text: "no job", phase: phases})
	for _, kind := range []eventlog.Outcome{eventlog.Retried, eventlog.EndedByHold, eventlog.Lost} {
		if n := marks[kind]; n > 0 {
			what := map[eventlog.Outcome]string{eventlog.Retried: "failed, run again", eventlog.EndedByHold: "held", eventlog.Lost: "evicted, lost or removed"}[kind]
			list = append(list, key{text: fmt.Sprintf("%s (%d)", what, n), mark: kind})
		}
	}
	return list
}

// legend returns an entry for each key.
func (p *Picture) legend() (list []entry) {
	for _, k := range p.keys() {
		list = append(list, entry{k.text, func(c *draw.Canvas, at vg.Point) {
			if k.mark != eventlog.Lasting {
				c.DrawGlyphNoClip(glyph(k.mark, vg.Points(3.5)), at)
				return
			}
			var colour color.Color = background
			if k.phase < phases {
				colour = colours[k.phase]
			}
			d := square / 2
			c.FillPolygon(colour, []vg.Point{{X: at.X - d, Y: at.Y - d}, {X: at.X + d, Y: at.Y - d}, {X: at.X + d, Y: at.Y + d}, {X: at.X - d, Y: at.Y + d}})
		}})
	}
	return list
}

// drawLegend draws lines of entries at the bottom of a canvas.
func drawLegend(c draw.Canvas, s draw.TextStyle, lines [][]entry) {
	s.XAlign, s.YAlign = draw.XLeft, draw.YCenter
	for i, line := range lines {
		at := vg.Point{X: c.Min.X, Y: c.Min.Y + vg.Length(len(lines)-i-1)*lineHeight + lineHeight/2}
		for _, e := range line {
			e.draw(&c, vg.Point{X: at.X + square/2, Y: at.Y})
			c.FillText(s, vg.Point{X: at.X + 1.5*square, Y: at.Y}, e.text)
			at.X += e.width(s)
		}
	}
}

const lineHeight = 0.6 * vg.Centimeter

func (e entry) width(s draw.TextStyle) vg.Length { return s.Width(e.text) + 4*square }

// lines divides entries into lines of at most the given width.
func lines(entries []entry, s draw.TextStyle, width vg.Length) (list [][]entry) {
	var line []entry
	var used vg.Length
	for _, e := range entries {
		if used+e.width(s) > width && line != nil {
			list, line, used = append(list, line), nil, 0
		}
		line, used = append(line, e), used+e.width(s)
	}
	return append(list, line)
}
