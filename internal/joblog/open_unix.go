//go:build unix

package joblog

import "os"

// openShared opens a file so that others may move it away or remove it.
func openShared(name string) (*os.File, error) { return os.Open(name) }
