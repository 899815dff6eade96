package elem

import "golang.org/x/sys/cpu"

// hasVectors reports whether this processor has what the functions in assembly need.
func hasVectors() bool { return cpu.X86.HasAVX2 }
