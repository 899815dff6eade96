package condor

import (
	"slices"
	"strconv"
	"strings"
)

// CodeTimeLimit is the hold code of HTCondor's own limit of a job's execution,
// JobExecuteExceeded. Submit descriptions written here give it as a subcode when their
// second guard of the limit holds a job.
const CodeTimeLimit = 47

// releasedCodes are the hold codes that are a machine's fault: it could not start the
// program (6), or an output could not be sent (12). Such a job is released and tried by
// another machine, as long as it has not been started too often.
//
// Note: 13, inputs that could not be sent, is not among them. Such a job has not been
// started, so that it would be released for ever. Nor is the time limit: to run again
// costs as much time again, and only a person can tell whether it was too short.
var releasedCodes = [...]int{6, 12}

// IsReleased reports whether a job that is held with this code is released by the submit
// descriptions written here.
func IsReleased(code int) bool { return slices.Contains(releasedCodes[:], code) }

// ReleasedCodes returns the codes for which [IsReleased] holds, as a ClassAd list.
func ReleasedCodes() string {
	var list []string
	for _, code := range releasedCodes {
		list = append(list, strconv.Itoa(code))
	}
	return "{" + strings.Join(list, ", ") + "}"
}
