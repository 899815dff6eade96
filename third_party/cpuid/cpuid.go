// Package cpuid tells github.com/zeebo/xxh3 which instructions the processor has.
//
// It takes the place of github.com/klauspost/cpuid/v2 (go.mod replaces that), of which xxh3 needs
// three answers, but which asks the processor some hundred questions before main begins. In a
// virtual machine, where each is a trap, they take 0.3 ms, a tenth of a short job of matprod.
package cpuid

import "golang.org/x/sys/cpu"

// A FeatureID is a set of instructions.
type FeatureID int

const (
	SSE2 FeatureID = iota
	AVX2
	AVX512F
)

// CPU is the processor.
var CPU processor

type processor struct{}

// Has reports whether the processor has a set of instructions and the system saves its registers.
func (processor) Has(id FeatureID) bool {
	switch id {
	case SSE2:
		return cpu.X86.HasSSE2
	case AVX2:
		return cpu.X86.HasAVX2
	}
	return cpu.X86.HasAVX512F
}
