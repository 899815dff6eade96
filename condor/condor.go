// Package condor holds what its rooms share of HTCondor's vocabulary: job numbers, notes, hold codes, and what a name may hold.
//
//   - Package jobfile reads a simplified submission file: what somebody asks for.
//   - Package submitfile writes a submit description, or a graph for DAGMan: what
//     HTCondor is asked for.
//   - Package eventlog reads the job event log: what has happened.
//   - Package chirp lets a running job say why it fails.
//
// Nothing here or in the rooms runs HTCondor, and only chirp opens a file. The rules
// come from the HTCondor manual, from the source of 23.9 and 25 where the manual is
// silent, and from experiments on a pool of 23.9.6; comments say which.
package condor

import "fmt"

// A SyntaxError is a place in a file that cannot be understood, or that holds what it may
// not.
type SyntaxError struct {
	File string
	Line int // from 1; 0 if no single line is at fault
	Msg  string
}

func (e *SyntaxError) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Msg
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Msg)
}

// A Setting is a line NAME = VALUE: of a simplified submission file, of a command line,
// or one that is passed on to HTCondor unchanged.
type Setting struct{ Name, Value string }
