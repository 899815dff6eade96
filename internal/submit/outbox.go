package submit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"

	"matpool/internal/file"
	"matpool/internal/status"
)

// outboxName is the name of an empty folder beside the submit description, which is sent to
// every job of matprod. It writes into it, and what is in it comes back.
const outboxName = "matprod.outbox"

func outboxOf(t task) string { return path.Join(path.Dir(t.subFile()), outboxName) }

// checkOutbox makes sure that the folder is empty, or does not exist yet.
func checkOutbox(t task) error {
	if !t.Matprod {
		return nil
	}
	name := outboxOf(t)
	entries, err := os.ReadDir(name)
	switch info, statErr := os.Stat(name); {
	case errors.Is(statErr, fs.ErrNotExist):
		return nil
	case statErr == nil && !info.IsDir():
		return status.UsageError(fmt.Errorf("%s: is a file, where a folder is needed", name), "")
	case err != nil:
		return fmt.Errorf("%s: the folder cannot be used: %w", name, file.Cause(err))
	case len(entries) > 0:
		return status.UsageError(fmt.Errorf("%s: must be empty, but has %s in it: it is sent to every job, and comes back with the results",
			name, entries[0].Name()), "remove what is in it")
	}
	return nil
}
