package submitfile

import (
	"io"
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
			line = d.Jobs[i].appendField(line, column)
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

func writeFiles(p *printer, d *Description) {
	const success = "There is no success_exit_code: with it, HTCondor discards the stderr of a failed job."
	if d.Outbox != "" {
		p.section("Files. Every job gets an empty folder, "+d.Outbox+", and the files that the program writes into it come",
			"back. The folder exists however the job ends. If this named the outputs themselves, HTCondor would hold a",
			"failed job for a missing output and lose its exit status; with no name, each start would take a second more.",
			success)
	} else {
		p.section("Files. All new files in the job's folder come back, also those of a failed job. There is no",
			"transfer_output_files: HTCondor would hold a failed job for a missing output and lose its exit status.",
			success)
	}
	p.set("should_transfer_files", "YES")
	p.set("when_to_transfer_output", "ON_EXIT")
	var inputs []string
	if len(d.Jobs[0].Inputs) > 0 {
		inputs = append(inputs, "$(inputs)")
	}
	for _, name := range d.Inputs {
		inputs = append(inputs, condor.Escape(name))
	}
	if d.Outbox != "" {
		inputs = append(inputs, condor.Escape(d.Outbox))
	}
	if len(inputs) > 0 {
		p.set("transfer_input_files", "%s", strings.Join(inputs, ", "))
	}
	if d.Outbox != "" {
		// The slash makes the content of the folder come back, not the folder.
		p.set("transfer_output_files", "%s/", condor.Escape(condor.Base(d.Outbox)))
	}
	var remaps []string
	for _, m := range d.Remaps {
		remaps = append(remaps, m.Name.SubmitText()+"="+m.To.SubmitText())
	}
	if len(d.Jobs[0].Remaps) > 0 {
		writeBlank(p, d)
		remaps = append(remaps, "$(remaps)")
	}
	if len(remaps) > 0 {
		p.set("transfer_output_remaps", `"%s"`, strings.Join(remaps, "; "))
	}
	p.set("output", "%s", d.Stdout.SubmitText())
	p.set("error", "%s", d.Stderr.SubmitText())
	p.set("log", "%s", d.Log.SubmitText())
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
	if d.MaxIdle > 0 {
		p.comment("The limit on jobs that wait in the queue; more enter as others start.")
		p.set("max_idle", "%d", d.MaxIdle)
	}
}

// megabytes returns a size in HTCondor's megabytes, rounded up, with the unit: a pool may
// refuse a number without one.
func megabytes(bytes int64) string {
	const mb = 1 << 20
	return strconv.FormatInt((bytes+mb-1)/mb, 10) + "MB"
}
