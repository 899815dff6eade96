package file

import "os"

// OpenNow opens a file for reading.
func OpenNow(path string) (*os.File, error) { return os.Open(path) }
