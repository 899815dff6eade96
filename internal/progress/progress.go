// Package progress shows how far long work has come, where someone is watching.
package progress

import (
	"io"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// delay is how long work runs before a bar appears: what is done by then needs none.
const delay = 500 * time.Millisecond

// A Func is told how much work is done, of how much. It may be called from any
// goroutine, as often as one likes.
type Func func(done, total int64)

// New returns a Func that draws a bar on w, and a function that takes the bar
// away again. Where w is not a terminal, nothing is drawn.
func New(w io.Writer, what string) (show Func, finish func()) {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return func(int64, int64) {}, func() {}
	}
	var mu sync.Mutex
	var bar *progressbar.ProgressBar
	start := time.Now()
	show = func(done, total int64) {
		mu.Lock()
		defer mu.Unlock()
		if time.Since(start) < delay {
			return
		}
		if bar == nil {
			bar = progressbar.NewOptions64(total,
				progressbar.OptionSetWriter(w),
				progressbar.OptionSetDescription(what),
				progressbar.OptionThrottle(100*time.Millisecond),
				progressbar.OptionSetPredictTime(true),
				progressbar.OptionClearOnFinish())
		}
		_ = bar.Set64(done) // a bar that cannot be drawn is no reason to stop
	}
	finish = func() {
		mu.Lock()
		defer mu.Unlock()
		if bar != nil {
			_ = bar.Clear()
		}
	}
	return show, finish
}
