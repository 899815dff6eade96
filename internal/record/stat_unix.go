//go:build unix

package record

import (
	"io/fs"
	"os"
	"syscall"
	"time"
)

// StatOf returns the Stat of a file. It follows links.
func StatOf(name string) (Stat, error) {
	info, err := os.Stat(name)
	return statOf(info, err)
}

// StatFile returns the Stat of an open file.
func StatFile(f *os.File) (Stat, error) {
	info, err := f.Stat()
	return statOf(info, err)
}

func statOf(info fs.FileInfo, err error) (Stat, error) {
	if err != nil {
		return Stat{}, err
	}
	if !info.Mode().IsRegular() {
		return Stat{}, errNotRegular
	}
	sys := info.Sys().(*syscall.Stat_t)
	return Stat{info.Size(), info.ModTime().UnixNano(), changeTime(sys), uint64(sys.Ino), time.Now().UnixNano()}, nil
}
