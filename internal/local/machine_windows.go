package local

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// memoryStatus is Windows' MEMORYSTATUSEX.
type memoryStatus struct {
	length, load                                                           uint32
	totalPhys, availPhys, totalPage, availPage, totalVirtual, availVirtual uint64
	availExtended                                                          uint64
}

// Memory returns the machine's memory in bytes, or 0 if it is not known.
func Memory() int64 {
	var s memoryStatus
	s.length = uint32(unsafe.Sizeof(s))
	if ok, _, _ := windows.NewLazySystemDLL("kernel32.dll").NewProc("GlobalMemoryStatusEx").Call(uintptr(unsafe.Pointer(&s))); ok == 0 {
		return 0
	}
	return int64(s.totalPhys)
}
