package flow

import (
	"math"
	"strings"

	"golang.org/x/sys/windows"
)

// freeSpace returns the bytes that this user may still write to the folder's disk.
func freeSpace(dir string) (int64, error) {
	// With a backslash at its end, the folder may also be a share, \\server\share.
	path, err := windows.UTF16PtrFromString(strings.TrimRight(dir, `\/`) + `\`)
	if err != nil {
		return 0, err
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(path, &free, nil, nil); err != nil {
		return 0, err
	}
	return int64(min(free, math.MaxInt64)), nil
}
