package condor

import (
	"fmt"
	"regexp"
	"sync"
)

// CodeTimeLimit is the hold code of HTCondor's own limit on a job's execution time,
// JobExecuteExceeded. Submit descriptions of package submitfile use it as the subcode when
// their own check of the limit holds a job.
const CodeTimeLimit = 47

// The other codes of holds that package submitfile knows.
const (
	codeNotStarted      = 6  // the machine could not start the program
	CodeOutputs         = 12 // an output could not be sent back
	SubcodeOutputIsGone = 2  // with CodeOutputs, ENOENT: the program has not made an output that it should return
)

// ownReason matches the beginning of the hold reasons that submit descriptions of package
// submitfile, and of earlier versions, write.
var ownReason = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^((product|job)s? \d+( to \d+)?|matsubmit item \d+): `)
})

// IsOwnReason reports whether a hold reason has the form of those that submit descriptions of
// package submitfile write. It then names the job's products.
func IsOwnReason(reason string) bool { return ownReason().MatchString(reason) }

// IsReleased reports whether submit descriptions of package submitfile release a job held
// with this code and subcode, because the machine is at fault: it could not start the program,
// or send an output. HTCondor releases such a job, to run on another machine, until the job was
// held as often as it may start.
//
// Note: 13, inputs that could not be sent, is not among the codes. Such a job was never
// started, so HTCondor would release it for ever. Nor is the time limit: another attempt
// takes the same time, and only a person knows whether the limit was too short. Nor is an
// output that does not exist: the program ended with status 0 without it, and would do so on
// any machine.
func IsReleased(code, subcode int) bool {
	return code == codeNotStarted || code == CodeOutputs && subcode != SubcodeOutputIsGone
}

// ReleasedHolds returns the condition of [IsReleased] as a ClassAd expression.
func ReleasedHolds() string {
	return fmt.Sprintf("(HoldReasonCode == %d || HoldReasonCode == %d && HoldReasonSubCode =!= %d)", codeNotStarted, CodeOutputs, SubcodeOutputIsGone)
}
