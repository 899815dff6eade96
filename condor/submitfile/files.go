package submitfile

import (
	"strings"

	"matpool/condor"
)

// writeFiles prints which files HTCondor sends to a machine, and which it brings back.
func writeFiles(p *printer, d *Description) {
	writeReturn(p, d)
	if d.Folder != "" {
		p.set("initialdir", "%s", d.Folder.SubmitText())
	}
	writeInputs(p, d)
	writeOutputs(p, d)
	p.set("output", "%s", d.fromFolder(d.Stdout.SubmitText()))
	p.set("error", "%s", d.fromFolder(d.Stderr.SubmitText()))
	p.set("log", "%s", d.fromFolder(d.Log.SubmitText()))
}

// writeReturn prints when a job's files come back.
//
// Note: a job that fails must keep its exit status, which the policy for failures needs, and
// a job that ends well without one of its outputs must be held. On 23.9.6, on Linux and in
// Wine, with transfer_output_files:
//
//	                               status 0,    status 3,    status 3,    signal
//	                               no output    no output    an output
//	ON_EXIT                        held 12      held 12      its policy   held 12
//	ON_SUCCESS                     held 12      held 12      its policy   held 12
//	ON_SUCCESS, success_exit_code  held 12      its policy   its policy   its policy
//
// In the last case HTCondor discards stdout and stderr of a job that fails, unless they are
// streamed. It returns no output of such a job, which would not be complete anyway.
//
// Note: with checkpoint_exit_code, what a job has made would also survive an eviction. But the program would have to end and start again for each checkpoint, which HTCondor
// then transfers, also if nothing ever happens to the machine.
func writeReturn(p *printer, d *Description) {
	const success = "There is no success_exit_code: with it, HTCondor discards the stderr of a failed job."
	switch {
	case d.Outbox != "":
		p.section("Files. Every job gets an empty folder, "+d.Outbox+", and the files that the program writes into it come",
			"back. The folder exists however the job ends. If this named the outputs themselves, HTCondor would hold a",
			"failed job for a missing output and lose its exit status; with no name, each start would take a second more.",
			success)
	case d.namesOutputs():
		p.section("Files. Only the outputs come back. If the program ends with exit status 0 without one of them, HTCondor holds",
			"the job (code 12), and the reason ends with its name. If the program fails, no output comes back, and the job keeps",
			"its exit status: this takes both ON_SUCCESS and success_exit_code. HTCondor would then discard stdout and stderr",
			"too, so they are written while the job runs.")
		p.set("should_transfer_files", "YES")
		p.set("when_to_transfer_output", "ON_SUCCESS")
		p.set("success_exit_code", "0")
		p.set("stream_output", "true")
		p.set("stream_error", "true")
		return
	default:
		p.section("Files. All new files in the job's folder come back, also those of a failed job. There is no",
			"transfer_output_files: HTCondor would hold a failed job for a missing output and lose its exit status.",
			success)
	}
	p.set("should_transfer_files", "YES")
	if !d.Resumes {
		p.set("when_to_transfer_output", "ON_EXIT")
		return
	}
	// Note: a folder can come back as a folder only with preserve_relative_paths, which would change the
	// names of inputs, too.
	p.comment("When a job is evicted, HTCondor keeps what it has in the outbox, and its stdout and stderr. They come",
		"with the inputs when the job runs again, in its top folder.")
	p.set("when_to_transfer_output", "ON_EXIT_OR_EVICT")
	p.set("erase_output_and_error_on_restart", "false")
}

func writeInputs(p *printer, d *Description) {
	if inputs := d.inputList(); d.Shared {
		writeSharedInputs(p, d)
	} else if len(inputs) > 0 {
		p.set("transfer_input_files", "%s", strings.Join(inputs, ", "))
	}
	if len(d.InputRemaps) > 0 {
		p.comment("In the job's folder the inputs have names without an index.")
		p.set("+TransferInputRemaps", `"%s"`, remaps(d.InputRemaps))
	}
}

// inputList returns the files that a job gets, as transfer_input_files lists them.
func (d *Description) inputList() (inputs []string) {
	if len(d.Jobs[0].Inputs) > 0 {
		inputs = append(inputs, "$(inputs)")
	}
	for _, name := range d.commonFiles() {
		inputs = append(inputs, condor.Escape(d.fromFolder(name)))
	}
	return inputs
}

func writeOutputs(p *printer, d *Description) {
	writeSeparators(p, d)
	var outputs []string
	if d.Outbox != "" {
		// The slash makes the content of the folder come back, not the folder.
		outputs = append(outputs, condor.Escape(condor.Base(d.Outbox))+"/")
	}
	for _, name := range d.Outputs {
		outputs = append(outputs, name.SubmitText())
	}
	if len(d.Jobs[0].Outputs) > 0 {
		outputs = append(outputs, "$(outputs)")
	}
	if len(outputs) > 0 {
		p.set("transfer_output_files", "%s", strings.Join(outputs, ", "))
	}
	all := remaps(d.Remaps)
	if len(d.Jobs[0].Remaps) > 0 {
		if all != "" {
			all += "; "
		}
		all += "$(remaps)"
	}
	if all != "" {
		p.set("transfer_output_remaps", `"%s"`, all)
	}
}

// remaps returns remaps in HTCondor's syntax.
func remaps(templates []RemapTemplate) string {
	var list []string
	for _, m := range templates {
		list = append(list, m.Name.SubmitText()+"="+m.To.SubmitText())
	}
	return strings.Join(list, "; ")
}
