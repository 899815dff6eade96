package browser

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"matpool/internal/status"
	"matpool/internal/watch/page/pagetest"
	"matpool/test/programs"
)

var (
	keep   = flag.String("keep", "", "a folder for pictures of the pages")
	update = flag.Bool("update", false, "make the picture in docs again")
)

func TestMain(m *testing.M) { os.Exit(programs.Main(m)) }

// matwatch writes the page about the log.txt in a folder, and returns its name.
func matwatch(t *testing.T, dir string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("go test -short does without a browser")
	}
	cmd := exec.Command(filepath.Join(programs.Dir(t), "matwatch"), "-html", "run.html", "log.txt")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState.ExitCode() != status.Unfinished {
		t.Fatalf("%v\n%s", err, out)
	}
	return filepath.Join(dir, "run.html")
}

// check fails if something went wrong in a page, or if it asked for anything.
func (b *tab) check(name string) {
	b.t.Helper()
	for _, problem := range b.problems {
		b.t.Errorf("the browser reports: %s", problem)
	}
	if want := "[file://" + name + "]"; fmt.Sprint(b.requests) != want {
		b.t.Errorf("requests: %v, want %s", b.requests, want)
	}
}

// A page of any run is small, needs nothing else, and its script draws the picture.
func TestSizes(t *testing.T) {
	for _, test := range []struct{ jobs, slots, kB int }{{10, 6, 30}, {100, 24, 70}, {10_000, 40, 300}, {10_000, 412, 300}} {
		dir := t.TempDir()
		pagetest.Large(t, dir, test.jobs, test.slots)
		name := matwatch(t, dir)
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%d jobs on %d slots: %d bytes", test.jobs, test.slots, info.Size())
		if info.Size() > int64(test.kB)*1000 {
			t.Errorf("%d jobs: %d bytes, more than %d kB", test.jobs, info.Size(), test.kB)
		}
		b := open(t, name, 1200, 900, nil)
		b.check(name)
		var drawn int
		b.eval(`[...document.querySelector(".bars .computing").getAttribute("d").matchAll(/M/g)].length`, &drawn)
		if drawn != test.jobs {
			t.Errorf("%d jobs: the script draws %d", test.jobs, drawn)
		}
	}
}

// eventful opens the page of a run in which much happens.
func eventful(t *testing.T, width, height int, media map[string]any) (*tab, string) {
	t.Helper()
	dir := t.TempDir()
	pagetest.Eventful(t, dir)
	name := matwatch(t, dir)
	return open(t, name, width, height, media), name
}

// The reader sees what a slot did where the pointer is, and zooms by dragging or with buttons.
func TestZoom(t *testing.T) {
	b, name := eventful(t, 1200, 900, nil)
	says := func() string { return b.text(`document.getElementById("says").textContent`) }
	ticks := func() string { return b.text(`[...document.querySelectorAll(".axis text")].map(e => e.textContent)`) }
	x, y, width, height := b.box(".bars")
	whole := ticks()
	at := func(second, row float64) (float64, float64) { return x + width*second/65.76, y + height*(row+0.5)/7 }

	b.mouse("mouseMoved", x+width/10, y+height/14)
	if got := says(); !strings.HasPrefix(got, "job 1.0 (product 0) on slot1_1@linux1, from 2s to 7.9s: inputs 0.9s, starting, ending 0.3s, computing 4s, outputs 0.5s, ") || !strings.HasSuffix(got, "; completed") {
		t.Errorf("it says %q", got)
	}
	px, py := at(4, 6)
	b.mouse("mouseMoved", px, py)
	if got := says(); !strings.HasPrefix(got, "job 1.5 (product 5) on slot1_1@pc21") || !strings.HasSuffix(got, "computing in vain 1.5s; retried") {
		t.Errorf("it says %q", got)
	}
	px, py = at(30, 6)
	b.mouse("mouseMoved", px, py)
	if got := says(); got != "slot1_1@pc21: no job" {
		t.Errorf("it says %q", got)
	}

	left, top := at(10, 2)
	right, _ := at(20, 2)
	b.mouse("mousePressed", left, top)
	b.mouse("mouseMoved", right, top)
	b.mouse("mouseReleased", right, top)
	var view []float64
	b.eval(`(v => [v.x * .01, (v.x + v.width) * .01])(document.querySelector(".bars").viewBox.baseVal)`, &view)
	if ticks() == whole || view[0] < 9.5 || view[0] > 10.5 || view[1] < 19.5 || view[1] > 20.5 {
		t.Errorf("after dragging from 10 s to 20 s it shows %v, with the ticks %s", view, ticks())
	}
	b.mouse("mouseMoved", left, top)
	if got := says(); !strings.HasPrefix(got, "job 1.5 (product 5) on slot1_1@linux2, from 8.8s to 15.95s: ") {
		t.Errorf("in the detail it says %q", got)
	}
	for _, press := range []string{"earlier", "zoom in", "later", "zoom out", "whole run"} {
		before := b.text(`document.querySelector(".bars").getAttribute("viewBox")`)
		b.text(fmt.Sprintf(`document.querySelector('[aria-label="%s"]').click()`, press))
		if b.text(`document.querySelector(".bars").getAttribute("viewBox")`) == before {
			t.Errorf("the button %q does nothing", press)
		}
	}
	if got := ticks(); got != whole {
		t.Errorf("the whole run has the ticks %s, then %s", whole, got)
	}
	b.check(name)
}

// Names in the log are text, whatever they are.
func TestHostileNames(t *testing.T) {
	dir := t.TempDir()
	pagetest.Hostile(t, dir)
	name := matwatch(t, dir)
	b := open(t, name, 1200, 900, nil)
	b.check(name)
	if got := b.text(`document.scripts.length + " " + document.images.length + " " + document.querySelector("#machines ~ .wide th[scope=row]").textContent`); got != "2 0 "+pagetest.Bad {
		t.Errorf("scripts, images and the first machine: %s", got)
	}
	x, y, width, height := b.box(".bars")
	b.mouse("mouseMoved", x+width/2, y+height/2)
	if got := b.text(`document.getElementById("says").textContent`); !strings.Contains(got, pagetest.Bad) {
		t.Errorf("it says %q", got)
	}
}

// On dark screens the page is dark, and on paper nothing is left that needs a screen. Pictures are kept with -keep.
func TestLooks(t *testing.T) {
	dark := map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": "dark"}}}
	for _, test := range []struct {
		name       string
		media      map[string]any
		background string
		controls   string
	}{
		{"light", nil, "rgb(255, 255, 255)", "block"},
		{"dark", dark, "rgb(23, 25, 28)", "block"},
		{"print", map[string]any{"media": "print", "features": dark["features"]}, "rgb(255, 255, 255)", "none"},
	} {
		b, name := eventful(t, 1100, 1000, test.media)
		if got := b.text("getComputedStyle(document.body).backgroundColor"); got != test.background {
			t.Errorf("%s: the background is %s", test.name, got)
		}
		if got := b.text(`getComputedStyle(document.querySelector(".controls")).display`); got != test.controls {
			t.Errorf("%s: the buttons are %s", test.name, got)
		}
		b.check(name)
		if *update && test.name == "light" {
			bottom := b.bottom("#machines ~ .wide")
			b.save("../../docs/page.png", "Page.captureScreenshot", map[string]any{"captureBeyondViewport": true,
				"clip": map[string]any{"x": 0, "y": 0, "width": 1100, "height": bottom + 20, "scale": 0.7}})
		}
		if *keep != "" {
			b.save(filepath.Join(*keep, test.name+".png"), "Page.captureScreenshot", map[string]any{"captureBeyondViewport": true})
			b.save(filepath.Join(*keep, test.name+".pdf"), "Page.printToPDF", map[string]any{"printBackground": false})
		}
	}
}
