package submit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"matpool/internal/base/file"
)

// realNames finds the names without symbolic links of files that may not exist yet. It looks at each
// folder once.
type realNames struct {
	folders map[string]string          // their real names
	links   map[string]map[string]bool // the symbolic links in each folder, by its real name
}

func newRealNames() *realNames {
	return &realNames{folders: map[string]string{}, links: map[string]map[string]bool{}}
}

func (r *realNames) of(name string) (string, error) {
	i := strings.LastIndexByte(name, '/')
	base := name[i+1:]
	folder, err := r.folder(name[:i+1])
	if err != nil {
		return "", err
	}
	if r.linksIn(folder)[base] {
		target, err := file.FollowLinks(filepath.Join(folder, base))
		if err != nil {
			return "", fmt.Errorf("%s: cannot be written: %w", name, err)
		}
		base = filepath.Base(target)
		if folder, err = realFolder(filepath.Dir(target)); err != nil {
			return "", err
		}
	}
	return folder + "/" + base, nil
}

func (r *realNames) folder(dir string) (string, error) {
	real, ok := r.folders[dir]
	if !ok {
		var err error
		if real, err = realFolder(dir); err != nil {
			return "", err
		}
		r.folders[dir] = real
	}
	return real, nil
}

// hasLinks reports whether there are symbolic links in a folder.
func (r *realNames) hasLinks(folder string) bool { return len(r.linksIn(folder)) > 0 }

// linksIn returns the names of the symbolic links in a folder.
func (r *realNames) linksIn(folder string) map[string]bool {
	links, ok := r.links[folder]
	if !ok {
		links = readLinks(folder)
		r.links[folder] = links
	}
	return links
}

// realFolder returns the absolute path of a folder without symbolic links. The folder need
// not exist.
func realFolder(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	missing := ""
	for {
		real, err := filepath.EvalSymlinks(dir)
		if err == nil {
			return filepath.Join(real, missing), nil
		}
		if !errors.Is(err, fs.ErrNotExist) || filepath.Dir(dir) == dir {
			return "", fmt.Errorf("%s: the folder cannot be used: %w", dir, file.Cause(err))
		}
		dir, missing = filepath.Dir(dir), filepath.Join(filepath.Base(dir), missing)
	}
}

// readLinks returns the names of the symbolic links in a folder.
func readLinks(dir string) map[string]bool {
	f, err := os.Open(dir)
	if err != nil {
		return nil // it does not exist yet, or checkFolders reports it
	}
	defer f.Close()
	var links map[string]bool
	for {
		entries, err := f.ReadDir(1000) // not all at once: there may be a million
		for _, e := range entries {
			if e.Type()&fs.ModeSymlink != 0 {
				if links == nil {
					links = map[string]bool{}
				}
				links[e.Name()] = true
			}
		}
		if err != nil {
			return links
		}
	}
}
