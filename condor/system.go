package condor

import (
	"fmt"
	"strings"
)

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
