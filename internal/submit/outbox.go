package submit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"

	"matpool/internal/base/file"
	"matpool/internal/status"
)

// outboxName is the name of an empty folder next to the submit description. HTCondor sends it
// with every job of matprod, which writes its outputs into it, and returns its content.
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
		return status.UsageError(fmt.Errorf("%s: is a file, but must be a folder", name), "")
	case err != nil:
		return fmt.Errorf("%s: the folder cannot be used: %w", name, file.Cause(err))
	case len(entries) > 0:
		return status.UsageError(fmt.Errorf("%s: must be empty, but contains %s: every job gets this folder and returns its content",
			name, entries[0].Name()), "empty the folder")
	}
	return nil
}
