//go:build unix

package flow

import "golang.org/x/sys/unix"

// freeSpace returns the bytes that this user may still write to the folder's disk.
func freeSpace(dir string) (int64, error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return 0, err
	}
	return int64(fs.Bavail) * int64(fs.Bsize), nil
}
