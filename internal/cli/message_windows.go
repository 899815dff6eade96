package cli

import (
	"errors"
	"io/fs"
	"strings"
	"syscall"

	"golang.org/x/sys/windows"

	"matpool/internal/status"
)

// message returns the text of an error for the user, and its hint.
//
// The system's messages depend on the version and the language of Windows, and end with a full
// stop. message replaces the most frequent ones with those of Unix, which the manuals quote.
func message(err error) (text, hint string) {
	text, hint = err.Error(), status.Hint(err)
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return text, hint
	}
	original, replacement := errno.Error(), ""
	switch {
	case errno == windows.ERROR_SHARING_VIOLATION, errno == windows.ERROR_LOCK_VIOLATION:
		replacement = "another program has the file open"
		if hint == "" {
			hint = "close the file there, and run this program again"
		}
	case errno == windows.ERROR_INVALID_NAME:
		replacement = "no file can have this name"
	case errors.Is(errno, fs.ErrNotExist):
		replacement = "no such file or directory"
	case errors.Is(errno, fs.ErrPermission):
		replacement = "permission denied"
	case errno == windows.ERROR_DISK_FULL, errno == windows.ERROR_HANDLE_DISK_FULL:
		replacement = "no space left on device"
	case errno == windows.ERROR_NOT_ENOUGH_MEMORY, errno == windows.ERROR_OUTOFMEMORY, errno == windows.ERROR_COMMITMENT_LIMIT:
		replacement = "cannot allocate memory"
	default:
		replacement, _, _ = strings.Cut(original, "\n")
		replacement = strings.TrimRight(replacement, ". \r")
	}
	return strings.ReplaceAll(text, original, replacement), hint
}
