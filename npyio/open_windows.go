package npyio

import "os"

// openForReading opens a file for reading.
func openForReading(path string) (*os.File, error) { return os.Open(path) }
