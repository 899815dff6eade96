package jobfile

// instead returns what to write instead of a word of python_submit and its kin, or of
// HTCondor's own language; "" for other names.
func instead(name string) string {
	name = canonical(name)
	switch name {
	case "python_script":
		return "the machines run no Python: leave this line out (matprod does what product.py did), or name another program with executable = NAME"
	case "python_version":
		return "the machines run no Python: leave this line out"
	case "r_script", "m_file", "matlab_version", "r_version":
		return "only programs that run by themselves are sent: write executable = NAME"
	case "runtime":
		return "write max_run_time, in minutes or as 30s or 2h"
	case "transfer_input_files":
		return "write input_files, or indexed_input_files for numbered ones"
	case "transfer_output_files":
		return "leave it out: the outputs come back by themselves, and indexed_output_files can give them a folder"
	case "output":
		return "write stdout or indexed_stdout"
	case "error":
		return "write stderr or indexed_stderr"
	case "queue":
		return "write total_jobs"
	case "universe", "should_transfer_files", "when_to_transfer_output", "notification":
		return "leave it out: it is set for you; condor." + name + " passes it on anyway"
	case "rank", "environment", "getenv", "initialdir", "priority", "notify_user", "concurrency_limits", "accounting_group":
		return "write condor." + name + ", which passes it on unchanged"
	}
	return ""
}
