package progress

import (
	"bytes"
	"io"
	"math"
	"os"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"
)

// A Part is the number of things in one state, drawn as a piece of the bar with this mark.
type Part struct {
	N    int
	Mark byte
}

// A Tally is a bar of parts at the bottom of a terminal, below printed lines.
type Tally struct {
	file *os.File
	bars *mpb.Progress
	bar  *mpb.Bar

	mu        sync.Mutex
	parts     []Part
	caption   string
	end       time.Time // when the work is expected to end
	estimated bool
}

// NewTally returns a bar on w, and false if w is not a terminal.
func NewTally(w io.Writer) (*Tally, bool) {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return nil, false
	}
	return &Tally{file: file}, true
}

// Show draws the parts, followed by the caption and, if estimated, the time left.
func (t *Tally) Show(parts []Part, caption string, left time.Duration, estimated bool) {
	t.mu.Lock()
	t.parts, t.caption, t.end, t.estimated = parts, caption, time.Now().Add(left), estimated
	t.mu.Unlock()
	if t.bar == nil {
		t.bars = mpb.New(mpb.WithOutput(t.file), mpb.WithWidth(60))
		// Add fails only after Wait.
		t.bar, _ = t.bars.Add(1, mpb.BarFillerFunc(t.fill), mpb.BarFillerTrim(), mpb.AppendDecorators(decor.Any(t.decorate)))
	}
}

// Print prints a line above the bar.
func (t *Tally) Print(line string) {
	if t.bar == nil {
		io.WriteString(t.file, line+"\n")
		return
	}
	io.WriteString(t.bars, line+"\n")
}

// Finish removes the bar. It may be called twice.
func (t *Tally) Finish() {
	if t.bar != nil {
		t.bar.Abort(true)
		t.bars.Wait()
		t.bar = nil
	}
}

func (t *Tally) fill(w io.Writer, s decor.Statistics) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	width := s.AvailableWidth
	if s.RequestedWidth > 0 {
		width = min(width, s.RequestedWidth)
	}
	_, err := w.Write(divide(t.parts, width))
	return err
}

// decorate returns the text next to the bar.
func (t *Tally) decorate(decor.Statistics) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.estimated {
		return " " + t.caption
	}
	left := max(0, time.Until(t.end))
	return " " + t.caption + ", " + left.Round(time.Second).String() + " left"
}

// divide returns a bar; width includes its brackets. Each part that is not empty gets at least
// one mark, if there is room.
func divide(parts []Part, width int) []byte {
	if width < 3 {
		return nil
	}
	width -= 2
	total, after := 0, 0
	for _, p := range parts {
		total += p.N
		after += min(p.N, 1)
	}
	bar := make([]byte, 0, width+2)
	bar = append(bar, '[')
	sum := 0
	for _, p := range parts {
		if p.N == 0 {
			continue
		}
		sum += p.N
		after--
		drawn := len(bar) - 1
		n := int(math.Round(float64(width)*float64(sum)/float64(total))) - drawn
		n = max(1, min(n, width-drawn-after)) // the others need theirs
		bar = append(bar, bytes.Repeat([]byte{p.Mark}, min(n, width-drawn))...)
	}
	bar = append(bar, bytes.Repeat([]byte{' '}, width+1-len(bar))...)
	return append(bar, ']')
}
