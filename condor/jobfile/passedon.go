package jobfile

import (
	"fmt"
	"strings"

	"matpool/condor"
	"matpool/internal/text"
)

const condorPrefix = "condor."

// PassedOn reports whether a name is one of HTCondor's, +Attr or condor.NAME, whose value
// is passed on unchanged.
func PassedOn(name string) bool {
	return strings.HasPrefix(name, "+") || len(name) >= len(condorPrefix) && strings.EqualFold(name[:len(condorPrefix)], condorPrefix)
}

// htcondorName returns the name that HTCondor has for what is passed on: +Attr, NAME.
func htcondorName(name string) string {
	if strings.HasPrefix(name, "+") {
		return name
	}
	return name[len(condorPrefix):]
}

// checkPassedOn says what is wrong with a setting that is passed on. What it means is
// HTCondor's business, but it must stay one line there.
func checkPassedOn(s condor.Setting) string {
	name := strings.TrimPrefix(htcondorName(s.Name), "+")
	for i := range len(name) {
		if c := name[i]; c != '_' && c != '.' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return fmt.Sprintf("%s: a name has letters, digits, _ and . only", text.Clip(s.Name))
		}
	}
	switch {
	case strings.Trim(name, ".") == "":
		return s.Name + " is not a name"
	case strings.EqualFold(name, "queue"):
		return s.Name + ": write total_jobs"
	case strings.HasSuffix(s.Value, `\`):
		return s.Name + `: a "\" at the end would join the next line to this one`
	}
	return ""
}
