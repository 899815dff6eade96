package jobfile

import (
	"fmt"
	"strconv"
	"strings"

	"matpool/condor"
	"matpool/internal/base/text"
)

// Foreign reports whether a name is no attribute but a word of another program's files:
// Liverpool's python_submit, r_submit and m_submit, or HTCondor. [Parse] takes runtime for
// max_run_time, and answers the others with what to write.
func Foreign(name string) bool {
	return canonical(name) != strings.ToLower(name) || replacement(condor.Setting{Name: name}) != ""
}

// canonical returns a name in the form for comparisons.
func canonical(name string) string {
	name = strings.ToLower(name)
	if name == "runtime" {
		return "max_run_time"
	}
	return name
}

// replacement returns what to write for a setting of another program's file; "" for other
// settings.
func replacement(s condor.Setting) string {
	value := strings.Trim(s.Value, `"`)
	if value == "" {
		value = "NAME"
	}
	value = text.Clip(value)
	const script = "write executable = %s: its first line must be #!/usr/bin/env %s, and it runs on Linux machines that have %s"
	switch name := canonical(s.Name); name {
	case "r_script":
		return fmt.Sprintf(script, value, "Rscript", "R")
	case "r_version":
		return "leave it out: a script's first line (#!) says which R runs it"
	case "m_file", "matlab_file", "matlab_script":
		program := strings.TrimSuffix(value, ".m")
		return fmt.Sprintf("compile it (mcc -m %s.m) and write executable = %s: the machines need MATLAB's runtime", program, program)
	case "matlab_version":
		return "leave it out: a compiled program needs the MATLAB runtime of its version"
	case "transfer_input_files":
		return "write input_files for files that all jobs get, indexed_input_files for files with numbers"
	case "transfer_output_files":
		return "write indexed_output_files, with names as they are in a job, or leave it out: all new files come back"
	case "transfer_output_remaps":
		return "leave it out: indexed_output_files come back with their numbers"
	case "output":
		return "write stdout, or indexed_stdout for a file with a number"
	case "error":
		return "write stderr, or indexed_stderr for a file with a number"
	case "queue":
		return queueReplacement(s.Value)
	case "universe", "should_transfer_files", "when_to_transfer_output", "notification":
		return "leave it out: matsubmit sets it; condor." + name + " overrides that"
	case "accounting_group", "accounting_group_user", "concurrency_limits", "container_image", "docker_image",
		"environment", "getenv", "initialdir", "input", "max_materialize", "nice_user", "notify_user",
		"on_exit_hold", "on_exit_remove", "periodic_hold", "periodic_release", "periodic_remove", "priority",
		"rank", "request_gpus", "require_gpus", "stream_error", "stream_output":
		return "write condor." + name + ", which passes it on unchanged"
	}
	return ""
}

// InsteadOfScript returns what to write if matprod cannot replace python_script.
func InsteadOfScript(script string) string {
	return fmt.Sprintf("write executable = %s, whose first line must be #!/usr/bin/env python3, for Linux machines that have Python; or executable = matprod, if the jobs only make products", text.Clip(script))
}

// queueReplacement returns what to write for a queue statement of a submit description.
func queueReplacement(arguments string) string {
	if arguments == "" {
		return "leave it out: total_jobs sets the number of jobs"
	}
	if n, err := strconv.ParseUint(arguments, 10, 32); err == nil {
		return fmt.Sprintf("write total_jobs = %d", n)
	}
	return "write total_jobs = NUMBER, and indexed_input_files for files with numbers"
}

// queueStatement returns the arguments of a queue statement, as in "queue 5".
func queueStatement(line string) (arguments string, ok bool) {
	line = strings.TrimFunc(ordinarySpaces(line[:commentStart(line)]), isBlank)
	word, arguments, _ := strings.Cut(line, " ")
	return strings.Trim(arguments, condor.Blanks), strings.EqualFold(word, "queue")
}
