package jobfile

// replacement returns advice on what to write for an attribute of python_submit and similar
// programs, or of a submit description, that is not supported; "" for other names.
func replacement(name string) string {
	name = canonical(name)
	switch name {
	case "python_script":
		return "the machines do not run Python: remove this line (matprod replaces product.py), or set executable = NAME for another program"
	case "python_version":
		return "the machines do not run Python: remove this line"
	case "r_script", "m_file", "matlab_version", "r_version":
		return "only executable programs are supported: write executable = NAME"
	case "runtime":
		return "write max_run_time, in minutes or as 30s or 2h"
	case "transfer_input_files":
		return "write input_files, or indexed_input_files for numbered ones"
	case "transfer_output_files":
		return "remove this line: all outputs come back, and indexed_output_files can name a folder for them"
	case "output":
		return "write stdout or indexed_stdout"
	case "error":
		return "write stderr or indexed_stderr"
	case "queue":
		return "write total_jobs"
	case "universe", "should_transfer_files", "when_to_transfer_output", "notification":
		return "remove this line: matsubmit sets it; condor." + name + " overrides that"
	case "rank", "environment", "getenv", "initialdir", "priority", "notify_user", "concurrency_limits", "accounting_group":
		return "write condor." + name + ", which passes it on unchanged"
	}
	return ""
}
