package record

import (
	"io/fs"
	"os"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// StatOf returns the Stat of a file. It follows links.
func StatOf(name string) (Stat, error) {
	path, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return Stat{}, &fs.PathError{Op: "stat", Path: name, Err: err}
	}
	const share = windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE | windows.FILE_SHARE_DELETE
	h, err := windows.CreateFile(path, windows.FILE_READ_ATTRIBUTES, share, nil, windows.OPEN_EXISTING, windows.FILE_FLAG_BACKUP_SEMANTICS, 0)
	if err != nil {
		return Stat{}, &fs.PathError{Op: "stat", Path: name, Err: err}
	}
	defer windows.CloseHandle(h)
	s, err := statOf(h)
	if err != nil && err != errNotRegular {
		err = &fs.PathError{Op: "stat", Path: name, Err: err}
	}
	return s, err
}

// StatFile returns the Stat of an open file.
func StatFile(f *os.File) (Stat, error) { return statOf(windows.Handle(f.Fd())) }

// A fileBasicInfo is FILE_BASIC_INFO. Times are in units of 100 ns.
type fileBasicInfo struct {
	created, accessed, written, changed int64
	attributes                          uint32
	_                                   uint32
}

func statOf(h windows.Handle) (Stat, error) {
	var basic fileBasicInfo
	err := windows.GetFileInformationByHandleEx(h, windows.FileBasicInfo, (*byte)(unsafe.Pointer(&basic)), uint32(unsafe.Sizeof(basic)))
	if err != nil {
		return Stat{}, err
	}
	var info windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(h, &info); err != nil {
		return Stat{}, err
	}
	if info.FileAttributes&windows.FILE_ATTRIBUTE_DIRECTORY != 0 {
		return Stat{}, errNotRegular
	}
	join := func(high, low uint32) uint64 { return uint64(high)<<32 | uint64(low) }
	return Stat{int64(join(info.FileSizeHigh, info.FileSizeLow)), unixNano(basic.written), unixNano(basic.changed),
		join(info.FileIndexHigh, info.FileIndexLow), time.Now().UnixNano()}, nil
}

// unixNano returns a time as nanoseconds since 1970, and 0 for a time that is not known.
func unixNano(t int64) int64 {
	if t == 0 {
		return 0
	}
	const epoch = 116444736000000000 // 1970
	return (t - epoch) * 100
}
