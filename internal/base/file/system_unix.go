//go:build unix

package file

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

// Key returns what all ways to write a file's name have in common, without a look at the disk.
func Key(name string) string { return filepath.Clean(name) }

// Impossible reports whether an error says that no file can have such a name: links that lead in a circle, a file as a
// folder, a name that is too long.
func Impossible(err error) bool {
	return errors.Is(err, unix.ELOOP) || errors.Is(err, unix.ENOTDIR) || errors.Is(err, unix.ENAMETOOLONG)
}

// MayOpen returns how many files this process may have open at a time.
func MayOpen() int {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 256 // the lowest limit in common use
	}
	return int(min(limit.Cur, 1<<20))
}

// FreeSpace returns the bytes that this user may still write to the folder's disk.
func FreeSpace(dir string) (int64, error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return 0, err
	}
	return int64(fs.Bavail) * int64(fs.Bsize), nil
}

// syncDir flushes a folder, and so the names in it.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

func rename(from, to string) error { return os.Rename(from, to) }

func remove(name string) error { return os.Remove(name) }

// protected reports whether a file must not be replaced. On Unix, the folder's permissions
// decide that.
func protected(fs.FileInfo) bool { return false }

// forbidden returns why no file can have a name, or "". On Unix, the system reports that.
func forbidden(string) string { return "" }

// isDiskFault reports whether an error of flushing a folder means that data may be lost.
func isDiskFault(err error) bool {
	return errors.Is(err, unix.EIO) || errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) || errors.Is(err, unix.ESTALE)
}

// isOtherDisk reports whether a file cannot be renamed because the new name is on another file system.
func isOtherDisk(err error) bool { return errors.Is(err, unix.EXDEV) }

// isPlanted reports whether a name is a symbolic link that another user may have put there to have a file
// of this user's replaced. It is the rule of Linux's fs.protected_symlinks, which does not see a link that
// is read and then not followed: in a sticky folder that all may write to, a link must be the user's own, or
// belong to the folder's owner.
func isPlanted(name string) bool {
	link, err := os.Lstat(name)
	if err != nil || link.Mode()&fs.ModeSymlink == 0 {
		return false
	}
	dir, err := os.Stat(filepath.Dir(name))
	if err != nil || dir.Mode()&fs.ModeSticky == 0 || dir.Mode()&0o002 == 0 {
		return false
	}
	owner := link.Sys().(*syscall.Stat_t).Uid
	return owner != uint32(os.Geteuid()) && owner != dir.Sys().(*syscall.Stat_t).Uid
}
