package npyio

import (
	"os"

	"golang.org/x/sys/unix"
)

// Map returns count values, from the one numbered first on, where they lie in the file, or nil
// where they are to be read: those of archives, which have a checksum; those that do not lie at a
// multiple of 8 bytes; and those that are not in memory, or on a file system that does not say so.
// What comes from a disk or another machine comes sooner in the long pieces of [File.Read].
//
// If the last byte can be read without waiting, all are taken to be in memory: the file has just
// been written or received. Map has the system enter their pages: faults would come later, to the
// threads that multiply, while this one may be at work beside them.
func (f *File) Map(first, count int64) *Mapping {
	size := int64(f.DType.Size)
	begin, end := f.data+size*first, f.data+size*(first+count)
	info, err := f.file.Stat()
	if err != nil || f.member != nil || begin%8 != 0 || !inMemory(f.file, end-1) {
		return nil
	}
	skip := begin % int64(os.Getpagesize())
	pages, err := unix.Mmap(int(f.file.Fd()), begin-skip, int(end-begin+skip), unix.PROT_READ, unix.MAP_PRIVATE|unix.MAP_POPULATE)
	if err != nil {
		return nil
	}
	return &Mapping{Values: pages[skip:], file: f, before: info, pages: pages}
}

// inMemory reports whether a byte of a file can be read without waiting for its disk.
func inMemory(file *os.File, offset int64) bool {
	var b [1]byte
	n, err := unix.Preadv2(int(file.Fd()), [][]byte{b[:]}, offset, unix.RWF_NOWAIT)
	return err == nil && n == 1
}

func unmap(pages []byte) error { return unix.Munmap(pages) }
