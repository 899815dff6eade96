// Package progress shows how far long work has come, where someone is watching.
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

// parts is what a bar counts in. Its estimate of the time left is made from the whole nanoseconds that one takes,
// of which the work's own units, such as multiplications, may take none.
const parts = 10_000

// A Func is told how much work is done, of how much. It may be called from any
// goroutine, as often as one likes.
type Func func(done, total int64)

// New returns a Func that draws a bar on w, and a function that takes the bar away
// again, which may be called twice. Where w is not a terminal, nothing is drawn.
func New(w io.Writer, what string) (show Func, finish func()) {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return func(int64, int64) {}, func() {}
	}
	var mu sync.Mutex
	var bars *mpb.Progress
	var bar *mpb.Bar
	var start time.Time // of the work itself: what is read before it is no measure of it
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
