package condor

import "fmt"

// A System is an operating system, by the name that HTCondor has for it (the machines'
// attribute OpSys).
type System string

const (
	Linux   System = "LINUX"
	Windows System = "WINDOWS"
)

// Arch is the processor that all programs are built for, by the name that HTCondor has
// for it (the machines' attribute Arch).
const Arch = "X86_64"

// Variant returns the name of a program's file for one of several systems. It is what
// "STEM.$$(OpSys).$$(Arch).exe" becomes on a machine. Linux does not mind the extension,
// and Windows needs one that it knows.
func Variant(stem string, s System) string { return fmt.Sprintf("%s.%s.%s.exe", stem, s, Arch) }
