//go:build unix

package flow

import "golang.org/x/sys/unix"

// mayOpen returns how many files this process may have open at a time.
func mayOpen() int {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 256 // the lowest limit in common use
	}
	return int(min(limit.Cur, 1<<20))
}
