package pages

import "golang.org/x/sys/unix"

// adviseHuge asks for huge pages. It is advice: a system without them says
// EINVAL, and small pages serve as well, only slower.
func adviseHuge(mem []byte) { _ = unix.Madvise(mem, unix.MADV_HUGEPAGE) }
