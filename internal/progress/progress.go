// Package progress shows on a terminal how far long work has come.
package progress

import (
	"io"
	"os"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"
)

// delay is how long work runs before a bar appears: what is done by then needs none.
const delay = 500 * time.Millisecond

// parts is the number of steps of a bar. It estimates the time left from the whole nanoseconds that a step takes; the
// work's own units, such as multiplications, may take less than one.
const parts = 10_000

// A Func shows how much work is done, of how much in all. It may be called from any
// goroutine, at any rate.
type Func func(done, total int64)

// New returns a Func that draws a bar on w, and a function that removes the bar, which
// may be called twice. If w is not a terminal, nothing is drawn.
func New(w io.Writer, what string) (show Func, finish func()) {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return func(int64, int64) {}, func() {}
	}
	var mu sync.Mutex
	var bars *mpb.Progress
	var bar *mpb.Bar
	var start time.Time // of the work itself, without what is read before it
	show = func(done, total int64) {
		mu.Lock()
		defer mu.Unlock()
		if start.IsZero() {
			start = time.Now()
		}
		if time.Since(start) < delay {
			return
		}
		if bar == nil {
			bars = mpb.New(mpb.WithOutput(file), mpb.WithWidth(60))
			bar = bars.AddBar(parts,
				mpb.BarRemoveOnComplete(),
				mpb.PrependDecorators(decor.Name(what+" "), decor.Percentage()),
				mpb.AppendDecorators(decor.AverageETA(decor.ET_STYLE_GO), decor.Name(" left")))
			bar.DecoratorAverageAdjust(start)
		}
		bar.SetCurrent(int64(float64(done) / float64(total) * parts))
	}
	finish = func() {
		mu.Lock()
		defer mu.Unlock()
		if bar != nil {
			bar.Abort(true)
			bars.Wait()
			bar = nil
		}
	}
	return show, finish
}
