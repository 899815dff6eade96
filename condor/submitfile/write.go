package submitfile

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"matpool/condor"
)

// Write prints a complete submit description for condor_submit, with comments. It ends with
// one queue statement that has a line for each job. Write prints nothing if
// [Description.Check] returns an error.
func (d *Description) Write(w io.Writer) error {
	if err := d.Check(); err != nil {
		return err
	}
	p := newPrinter(w)
	writeAttributes(p, d, writeFailures)
	p.section("The jobs, a line for each. Blanks and commas end every field but the last.")
	columns := d.columns()
	p.line("queue " + strings.Join(columns, ", ") + " from (")
	var line []byte
	for i := range d.Jobs {
		line = line[:0]
		for k, column := range columns {
			if k > 0 {
				line = append(line, ", "...)
			}
			line = d.appendField(line, &d.Jobs[i], column)
		}
		p.w.Write(append(line, '\n'))
	}
	p.line(")")
	return p.flush()
}

// writeAttributes prints everything above the queue statement. The policy for failures
// differs between a job and a DAG node.
func writeAttributes(p *printer, d *Description, failures func(*printer, *Description)) {
	p.head(d.Comments)
	writeProgram(p, d)
	writeFiles(p, d)
	writeResources(p, d)
	writeMachines(p, d)
	failures(p, d)
	writeTimeLimit(p, d)
	writeReleases(p, d)
	if len(d.Extra) > 0 {
		p.section("Passed on unchanged.")
		for _, e := range d.Extra {
			p.set(e.Name, "%s", e.Value)
		}
	}
}

func writeProgram(p *printer, d *Description) {
	executable := condor.Escape(d.Executable)
	if len(d.Systems) > 1 {
		var files []string
		for _, system := range d.Systems {
			files = append(files, condor.Variant(d.Executable, system))
		}
		p.section("The program. HTCondor inserts the machine's system and processor into the name; the files are",
			strings.Join(files, ", ")+".")
		executable += ".$$(OpSys).$$(Arch).exe"
	} else {
		p.section("The program.")
	}
	p.set("universe", "vanilla")
	p.set("batch_name", "%s", condor.Escape(d.BatchName))
	p.set("executable", "%s", executable)
	if len(d.Arguments) > 0 {
		arguments, _ := condor.QuoteArguments(d.Arguments) // Check has returned the error
		p.set("arguments", "%s", arguments)
	}
}

func writeResources(p *printer, d *Description) {
	p.section("Resources for a job.")
	p.set("request_cpus", "%d", d.Cpus)
	for _, r := range []struct {
		name string
		Resource
	}{{"request_memory", d.Memory}, {"request_disk", d.Disk}} {
		if r.Why != "" {
			p.comment(r.Why)
		}
		p.set(r.name, "%s", megabytes(r.Bytes))
	}
	writeRetries(p, d)
	if d.MaxIdle > 0 {
		p.comment("The limit on jobs that wait in the queue; more enter as others start.")
		p.set("max_idle", "%d", d.MaxIdle)
	}
}

// writeRetries prints what a job requests when it runs again because it used more than it requested. condor_submit
// decides by its own version whether it can; an older schedd holds the job at once, as ever.
//
// Note: a list of values would take a whole attempt for each, and a job that requests more than any machine has waits
// for ever.
func writeRetries(p *printer, d *Description) {
	what := []string{"A job that uses more is held; newer versions of HTCondor first run it once more with this:"}
	for _, r := range []struct {
		name string
		from condor.Version
		more int64
	}{{"retry_request_memory", condor.Version{Major: 25, Minor: 6}, d.Memory.More}, {"retry_request_disk", condor.Version{Major: 25, Minor: 10}, d.Disk.More}} {
		given := func(s condor.Setting) bool { return strings.HasPrefix(strings.ToLower(s.Name), r.name) }
		if r.more == 0 || slices.ContainsFunc(d.Extra, given) {
			continue
		}
		p.comment(what...)
		what = nil
		p.line("if version >= " + r.from.String())
		p.set("  "+r.name, "%s", megabytes(r.more))
		p.line("endif")
	}
}

// megabytes returns a size in HTCondor's megabytes, rounded up, with the unit: a pool may
// refuse a number without one.
func megabytes(bytes int64) string {
	const mb = 1 << 20
	return strconv.FormatInt((bytes+mb-1)/mb, 10) + "MB"
}

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
