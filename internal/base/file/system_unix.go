//go:build unix

package file

import (
	"io/fs"
	"os"
)

// syncDir flushes a folder, and so the names in it.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

func rename(from, to string) error { return os.Rename(from, to) }

func remove(name string) error { return os.Remove(name) }

// protected reports whether a file must not be replaced. On Unix, the folder's permissions
// decide that.
func protected(fs.FileInfo) bool { return false }

// forbidden returns why no file can have a name, or "". On Unix, the system reports that.
func forbidden(string) string { return "" }
