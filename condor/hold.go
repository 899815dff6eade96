package condor

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// CodeTimeLimit is the hold code of HTCondor's own limit on a job's execution time,
// JobExecuteExceeded. Submit descriptions of package submitfile use it as the subcode when
// their own check of the limit holds a job.
const CodeTimeLimit = 47

// releasedCodes are the hold codes for which the machine is at fault: it could not start
// the program (6) or send an output (12). HTCondor releases such a job, to run on another
// machine, until the number of starts reaches its limit.
//
// Note: 13, inputs that could not be sent, is not in the list. Such a job was never
// started, so HTCondor would release it for ever. Nor is the time limit: another attempt
// takes the same time, and only a person knows whether the limit was too short.
var releasedCodes = [...]int{6, 12}

// ownReason matches the beginning of the hold reasons that submit descriptions of package
// submitfile, and of earlier versions, write.
var ownReason = regexp.MustCompile(`^((product|job)s? \d+( to \d+)?|matsubmit item \d+): `)

// IsOwnReason reports whether a hold reason has the form of those that submit descriptions of
// package submitfile write. It then names the job's products.
func IsOwnReason(reason string) bool { return ownReason.MatchString(reason) }

// IsReleased reports whether submit descriptions of package submitfile release a job held
// with this code.
func IsReleased(code int) bool { return slices.Contains(releasedCodes[:], code) }

// ReleasedCodes returns the codes for which [IsReleased] returns true, as a ClassAd list.
func ReleasedCodes() string {
	var list []string
	for _, code := range releasedCodes {
		list = append(list, strconv.Itoa(code))
	}
	return "{" + strings.Join(list, ", ") + "}"
}
