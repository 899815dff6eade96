//go:build !linux && !windows

package local

// Memory returns 0: jobs run here only on Linux and Windows.
func Memory() int64 { return 0 }
