package jobfile

import (
	"fmt"
	"strings"

	"matpool/condor"
	"matpool/internal/base/text"
)

const condorPrefix = "condor."

// PassedOn reports whether a name has the form +Attr or condor.NAME. The value of such a
// name is passed on to HTCondor unchanged.
func PassedOn(name string) bool {
	return strings.HasPrefix(name, "+") || len(name) >= len(condorPrefix) && strings.EqualFold(name[:len(condorPrefix)], condorPrefix)
}

// htcondorName returns HTCondor's name for a setting that is passed on: +Attr or NAME.
func htcondorName(name string) string {
	if strings.HasPrefix(name, "+") {
		return name
	}
	return name[len(condorPrefix):]
}

// checkPassedOn returns a message on what is wrong with a setting that is passed on, or "".
// HTCondor checks its meaning, but it must be one line of a submit description.
func checkPassedOn(s condor.Setting) string {
	name := strings.TrimPrefix(htcondorName(s.Name), "+")
	for i := range len(name) {
		if c := name[i]; c != '_' && c != '.' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return fmt.Sprintf("%s: a name has only letters, digits, _ and .", text.Clip(s.Name))
		}
	}
	switch {
	case strings.Trim(name, ".") == "":
		return s.Name + " is not a name"
	case strings.EqualFold(name, "queue"):
		return s.Name + ": write total_jobs"
	case strings.HasSuffix(s.Value, `\`):
		return s.Name + `: a "\" at the end would continue the line`
	}
	return ""
}
