package peak

import "golang.org/x/sys/cpu"

func loops() (all []loop) {
	if cpu.X86.HasAVX512 {
		all = append(all, loop{fmaAVX512, 24 * 8 * 2})
	}
	if cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		all = append(all, loop{fmaAVX2, 12 * 4 * 2})
	}
	return all
}

// 24 independent sums of 8 values. Two units with a latency of 4 cycles need 8 of them.
//
//go:noescape
func fmaAVX512(turns int)

// 12 independent sums of 4 values.
//
//go:noescape
func fmaAVX2(turns int)
