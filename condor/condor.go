// Package condor knows HTCondor's words: it reads a simplified submission file, writes a submit description, and reads the event log.
//
// The three parts meet in programs only:
//   - [Parse] reads a simplified submission file, a list of lines such as
//     "total_jobs = 100", and [File.String] prints it again byte for byte.
//     [File.Job] gives its values, with defaults, as a [Job].
//   - A [Submission] is what somebody has decided to submit. [Submission.Write]
//     prints it as a submit description that condor_submit (23.0 and later) takes
//     as it is and that a person can read.
//   - A [Reader] takes a job event log apart into events, also while it grows. A
//     [History] makes of them what has become of each job.
//
// Nothing here runs HTCondor or opens a file. The rules come from the HTCondor
// manual (the submit language, the job event log, the hold codes), from the source
// of 23.9 and 25 where the manual is silent, and from experiments on a pool of
// 23.9.6; comments say which.
package condor

import "fmt"

// A SyntaxError is a place in a file that cannot be understood, or says what it may not.
type SyntaxError struct {
	File string
	Line int // from 1 on; 0 where it is not a line that is wrong
	Msg  string
}

func (e *SyntaxError) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Msg
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Msg)
}
