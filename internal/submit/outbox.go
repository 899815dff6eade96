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
// every job. Matprod writes into it, and what is in it comes back.
const outboxName = "matprod.outbox"

func (p *plan) outbox() string { return path.Join(path.Dir(p.subFile()), outboxName) }

// checkOutbox makes sure that the folder is empty, or not there yet.
func (p *plan) checkOutbox() error {
	if !p.job.Matprod {
		return nil
	}
	name := p.outbox()
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

// makeOutbox makes the folder, if there is to be one.
func (p *plan) makeOutbox() error {
	if !p.job.Matprod {
		return nil
	}
	if err := os.MkdirAll(p.outbox(), 0o777); err != nil {
		return fmt.Errorf("%s: the folder cannot be made: %w", p.outbox(), file.Cause(err))
	}
	return nil
}
