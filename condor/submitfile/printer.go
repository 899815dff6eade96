package submitfile

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// A printer prints lines. It keeps a write error until flush returns it.
type printer struct {
	w *bufio.Writer
}

func newPrinter(w io.Writer) *printer { return &printer{bufio.NewWriterSize(w, 1<<16)} }

func (p *printer) flush() error { return p.w.Flush() }

func (p *printer) line(text string) { fmt.Fprintln(p.w, text) }

// set prints NAME = VALUE.
func (p *printer) set(name, format string, args ...any) {
	p.line(name + " = " + fmt.Sprintf(format, args...))
}

// head prints the comments at the beginning of a file.
func (p *printer) head(comments []string) {
	p.comment(comments...)
}

// section prints an empty line and comments on the lines that follow.
func (p *printer) section(comments ...string) {
	p.line("")
	p.comment(comments...)
}

// comment prints comments of one line each. It trims a backslash at the end, which would continue
// the line even in a comment.
func (p *printer) comment(lines ...string) {
	for _, text := range lines {
		oneLine := strings.Map(func(r rune) rune {
			if r < ' ' {
				return ' '
			}
			return r
		}, text)
		p.line(strings.TrimRight("# "+oneLine, `\ `))
	}
}
