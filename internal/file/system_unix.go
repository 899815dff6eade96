//go:build unix

package file

import (
	"io/fs"
	"os"
)

// syncDir flushes a folder, and with it the names that it holds.
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

// protected reports whether a file must not be replaced. Here the folder's
// permissions decide that.
func protected(fs.FileInfo) bool { return false }

// forbidden says why there can be no file of a name; the system itself will.
func forbidden(string) string { return "" }
