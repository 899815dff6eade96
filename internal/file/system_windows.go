package file

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// syncDir does nothing: Windows has no flush for folders.
func syncDir(string) error { return nil }

// reserve allots disk to the file; its size stays. What is not written is given
// back when the file is closed.
func reserve(file *os.File, size int64) error {
	err := windows.SetFileInformationByHandle(windows.Handle(file.Fd()), windows.FileAllocationInfo,
		(*byte)(unsafe.Pointer(&size)), uint32(unsafe.Sizeof(size)))
	switch err {
	case windows.ERROR_INVALID_FUNCTION, windows.ERROR_NOT_SUPPORTED, windows.ERROR_CALL_NOT_IMPLEMENTED:
		return nil // as of a file server
	}
	return err
}

// rename gives a file its name, in place of another file.
//
// Windows replaces no file that somebody has open, be it for reading. A virus
// scanner or an indexer opens each new file for a moment, so a failure is worth
// another attempt; the go command does the same.
//
// Note: os.Rename is MoveFileEx with MOVEFILE_REPLACE_EXISTING. Renaming with POSIX
// semantics would also replace files that are open, but only where whoever opened
// them shared their deletion, which neither numpy nor Go does.
func rename(from, to string) error {
	err := patiently(func() error { return os.Rename(from, to) })
	if errors.Is(err, windows.ERROR_ACCESS_DENIED) && isOpen(to) {
		return windows.ERROR_SHARING_VIOLATION // which is the same, but says why
	}
	return err
}

func remove(name string) error { return patiently(func() error { return os.Remove(name) }) }

// patience is how long a file that somebody has open is waited for.
const patience = 2 * time.Second

func patiently(try func() error) error {
	start := time.Now()
	for wait := time.Millisecond; ; wait *= 2 {
		err := try()
		inUse := errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_ACCESS_DENIED)
		if !inUse || time.Since(start) > patience {
			return err
		}
		time.Sleep(min(wait, 100*time.Millisecond))
	}
}

// isOpen reports whether somebody has the file open in a way that keeps it from
// being replaced.
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

// protected reports whether a file must not be replaced. What is read-only Windows
// would not replace either, but say so after the work.
func protected(info fs.FileInfo) bool { return info.Mode()&0o200 == 0 }

// forbidden says why there can be no file of a name, the last part of a path:
// Microsoft, "Naming Files, Paths, and Namespaces". Windows says it late or not at
// all: it would write a:b into a hidden stream of the file a.
func forbidden(name string) string {
	i := strings.IndexFunc(name, func(r rune) bool { return r < ' ' || strings.ContainsRune(`<>:"|?*`, r) })
	switch {
	case i >= 0:
		return fmt.Sprintf("Windows allows no %q in a name", name[i])
	case name != "" && name != "." && name != ".." && !filepath.IsLocal(name):
		return "on Windows, this is the name of a device"
	}
	return ""
}
