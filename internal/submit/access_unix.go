//go:build unix

package submit

import "golang.org/x/sys/unix"

// What one may do with a file, or with a folder.
const (
	write = unix.W_OK
	enter = unix.X_OK
)

// access returns why this process may not use a file or a folder in a way, or nil.
func access(name string, how uint32) error { return unix.Access(name, how) }

// isExecutable reports whether everybody may execute a file.
func isExecutable(name string) bool {
	var s unix.Stat_t
	return unix.Stat(name, &s) == nil && s.Mode&0o111 == 0o111
}
