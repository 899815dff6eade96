//go:build unix

package submit

import "golang.org/x/sys/unix"

// What one may do with a file, or with a folder.
const (
	write = unix.W_OK
	enter = unix.X_OK
)

// access returns why we may not do something with what has a name, or nil.
func access(name string, what uint32) error { return unix.Access(name, what) }
