//go:build unix

package joblog

import "os"

// openShared opens a file. Others may rename or remove it while it is open.
func openShared(name string) (*os.File, error) { return os.Open(name) }
