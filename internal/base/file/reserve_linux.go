package file

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

func reserve(file *os.File, size int64) error {
	for {
		// The file's size must not change: only data that is written counts.
		err := unix.Fallocate(int(file.Fd()), unix.FALLOC_FL_KEEP_SIZE, 0, size)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.EOPNOTSUPP), errors.Is(err, unix.ENOSYS):
			return nil
		}
		return err
	}
}
