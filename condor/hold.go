package condor

import (
	"slices"
	"strconv"
	"strings"
)

// CodeTimeLimit is the hold code of HTCondor's own limit of a job's execution time,
// JobExecuteExceeded. The submit descriptions of package submitfile give it as a subcode
// when their second guard of the limit holds a job.
const CodeTimeLimit = 47

// releasedCodes are the hold codes that are a machine's fault: it could not start the
// program (6), or an output could not be sent (12). Such a job is released, and tried by
// another machine, until it has been started too often.
//
// Note: 13, inputs that could not be sent, is not among them. Such a job has not been
// started, so it would be released for ever. Nor is the time limit: another run costs as
// much time again, and only a person can tell whether the limit was too short.
var releasedCodes = [...]int{6, 12}

// IsReleased reports whether the submit descriptions of package submitfile release a job
// that is held with this code.
func IsReleased(code int) bool { return slices.Contains(releasedCodes[:], code) }

// ReleasedCodes returns the codes for which [IsReleased] holds, as a ClassAd list.
func ReleasedCodes() string {
	var list []string
	for _, code := range releasedCodes {
		list = append(list, strconv.Itoa(code))
	}
	return "{" + strings.Join(list, ", ") + "}"
}
