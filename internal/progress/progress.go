// Package progress draws progress bars on a terminal.
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

// delay is the time before a bar appears: work that takes less needs no bar.
const delay = 500 * time.Millisecond

// parts is the number of steps of a bar. The bar estimates the remaining time from the whole
// nanoseconds that a step takes, and a unit of work, such as a multiplication, may take less
// than one.
const parts = 10_000

// A Func reports that done of total units of work are complete. It may be called from any
// goroutine, at any rate.
type Func func(done, total int64)

// New returns a Func that draws a bar on w, and a function that removes the bar and may be called
// twice. If w is not a terminal, both do nothing.
func New(w io.Writer, what string) (show Func, finish func()) {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return func(int64, int64) {}, func() {}
	}
	var mu sync.Mutex
	var bars *mpb.Progress
	var bar *mpb.Bar
	var start time.Time // the first call, when the work begins
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
