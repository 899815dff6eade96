package condor

import "fmt"

// A System is an operating system, as HTCondor names it (the machine attribute OpSys).
type System string

const (
	Linux   System = "LINUX"
	Windows System = "WINDOWS"
)

// Arch is the processor architecture that all programs are built for, as HTCondor names it
// (the machine attribute Arch).
const Arch = "X86_64"

// Variant returns the name of a program's file for one of several systems:
// "STEM.$$(OpSys).$$(Arch).exe" as HTCondor expands it for a machine. Windows needs the
// extension, and Linux ignores it.
func Variant(stem string, s System) string { return fmt.Sprintf("%s.%s.%s.exe", stem, s, Arch) }
