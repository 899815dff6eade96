package timeline

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image/color"
	"image/png"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"matpool/condor/eventlog"
	"matpool/internal/joblog"
	"matpool/internal/status"
	"matpool/internal/watch/report"
)

func reportOf(t *testing.T, name string) *report.Report {
	t.Helper()
	j, err := joblog.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if err := j.Read(func(*eventlog.Event) {}); err != nil {
		t.Fatal(err)
	}
	return report.New(j, j.Select(nil))
}

func logs(t *testing.T) []string {
	names, err := filepath.Glob("../../../condor/eventlog/testdata/*.log")
	if err != nil || len(names) < 3 {
		t.Fatal(names, err)
	}
	return append(slices.DeleteFunc(names, func(name string) bool { return strings.HasSuffix(name, "kinds.log") }), "../../../examples/finished/log.txt")
}

// The pieces are the times of the report: all the time that a slot had a job, and no more.
func TestPiecesAddUp(t *testing.T) {
	for _, name := range logs(t) {
		r := reportOf(t, name)
		var spent [phases]float64
		marks := map[eventlog.Outcome]int{}
		list, _ := rows(r, r.Submitted)
		for _, row := range list {
			for _, p := range row.pieces {
				if p.from >= p.to || p.from < 0 || p.to > r.Makespan().Seconds() {
					t.Errorf("%s: %s: %+v", name, row.slot, p)
				}
				spent[p.phase] += p.to - p.from
			}
			for _, m := range row.marks {
				marks[m.kind]++
			}
		}
		m := r.Total
		want := [phases]float64{vain: m.Vain.Seconds()}
		for what, phase := range phaseOf {
			want[phase] = m.Spent[what].Seconds()
		}
		if spent != want {
			t.Errorf("%s: %v s are drawn, the report has %v", name, spent, want)
		}
		var ends [eventlog.Outcomes]int
		for _, j := range r.Run.Jobs {
			for _, a := range j.Attempts {
				if a.Slot != "" { // the log names it when the program starts, which one without its inputs never does
					ends[a.Outcome]++
				}
			}
		}
		if marks[eventlog.Retried] != ends[eventlog.Retried] || marks[eventlog.EndedByHold] != ends[eventlog.EndedByHold] ||
			marks[eventlog.Lost] != ends[eventlog.Evicted]+ends[eventlog.Lost]+ends[eventlog.EndedByRemoval] {
			t.Errorf("%s: marks %v, the report has %v", name, marks, ends)
		}
	}
}

func TestCoarse(t *testing.T) {
	c, v, o := computing, vain, other
	for _, test := range []struct {
		name     string
		in, want []piece
	}{
		{"nothing", nil, nil},
		{"long ones stay", []piece{{0, 2, c}, {2, 4, v}, {10, 12, c}}, []piece{{0, 2, c}, {2, 4, v}, {10, 12, c}}},
		{"the same are joined", []piece{{0, 2, c}, {2, 4, c}}, []piece{{0, 4, c}}},
		{"of short ones the longest stands for all", []piece{{0, 0.25, o}, {0.25, 0.75, c}, {0.75, 1, o}, {1, 3, o}}, []piece{{0, 1, c}, {1, 3, o}}},
		{"short ones with much time between are nothing", []piece{{0, 0.25, c}, {0.875, 1, c}, {10, 12, c}}, []piece{{10, 12, c}}},
		{"a short one alone stays", []piece{{5, 5.25, v}, {10, 12, c}}, []piece{{5, 5.25, v}, {10, 12, c}}},
	} {
		if got := merge(test.in, 1); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
	// However short the pieces are, there are not more than the picture has dots.
	var many []piece
	for i := range 100_000 {
		many = append(many, piece{float64(i), float64(i) + 0.9, phase(i % 3)})
	}
	if n := len(merge(many, 100)); n > 1000 || n == 0 {
		t.Errorf("%d pieces", n)
	}
}

func TestNatural(t *testing.T) {
	names := []string{"slot1@pc10", "slot1_10@pc2", "slot1_2@pc2", "slot1_02@pc3", "slot1_1@pc2", "pc10.x", "pc9.x", "", "pc"}
	slices.SortFunc(names, natural)
	want := []string{"", "pc", "pc9.x", "pc10.x", "slot1@pc10", "slot1_1@pc2", "slot1_2@pc2", "slot1_02@pc3", "slot1_10@pc2"}
	if !slices.Equal(names, want) {
		t.Errorf("%q\nwant %q", names, want)
	}
}

// slots makes the rows of machines with four slots.
func slots(machines int) (list []*row) {
	for i := range machines {
		for j := range 4 {
			m := fmt.Sprintf("pc%03d.example.org", i)
			list = append(list, &row{machine: m, system: "LINUX", slot: fmt.Sprintf("slot1_%d@%s", j+1, m), pieces: []piece{{0, 10, computing}}})
		}
	}
	return list
}

// Labels name slots if there is room, otherwise machines, or only some of many machines.
func TestLabels(t *testing.T) {
	for _, test := range []struct {
		machines, n int
		first       string
	}{{1, 4, "slot1_1@pc000"}, {15, 60, "slot1_1@pc000"}, {60, 60, "pc000"}, {100, 50, "pc000"}, {500, 167, "pc000"}} {
		p := Picture{rows: slots(test.machines)}
		list := labels(p.rows, p.rowHeight())
		if len(list) != test.n || list[0].Label != test.first {
			t.Errorf("%d machines: %d labels, the first %v; want %d, %s", test.machines, len(list), list[0], test.n, test.first)
		}
		for i := 1; i < len(list); i++ {
			if distance := (list[i-1].Value - list[i].Value) * float64(p.rowHeight()); distance < float64(minLabelGap)-1e-9 {
				t.Fatalf("%d machines: %v and %v are %.1f points apart", test.machines, list[i-1], list[i], distance)
			}
		}
	}
	r := reportOf(t, "../../../condor/eventlog/testdata/retries.log")
	list, _ := rows(r, r.Submitted)
	if got := labels(list, maxRow)[4].Label; got != "slot1_1@pc07 (windows)" {
		t.Error(got)
	}
}

func TestTicks(t *testing.T) {
	for span, want := range map[float64]string{1: "0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1", 17: "0 2 4 6 8 10 12 14 16", 100: "0 10 20 30 40 50 60 70 80 90 100", 5000: "0 500 1000 1500 2000 2500 3000 3500 4000 4500 5000"} {
		var got []string
		for _, tick := range ticks(span) {
			got = append(got, tick.Label)
			if tick.Value > span || math.IsNaN(tick.Value) {
				t.Errorf("%v: %v", span, tick)
			}
		}
		if text := strings.Join(got, " "); text != want {
			t.Errorf("%v: %s\nwant %s", span, text, want)
		}
	}
}

// A picture has the same bytes each time. A PNG can be decoded and has the colours of its
// pieces; an SVG is XML with the names in it.
func TestWrite(t *testing.T) {
	for _, name := range logs(t) {
		p, err := New(reportOf(t, name))
		if err != nil {
			t.Fatal(err)
		}
		pictures := map[Format][]byte{}
		for _, f := range []Format{PNG, SVG} {
			var a, b bytes.Buffer
			if err := errors.Join(p.Write(&a, f), p.Write(&b, f)); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(a.Bytes(), b.Bytes()) {
				t.Errorf("%s: two %s differ", name, f)
			}
			pictures[f] = a.Bytes()
		}
		image, err := png.Decode(bytes.NewReader(pictures[PNG]))
		if err != nil {
			t.Fatal(err)
		}
		dots := map[color.Color]int{}
		for y := range image.Bounds().Dy() {
			for x := range image.Bounds().Dx() {
				dots[color.RGBAModel.Convert(image.At(x, y))]++
			}
		}
		for _, r := range p.rows {
			for _, piece := range r.pieces {
				if dots[colours[piece.phase]] < 100 {
					t.Errorf("%s: there is no %s", name, phaseNames[piece.phase])
				}
			}
		}
		if dots[color.RGBA{255, 255, 255, 255}] == 0 || image.Bounds().Dx() < 1400 || image.Bounds().Dx() > 1420 {
			t.Errorf("%s: %v", name, image.Bounds())
		}
		checkXML(t, pictures[SVG])
		for _, text := range []string{p.title, shorten(p.rows[0].slot, ""), "seconds since submission", p.legend()[0].text} {
			if !bytes.Contains(pictures[SVG], []byte(">"+text+"<")) {
				t.Errorf("%s: the SVG does not say %q", name, text)
			}
		}
	}
}

func checkXML(t *testing.T, text []byte) {
	t.Helper()
	decoder := xml.NewDecoder(bytes.NewReader(text))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// Names in a log may have any characters; the SVG is valid XML.
func TestOddNames(t *testing.T) {
	odd := "a\x1b[2J\xff<&"
	p := Picture{title: "odd", since: "submission", span: 1, rows: []*row{{machine: odd, slot: odd}, {machine: odd, slot: odd, system: odd}}}
	var svg bytes.Buffer
	if err := p.Write(&svg, SVG); err != nil {
		t.Fatal(err)
	}
	checkXML(t, svg.Bytes())
	for _, text := range []string{">a [2J\ufffd&lt;&amp;<", ">a [2J\ufffd&lt;&amp; (a [2j\ufffd&lt;&amp;)<"} {
		if !strings.Contains(svg.String(), text) {
			t.Errorf("the SVG does not say %q", text)
		}
	}
}

// The picture of many slots is not taller than a screen can show.
func TestManySlots(t *testing.T) {
	for machines, tall := range map[int]float64{1: 210, 100: 1100, 2500: 2500} {
		p := Picture{title: "many", since: "submission", span: 10, rows: slots(machines)}
		if _, height := p.size(); float64(height) > tall {
			t.Errorf("%d machines: %.0f points", machines, height)
		}
	}
}

func TestNothingToDraw(t *testing.T) {
	r := &report.Report{Names: []string{"log.txt"}, Run: &joblog.Run{}}
	if _, err := New(r); status.Of(err) != status.Unfinished || !strings.HasPrefix(err.Error(), "log.txt: ") {
		t.Error(err)
	}
}
