package jobfile

import (
	"fmt"
	"strings"

	"matpool/condor"
	"matpool/internal/base/text"
)

// ownLines are the lines of the submit description that a setting must not replace, since what
// matsubmit and matwatch say of the jobs rests on them: what to write instead, or "" if nothing
// replaces the line. The names are in lower case and without "_", which also makes them the names
// of most of the job's attributes.
func ownLines() map[string]string {
	lines := map[string]string{
		"executable": "executable", "cmd": "executable", "arguments": "arguments", "args": "arguments",
		"output": "stdout", "out": "stdout", "error": "stderr", "err": "stderr", "log": "log", "userlog": "log",
		"transferinputfiles": "input_files", "transferinput": "input_files", "transferinputremaps": "indexed_input_files",
		"transferoutputfiles": "indexed_output_files", "transferoutput": "indexed_output_files", "transferoutputremaps": "indexed_output_files",
		"requestcpus": "request_cpus", "requestmemory": "request_memory", "requestdisk": "request_disk",
		"maxretries": "max_retries", "jobmaxretries": "max_retries", "allowedexecuteduration": "max_run_time",
		"shell": "executable", "batchname": "batch_name", "jobbatchname": "batch_name", "maxidle": "max_idle",
	}
	for _, name := range []string{
		"universe", "initialdir", "iwd", "submiteventusernotes", "logxml", "matfirst", "matcount", "jobmachineattrs", "jobmachineattrshistorylength", "ulogexecuteattrs",
		"shouldtransferfiles", "whentotransferoutput", "transferexecutable", "streamoutput", "streamerror", "eraseoutputanderroronrestart", "preserverelativepaths",
		"outputdestination", "outputdirectory", "transferin", "transferout", "transfererr", "transfererror", "remoteinitialdir", "remoteiwd", "noopjob",
		"successexitcode", "retryuntil", "onexithold", "onexitholdreason", "onexitholdsubcode", "onexitremove",
		"periodichold", "periodicholdreason", "periodicholdsubcode", "periodicrelease", "periodicremove", "periodicremovereason",
	} {
		lines[name] = ""
	}
	return lines
}

// checkPassedOn returns a message on what is wrong with a setting that is passed on, or "".
// HTCondor checks its meaning, but it must be one line of a submit description, and none that
// matsubmit writes itself.
func checkPassedOn(s condor.Setting) string {
	name := strings.TrimPrefix(htcondorName(s.Name), "+")
	for i := range len(name) {
		if c := name[i]; c != '_' && c != '.' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return fmt.Sprintf("%s: a name has only letters, digits, _ and .", text.Clip(s.Name))
		}
	}
	key := strings.TrimPrefix(strings.ReplaceAll(strings.ToLower(name), "_", ""), "my.")
	instead, own := ownLines()[key]
	switch {
	case strings.Trim(name, ".") == "":
		return s.Name + " is not a name"
	case key == "queue":
		return s.Name + ": write total_jobs"
	case strings.HasSuffix(s.Value, `\`):
		return s.Name + `: a "\" at the end would continue the line`
	case instead != "":
		return s.Name + ": write " + instead
	case own:
		return s.Name + ": cannot be set: matsubmit and matwatch rely on the value that matsubmit writes"
	}
	return ""
}
