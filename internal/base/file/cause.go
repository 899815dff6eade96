package file

import (
	"errors"
	"io/fs"
	"os"
)

// Cause returns the system's error in an error of package os, without the operation and the
// file name, so that a message can name the file in its own way.
func Cause(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	var call *os.SyscallError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	case errors.As(err, &call):
		return call.Err
	}
	return err
}
