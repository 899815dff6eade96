package file

import "path/filepath"

// From returns a file's name as seen from a folder; its absolute name if it is on another drive.
func From(dir, name string) string {
	if !filepath.IsAbs(dir) && !filepath.IsAbs(name) {
		if short, err := filepath.Rel(dir, name); err == nil && filepath.IsLocal(short) {
			return short // what follows asks the system for the current folder
		}
	}
	absolute, err := filepath.Abs(name)
	absoluteDir, err2 := filepath.Abs(dir)
	if err != nil || err2 != nil { // the current folder is gone
		return name
	}
	if short, err := filepath.Rel(absoluteDir, absolute); err == nil {
		return short
	}
	return absolute
}
