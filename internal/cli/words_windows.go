package cli

import (
	"errors"
	"io/fs"
	"strings"
	"syscall"

	"golang.org/x/sys/windows"

	"matpool/internal/status"
)

// words returns the text of an error for the user, and the hint that comes with it.
//
// The system's own messages depend on the version and the language of Windows, and
// end in a full stop. For the most frequent ones the programs use the same words
// everywhere: those of Unix, which are in the manuals.
func words(err error) (text, hint string) {
	text, hint = err.Error(), status.Hint(err)
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return text, hint
	}
	said, ours := errno.Error(), ""
	switch {
	case errno == windows.ERROR_SHARING_VIOLATION, errno == windows.ERROR_LOCK_VIOLATION:
		ours = "another program has the file open"
		if hint == "" {
			hint = "close the file there, and start this program again"
		}
	case errno == windows.ERROR_INVALID_NAME:
		ours = "no file can have that name"
	case errors.Is(errno, fs.ErrNotExist):
		ours = "no such file or directory"
	case errors.Is(errno, fs.ErrPermission):
		ours = "permission denied"
	case errno == windows.ERROR_DISK_FULL, errno == windows.ERROR_HANDLE_DISK_FULL:
		ours = "no space left on device"
	case errno == windows.ERROR_NOT_ENOUGH_MEMORY, errno == windows.ERROR_OUTOFMEMORY, errno == windows.ERROR_COMMITMENT_LIMIT:
		ours = "cannot allocate memory"
	default:
		ours, _, _ = strings.Cut(said, "\n")
		ours = strings.TrimRight(ours, ". \r")
	}
	return strings.ReplaceAll(text, said, ours), hint
}
