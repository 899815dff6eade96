package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"matpool/internal/base/file"
	"matpool/internal/status"
)

// expandWildcards replaces each argument whose last part has * or ?, which no file name can have,
// with the names of the files that match: Windows shells leave this to the programs. The error
// joins one of status Data for each argument that matches no file.
//
// Case is ignored, and brackets stand for themselves. In FILE.npz:NAME, the pattern is FILE.npz.
func expandWildcards(args []string) (names []string, err error) {
	var errs []error
	for _, arg := range args {
		pattern, member, isMember := file.SplitMember(arg)
		folder, base := filepath.Split(pattern)
		if !strings.ContainsAny(base, "*?") {
			names = append(names, arg)
			continue
		}
		matches, err := matching(folder, base)
		if err == nil && len(matches) == 0 {
			err = status.DataError(fmt.Errorf("%s: no file matches", arg), "")
		}
		errs = append(errs, err)
		for _, name := range matches {
			if name = folder + name; isMember {
				name += ":" + member
			}
			names = append(names, name)
		}
	}
	return names, errors.Join(errs...)
}

// matching returns the names of the files in a folder that match a pattern. Hidden files, such
// as an incomplete output, match only a pattern that begins with a dot.
func matching(folder, pattern string) (names []string, err error) {
	dir := folder
	if dir == "" {
		dir = "."
	}
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("%s: cannot read the folder: %w", dir, file.Cause(err))
	}
	escaped := strings.ReplaceAll(strings.ToLower(pattern), "[", `\[`)
	for _, entry := range entries {
		name := entry.Name()
		hidden := strings.HasPrefix(name, ".") && !strings.HasPrefix(pattern, ".")
		if ok, _ := path.Match(escaped, strings.ToLower(name)); ok && !hidden && !entry.IsDir() {
			names = append(names, name)
		}
	}
	return names, nil
}
