//go:build unix

package pages

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// alloc maps n float64s. From half a huge page on, the mapping is aligned to huge pages,
// which older kernels don't do by themselves, and consists of whole ones: clearing what is
// not used costs less than hundreds of page faults.
func alloc(n int) ([]float64, func() error, error) {
	size := uintptr(n) * 8
	extra := uintptr(0)
	if size >= hugePage/2 {
		size = (size + hugePage - 1) &^ (hugePage - 1)
		extra = hugePage
	}
	base, err := unix.MmapPtr(-1, 0, nil, size+extra, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return nil, nil, err
	}
	start := base
	if extra > 0 {
		start = unsafe.Add(base, (hugePage-uintptr(base)%hugePage)%hugePage)
		adviseHuge(unsafe.Slice((*byte)(start), size))
	}
	release := func() error { return unix.MunmapPtr(base, size+extra) }
	return unsafe.Slice((*float64)(start), n), release, nil
}
