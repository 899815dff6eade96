//go:build unix

package submit

import "golang.org/x/sys/unix"

// The kinds of access to a file or a folder.
const (
	write = unix.W_OK
	enter = unix.X_OK
)

// access returns why this process does not have a kind of access to a file or a folder, or
// nil if it has it.
func access(name string, kind uint32) error { return unix.Access(name, kind) }

// isExecutable reports whether all users may execute a file.
func isExecutable(name string) bool {
	var s unix.Stat_t
	return unix.Stat(name, &s) == nil && s.Mode&0o111 == 0o111
}
