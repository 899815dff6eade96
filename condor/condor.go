// Package condor holds the HTCondor vocabulary that its subpackages share: job IDs, notes, hold codes, quoting, and the characters a name may have.
//
//   - Package jobfile reads a simplified submission file: what the user asks for.
//   - Package submitfile writes a submit description or a DAG: what HTCondor is asked for.
//   - Package eventlog reads the job event log: what happened.
//   - Package pool reads from condor_status what a pool has.
//   - Package chirp lets a running job report why it fails.
//
// None of these packages runs HTCondor, and only chirp opens a file. The rules come from
// the HTCondor manual, from the source of 23.9 and 25 where the manual is silent, and
// from experiments on a pool running 23.9.6; comments name the source.
package condor

import "fmt"

// A SyntaxError reports a line of a file that cannot be parsed or has an invalid value.
type SyntaxError struct {
	File   string
	Line   int // from 1; 0 if no single line is at fault
	Column int // in characters, from 1; 0 if no single character is at fault
	Msg    string
}

func (e *SyntaxError) Error() string {
	switch {
	case e.Line == 0:
		return e.File + ": " + e.Msg
	case e.Column > 0:
		return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Msg)
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Msg)
}

// A Setting is NAME = VALUE, from a simplified submission file or a command line, or for
// HTCondor, unchanged.
type Setting struct{ Name, Value string }
