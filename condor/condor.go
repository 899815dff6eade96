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

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

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

// An ID identifies a job in its queue, by cluster and process.
type ID struct{ Cluster, Proc int }

// Compare orders by cluster, then by process.
func (id ID) Compare(other ID) int {
	return cmp.Or(cmp.Compare(id.Cluster, other.Cluster), cmp.Compare(id.Proc, other.Proc))
}

func (id ID) String() string { return strconv.Itoa(id.Cluster) + "." + strconv.Itoa(id.Proc) }

// A System is an operating system on a processor architecture. Programs are built for these.
type System string

const (
	Linux      System = "LINUX"       // on x86-64
	LinuxArm64 System = "LINUX-ARM64" // on 64-bit ARM
	Windows    System = "WINDOWS"     // on x86-64
)

// Systems returns all systems, sorted.
func Systems() []System { return []System{Linux, LinuxArm64, Windows} }

// OpSys returns the machine attribute OpSys of the system's machines.
func (s System) OpSys() string {
	name, _, _ := strings.Cut(string(s), "-")
	return name
}

// Arch returns the machine attribute Arch of the system's machines. (On Linux it is what uname
// says of the machine, but for the processors of Intel's kind.)
func (s System) Arch() string {
	if s == LinuxArm64 {
		return "aarch64"
	}
	return "X86_64"
}

// Variant returns the name of a program's file for one of several systems:
// "STEM.$$(OpSys).$$(Arch).exe" as HTCondor expands it for a machine. Windows needs the
// extension, and Linux ignores it.
func Variant(stem string, s System) string {
	return fmt.Sprintf("%s.%s.%s.exe", stem, s.OpSys(), s.Arch())
}
