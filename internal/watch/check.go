package watch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"matpool/internal/base/file"
	"matpool/internal/base/text"
	"matpool/internal/record"
	"matpool/internal/status"
)

// Check compares the files of a folder with their records, or those of two folders with each other, and prints a line for
// each. What does not fit is an error of status Data.
func Check(ctx context.Context, w io.Writer, dirs ...string) error {
	for _, dir := range dirs {
		info, err := os.Stat(dir)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return status.DataError(fmt.Errorf("%s: no such folder", dir), "")
		case err != nil:
			return fmt.Errorf("%s: %w", dir, file.Cause(err))
		case !info.IsDir():
			return status.DataError(fmt.Errorf("%s: is not a folder", dir), "-check takes a folder with "+record.FileName+", or two")
		}
	}
	lines, bad, err := checked(ctx, dirs)
	if err != nil {
		return err
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(w, text.Plain(line)); err != nil {
			return err
		}
	}
	switch {
	case len(lines) == 0:
		return status.DataError(fmt.Errorf("%s: no file has a record in %s", strings.Join(dirs, ", "), record.FileName), "")
	case bad > 0 && len(dirs) == 2:
		return status.DataError(fmt.Errorf("%s differ in %s and %s", text.Count(bad, "file"), dirs[0], dirs[1]), "")
	case bad > 0:
		return status.DataError(fmt.Errorf("%s: of %s, %s not what the records say", dirs[0], text.Count(len(lines), "file"), are(bad)), "")
	}
	return nil
}

// are returns "1 is" or "2 are".
func are(n int) string {
	if n == 1 {
		return "1 is"
	}
	return text.Number(n) + " are"
}

// checked returns the line for each file, and how many of them say that something is wrong.
func checked(ctx context.Context, dirs []string) (lines []string, bad int, err error) {
	var cache record.Cache
	defer cache.Flush()
	if len(dirs) == 1 {
		found, err := record.Verify(ctx, dirs[0], &cache)
		for _, f := range found {
			line := f.String()
			if f.Outcome == record.Valid {
				line = f.File + ": valid"
			} else {
				bad++
			}
			lines = append(lines, line)
		}
		return lines, bad, err
	}
	differences, err := record.Compare(ctx, dirs[0], dirs[1], &cache)
	for _, d := range differences {
		line := d.Name + ": the same"
		if !d.Same {
			line = d.Name + ": differs"
			bad++
		}
		if len(d.Reasons) > 0 {
			line += ": " + strings.Join(d.Reasons, "; ")
		}
		lines = append(lines, line)
	}
	return lines, bad, err
}
