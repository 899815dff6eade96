//go:build unix

package file

import (
	"errors"
	"os"
	"syscall"
)

// OpenNow opens a file for reading. If it is a pipe, it does not wait for its writer.
func OpenNow(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_NOCTTY, 0)
	if errors.Is(err, syscall.EWOULDBLOCK) { // a file server has to give up its lease first (fcntl(2))
		return os.Open(path)
	}
	return file, err
}
