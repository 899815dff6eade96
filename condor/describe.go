package condor

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"matpool/internal/status"
	"matpool/internal/text"
)

// Write prints the submission as a submit description for condor_submit: text that
// stands alone, with a comment on why each line is there, and at the end one queue
// statement with a row for each job. It checks everything first, and prints nothing
// where [Submission.Check] finds fault.
func (s *Submission) Write(w io.Writer) error {
	if err := s.Check(); err != nil {
		return err
	}
	p := newPrinter(w)
	s.describe(p, false)
	p.comment("The jobs, a line for each. Blanks and commas end a field, but not the last one.")
	columns := s.columns()
	p.line("queue " + strings.Join(columns, ", ") + " from (")
	for i := range s.Rows {
		p.row = p.row[:0]
		for j, column := range columns {
			if j > 0 {
				p.row = append(p.row, ", "...)
			}
			p.row = s.Rows[i].appendField(p.row, column)
		}
		p.w.Write(append(p.row, '\n'))
	}
	p.line(")")
	return p.w.Flush()
}

// A printer prints lines. Errors of writing come to light at the end, when it flushes.
type printer struct {
	w   *bufio.Writer
	row []byte
}

func newPrinter(w io.Writer) *printer { return &printer{w: bufio.NewWriterSize(w, 1<<16)} }

func (p *printer) line(text string) { fmt.Fprintln(p.w, text) }

// head prints the comments at a file's beginning.
func (p *printer) head(comments []string) {
	for _, line := range comments {
		// A backslash at the end of a line joins the next one to it, also to a comment.
		p.line(strings.TrimRight("# "+oneLine(line), `\ `))
	}
}

func (p *printer) set(name, format string, args ...any) {
	p.line(name + " = " + fmt.Sprintf(format, args...))
}

func (p *printer) comment(lines ...string) {
	p.line("")
	for _, line := range lines {
		p.line("# " + line)
	}
}

// columns returns the variables of the queue statement. The one that may hold Blanks
// and commas is the last.
func (s *Submission) columns() []string {
	columns := []string{"index"}
	for _, column := range []string{"first", "count"} {
		if s.ranged() || s.uses(column) { // condor_submit warns of a column that is not used
			columns = append(columns, column)
		}
	}
	if len(s.Rows[0].Remaps) > 0 {
		columns = append(columns, "remaps")
	}
	if len(s.Rows[0].Inputs) > 0 {
		columns = append(columns, "inputs")
	}
	return columns
}

// uses reports whether a template has the macro.
func (s *Submission) uses(macro string) bool {
	return slices.ContainsFunc(s.templates(), func(t Template) bool {
		return slices.ContainsFunc(t.parts(), func(p part) bool { return p.macro == macro })
	})
}

func (s *Submission) templates() []Template {
	all := append([]Template{s.Stdout, s.Stderr, s.Log}, s.Arguments...)
	for _, m := range s.Remaps {
		all = append(all, m.Name, m.To)
	}
	return all
}

func (r *Row) appendField(dst []byte, column string) []byte {
	switch column {
	case "index":
		return strconv.AppendInt(dst, int64(r.Index), 10)
	case "first":
		return strconv.AppendInt(dst, int64(r.First), 10)
	case "count":
		return strconv.AppendInt(dst, int64(r.Count), 10)
	case "remaps":
		for i, m := range r.Remaps {
			if i > 0 {
				dst = append(dst, ';')
			}
			dst = append(dst, field(m.Name)...)
			dst = append(dst, '=')
			dst = append(dst, field(m.To)...)
		}
	case "inputs":
		for i, name := range r.Inputs {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			dst = append(dst, Escape(name)...)
		}
	}
	return dst
}

// field escapes a name for a field that a blank would end.
func field(name string) string { return strings.ReplaceAll(Escape(name), " ", "$(blank)") }

func (s *Submission) blanksInRemaps() bool {
	for _, r := range s.Rows {
		for _, m := range r.Remaps {
			if strings.Contains(m.Name, " ") || strings.Contains(m.To, " ") {
				return true
			}
		}
	}
	return false
}

// describe prints everything above the queue statement, of a node of a DAG or of jobs
// that stand alone.
func (s *Submission) describe(p *printer, node bool) {
	p.head(s.Comments)
	s.describeProgram(p)
	s.describeFiles(p)
	s.describeRequests(p)
	s.describePolicy(p)
	if node {
		s.describeNodeFailures(p)
	} else {
		s.describeFailures(p)
	}
	s.describeTime(p)
	if len(s.Extra) > 0 {
		p.comment("Passed on word for word.")
		for _, e := range s.Extra {
			p.set(e.Name, "%s", e.Value)
		}
	}
}

func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, text)
}

func (s *Submission) describeProgram(p *printer) {
	executable := Escape(s.Executable)
	if len(s.Systems) > 1 {
		var files []string
		for _, system := range s.Systems {
			files = append(files, Variant(s.Executable, system))
		}
		p.comment("The program. HTCondor puts the machine's system and processor into the name; the files are",
			strings.Join(files, ", ")+".")
		executable += ".$$(OpSys).$$(Arch).exe"
	} else {
		p.comment("The program.")
	}
	p.set("universe", "vanilla")
	p.set("batch_name", "%s", Escape(s.BatchName))
	p.set("executable", "%s", executable)
	if arguments, _ := QuoteArguments(s.Arguments); len(s.Arguments) > 0 {
		p.set("arguments", "%s", arguments)
	}
}

func (s *Submission) describeFiles(p *printer) {
	const success = "There is no success_exit_code: it would throw away what a failed job wrote to stderr."
	if s.Outbox != "" {
		p.comment("Files. What the program leaves in "+s.Outbox+" comes back: an empty folder, which is sent to every job so",
			"that it is there however the job ends. Were the outputs themselves named, HTCondor would hold a failed job",
			"for a missing one and forget its exit status; were nothing named, it would wait a second before each start.",
			success)
	} else {
		p.comment("Files. All new files in the job's folder come back, also those of a job that failed. There is no",
			"transfer_output_files: HTCondor would hold a failed job for a missing output and forget its exit status.",
			success)
	}
	p.set("should_transfer_files", "YES")
	p.set("when_to_transfer_output", "ON_EXIT")
	var inputs []string
	if len(s.Rows[0].Inputs) > 0 {
		inputs = append(inputs, "$(inputs)")
	}
	for _, name := range s.Inputs {
		inputs = append(inputs, Escape(name))
	}
	if s.Outbox != "" {
		inputs = append(inputs, Escape(s.Outbox))
	}
	if len(inputs) > 0 {
		p.set("transfer_input_files", "%s", strings.Join(inputs, ", "))
	}
	if s.Outbox != "" {
		// With the slash it is the folder's content that comes, not the folder.
		p.set("transfer_output_files", "%s/", Escape(Base(s.Outbox)))
	}
	var remaps []string
	for _, m := range s.Remaps {
		remaps = append(remaps, m.Name.SubmitText()+"="+m.To.SubmitText())
	}
	if len(s.Rows[0].Remaps) > 0 {
		if s.blanksInRemaps() {
			// Note: with max_idle, HTCondor forgets all macros but those of the rows.
			p.line("# A blank in a name: written out, it would end a field below.")
			p.set("blank", "$(undefined_on_purpose: )")
		}
		remaps = append(remaps, "$(remaps)")
	}
	if len(remaps) > 0 {
		p.set("transfer_output_remaps", `"%s"`, strings.Join(remaps, "; "))
	}
	p.set("output", "%s", s.Stdout.SubmitText())
	p.set("error", "%s", s.Stderr.SubmitText())
	p.set("log", "%s", s.Log.SubmitText())
}

func (s *Submission) describeRequests(p *printer) {
	p.comment("What a job needs.")
	p.set("request_cpus", "%d", s.Cpus)
	for _, r := range []struct {
		name string
		Request
	}{{"request_memory", s.Memory}, {"request_disk", s.Disk}} {
		if r.Why != "" {
			p.line("# " + oneLine(r.Why))
		}
		p.set(r.name, "%s", megabytes(r.Bytes))
	}
	if s.MaxIdle > 0 {
		p.line("# Jobs enter the queue as others leave it; so many wait at a time.")
		p.set("max_idle", "%d", s.MaxIdle)
	}
}

// megabytes prints a size, rounded up. The unit is always written: a pool may refuse
// a number without.
func megabytes(bytes int64) string {
	const mb = 1 << 20
	return strconv.FormatInt((bytes+mb-1)/mb, 10) + "MB"
}

func (s *Submission) describePolicy(p *printer) {
	machines := "Machines."
	if s.RetryDelay > 0 {
		machines += " One that a job has failed on may try it again only after " + text.Duration(s.RetryDelay) + "."
	}
	p.comment(machines)
	p.set("requirements", "%s", s.requirements())
	p.line("# Which machines a job has had, for the line above, the messages below and the log.")
	p.set("job_machine_attrs", "Machine, OpSys")
	p.set("job_machine_attrs_history_length", "%d", s.remembered())
	p.set("ulog_execute_attrs", "Machine, OpSys, Arch")
	p.set("submit_event_user_notes", "%s", s.note())
	p.set("+MatFirst", "%s", map[bool]string{false: "$(index)", true: "$(first)"}[s.ranged()])
	if s.ranged() {
		p.set("+MatCount", "$(count)")
	}
	p.set(holdSubject, "%s", s.subject())
	p.line("# A machine that is lost gives its job back after 5 min, and a job that is lost its slot.")
	p.set("job_lease_duration", "300")
}

func (s *Submission) describeFailures(p *printer) {
	hold, reason, subcode := s.exitHold()
	failures := "Any other, and a signal: held too."
	if s.MaxRetries > 0 {
		failures = fmt.Sprintf("Any other, and a signal, may be the machine's fault: run again, up to %d times, then held.", s.MaxRetries)
	}
	p.comment(fmt.Sprintf("Failures. Exit status %d (wrong usage) and %d (bad input) would happen on any machine: held at once.", status.Usage, status.Data),
		failures, "The reason names the machine, and says what the program said or where that stands.")
	p.set("max_retries", "%d", s.MaxRetries)
	p.set("on_exit_hold", "%s", hold)
	p.set(holdEvent, "%s", s.event())
	p.set(holdMessage, "%s", s.message())
	p.set("on_exit_hold_reason", "%s", reason)
	p.set("on_exit_hold_subcode", "%s", subcode)
}

// describeNodeFailures lets a job that fails leave the queue with its exit status: DAGMan
// waits for ever for one that is held.
func (s *Submission) describeNodeFailures(p *printer) {
	p.comment(fmt.Sprintf("Failures. Exit status %d (wrong usage) and %d (bad input) would happen on any machine: the node has failed.", status.Usage, status.Data),
		fmt.Sprintf("Any other, and a signal, may be the machine's fault: run again, up to %d times, then the node has failed.", s.MaxRetries))
	p.set("max_retries", "%d", s.MaxRetries)
	p.set("retry_until", "ExitCode =?= %d || ExitCode =?= %d", status.Usage, status.Data)
}

func (s *Submission) describeTime(p *printer) {
	hold, reason := s.timeHold()
	p.comment(fmt.Sprintf("Time. A job that runs longer than %s is held; a second guard strikes where HTCondor's own has not, which", text.Duration(s.MaxRunTime)),
		"overlooks a job that begins in the second in which its shadow does.")
	p.set("allowed_execute_duration", "%s", seconds(s.MaxRunTime))
	p.set("periodic_hold", "%s", hold)
	p.set("periodic_hold_reason", "%s", reason)
	p.set("periodic_hold_subcode", "%d", CodeTimeLimit)
	if s.MaxRetries > 0 {
		p.comment("Machines at fault. A job that could not be started (6), or whose outputs could not be sent (12), is tried again.")
		p.set("periodic_release", "%s", s.release())
	}
}
