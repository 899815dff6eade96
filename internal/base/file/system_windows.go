package file

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Key returns what all ways to write a file's name have in common, without a look at the disk. Large
// and small letters are the same; Windows has special rules for letters that few languages have.
func Key(name string) string { return strings.ToLower(filepath.Clean(name)) }

// Impossible reports whether an error says that no file can have such a name: links that lead in a circle, or a
// name such as *.npy, since the shells of Windows leave wildcards to the programs.
func Impossible(err error) bool {
	return errors.Is(err, windows.ERROR_INVALID_NAME) || errors.Is(err, windows.ERROR_CANT_RESOLVE_FILENAME)
}

// MayOpen returns how many files this process may have open at a time. Windows has no limit but memory.
func MayOpen() int { return 1 << 16 }

// FreeSpace returns the bytes that this user may still write to the folder's disk.
func FreeSpace(dir string) (int64, error) {
	// With a final backslash, the folder may also be a share, \\server\share.
	path, err := windows.UTF16PtrFromString(strings.TrimRight(dir, `\/`) + `\`)
	if err != nil {
		return 0, err
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(path, &free, nil, nil); err != nil {
		return 0, err
	}
	return int64(min(free, math.MaxInt64)), nil
}

// syncDir does nothing: Windows cannot flush folders.
func syncDir(string) error { return nil }

// reserve allocates disk space for the file without changing its size. Closing the file frees
// the space that was not written.
func reserve(file *os.File, size int64) error {
	err := windows.SetFileInformationByHandle(windows.Handle(file.Fd()), windows.FileAllocationInfo,
		(*byte)(unsafe.Pointer(&size)), uint32(unsafe.Sizeof(size)))
	switch err {
	case windows.ERROR_INVALID_FUNCTION, windows.ERROR_NOT_SUPPORTED, windows.ERROR_CALL_NOT_IMPLEMENTED:
		return nil // for example, on a file server
	}
	return err
}

// rename renames a file, and replaces an existing one.
//
// Windows does not replace a file that a program has open, even for reading. A virus scanner
// or an indexer opens each new file for a moment, so rename retries, as the go command does.
//
// Note: os.Rename is MoveFileEx with MOVEFILE_REPLACE_EXISTING. Renaming with POSIX semantics
// would also replace open files, but only those opened with FILE_SHARE_DELETE, which neither
// numpy nor Go uses.
func rename(from, to string) error {
	err := retry(func() error { return os.Rename(from, to) })
	if errors.Is(err, windows.ERROR_ACCESS_DENIED) && isOpen(to) {
		return windows.ERROR_SHARING_VIOLATION // the real cause
	}
	return err
}

func remove(name string) error { return retry(func() error { return os.Remove(name) }) }

// retryTime limits the wait for a file that another program has open.
const retryTime = 2 * time.Second

// retry calls try until it succeeds, fails for another reason than an open file, or retryTime
// is over.
func retry(try func() error) error {
	start := time.Now()
	for wait := time.Millisecond; ; wait *= 2 {
		err := try()
		inUse := errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_ACCESS_DENIED)
		if !inUse || time.Since(start) > retryTime {
			return err
		}
		time.Sleep(min(wait, 100*time.Millisecond))
	}
}

// isOpen reports whether a program has the file open so that it cannot be replaced.
func isOpen(name string) bool {
	path, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return false
	}
	h, err := windows.CreateFile(path, windows.DELETE, windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE|windows.FILE_SHARE_DELETE,
		nil, windows.OPEN_EXISTING, 0, 0)
	if err == nil {
		windows.CloseHandle(h)
	}
	return err == windows.ERROR_SHARING_VIOLATION
}

// protected reports whether a file must not be replaced. Windows itself refuses to replace a
// read-only file, but only after the work.
func protected(info fs.FileInfo) bool { return info.Mode()&0o200 == 0 }

// forbidden returns why no file can have a name, the last part of a path, or "" (Microsoft,
// "Naming Files, Paths, and Namespaces"). Windows reports that late or not at all: it would
// write a:b into a hidden stream of the file a.
func forbidden(name string) string {
	i := strings.IndexFunc(name, func(r rune) bool { return r < ' ' || strings.ContainsRune(`<>:"|?*`, r) })
	switch {
	case i >= 0:
		return fmt.Sprintf("Windows does not allow %q in a file name", name[i])
	case name != "" && name != "." && name != ".." && !filepath.IsLocal(name):
		return "Windows reserves this name for a device"
	}
	return ""
}

// isDiskFault is for syncDir, which does nothing on Windows.
func isDiskFault(error) bool { return false }

// isOtherDisk reports whether a file cannot be renamed because the new name is on another disk.
func isOtherDisk(err error) bool { return errors.Is(err, windows.ERROR_NOT_SAME_DEVICE) }

// isPlanted returns false: on Windows only administrators make symbolic links, and no folder is sticky.
func isPlanted(string) bool { return false }
