//go:build unix

package atomicfile

import "os"

// syncDir flushes a folder, and with it the names that it holds.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
