package cli

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/windows"

	"matpool/internal/status"
)

// The most frequent errors have the texts of the manuals. Every other message of the system is
// one line without a full stop, too.
func TestWords(t *testing.T) {
	const ours = "prog: x.npy: "
	for errno, want := range map[error]string{
		windows.ERROR_FILE_NOT_FOUND:    ours + "no such file or directory\n",
		windows.ERROR_PATH_NOT_FOUND:    ours + "no such file or directory\n",
		windows.ERROR_ACCESS_DENIED:     ours + "permission denied\n",
		windows.ERROR_DISK_FULL:         ours + "no space left on device\n",
		windows.ERROR_NOT_ENOUGH_MEMORY: ours + "cannot allocate memory\n",
		windows.ERROR_INVALID_NAME:      ours + "no file can have this name\n",
		windows.ERROR_SHARING_VIOLATION: ours + "another program has the file open\n" +
			"prog: hint: close the file there, and run this program again\n",
	} {
		var stderr bytes.Buffer
		report(&stderr, "prog", fmt.Errorf("x.npy: %w", &os.SyscallError{Syscall: "CreateFile", Err: errno}))
		if got := strings.Replace(stderr.String(), "CreateFile: ", "", 1); got != want {
			t.Errorf("%v is printed as %q, want %q", errno, got, want)
		}
	}
	for _, errno := range []error{windows.ERROR_CRC, windows.ERROR_SEM_TIMEOUT, windows.ERROR_NETNAME_DELETED, windows.ERROR_INVALID_HANDLE} {
		text, hint := message(status.WithHint(fmt.Errorf("x.npy: %w", errno), "wait"))
		if !strings.HasPrefix(text, "x.npy: ") || strings.ContainsAny(text, "\r\n") || strings.HasSuffix(text, ".") || hint != "wait" {
			t.Errorf("%#v is printed as %q, hint %q", errno, text, hint)
		}
	}
}
