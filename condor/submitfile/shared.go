package submitfile

import (
	"slices"
	"strings"

	"matpool/condor"
)

// SharedFrom returns the first version of HTCondor that may get a description with shared inputs, which HTCondor calls
// common files: it sends them once to each machine, for all jobs of a cluster or DAG there, and links them into the
// jobs' folders. They are read-only there. The schedd must have this version. To machines that cannot do it, those with
// an older HTCondor, with Windows or with static slots, 25.14.1 sends the files with each job, as usual (tried with
// 23.9.6 on the machine).
//
// Note: HTCondor has had common files since 24.9, but an older schedd loses some: up to 25.3 on machines with an older
// version, up to 25.9 on those with Windows, where jobs would begin without the files (23.9.6 loses them everywhere).
// DAGMan may crash up to 25.12.
//
// Note: HTCondor gives a slot up after each job with shared inputs, and the next job waits for the negotiator, for a
// minute by default: "the next job transfers common files; shadow will exit" (RecycleShadow in schedd.cpp, 25.14).
// keep_claim_idle, which should keep the slot, makes it worse: the schedd looks for a job for such slots only each
// SCHEDD_INTERVAL, five minutes by default.
//
// Note: with max_idle, no job with shared inputs enters the queue: "SetAttribute modifying attribute RequestedCatalogs in
// nonexistent job" (25.14.1).
//
// Note: the program can't be shared. HTCondor makes it executable in the first job's folder, and then refuses to link
// it into others ("has the wrong permissions", seen with 25.14.1): it sends it again and again.
func SharedFrom() condor.Version { return condor.Version{Major: 25, Minor: 14} }

// CanShare reports whether a file can be shared: HTCondor splits the list of such files at blanks, too.
func CanShare(name string) bool {
	return condor.CheckName(name, condor.InInputs) == nil && !strings.ContainsAny(name, condor.Blanks+`"'$`)
}

// writeSharedInputs prints which files HTCondor sends if the inputs are shared. condor_submit decides by its own
// version, since the description may be carried to another machine.
func writeSharedInputs(p *printer, d *Description) {
	files := strings.Join(d.Inputs, ", ")
	all := d.inputList()
	own := slices.DeleteFunc(slices.Clone(all), func(name string) bool { return slices.Contains(d.Inputs, name) })
	p.comment(files + " goes once to each machine that can share it among its jobs.")
	p.line("if version >= " + SharedFrom().String())
	p.set("  +CommonInputFiles", "%q", files)
	if len(own) > 0 {
		p.set("  transfer_input_files", "%s", strings.Join(own, ", "))
	}
	p.line("else")
	p.set("  transfer_input_files", "%s", strings.Join(all, ", "))
	p.line("endif")
}
