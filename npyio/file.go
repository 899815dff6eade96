package npyio

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"matpool/internal/base/file"
)

// A File is a .npy file, or an array of a .npz file, that is open for reading and as
// long as its header promises.
type File struct {
	Header
	path   string
	file   *os.File
	member *entry      // of an archive, or nil
	shared bool        // the file is closed with the archive
	values io.ReaderAt // the .npy file's bytes
	data   int64       // where the values begin in them
}

// Open opens a file, reads its header, and compares what the header promises with
// the file's size. Every error names the file first. It matches
//   - [fs.ErrNotExist] where there is no such file,
//   - [ErrFormat] where what is there is not a usable .npy file,
//   - neither where the system failed to open or to read it.
func Open(path string) (*File, error) {
	file, info, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	f := &File{path: path, file: file, values: file}
	if err := f.readHeader(info.Size()); err != nil {
		file.Close()
		return nil, wrap(path, err)
	}
	return f, nil
}

// openRegular opens a file that is not a folder, a device or a pipe.
func openRegular(path string) (*os.File, fs.FileInfo, error) {
	file, err := file.OpenNow(path)
	if err != nil {
		return nil, nil, wrap(path, err)
	}
	info, err := file.Stat()
	if err == nil {
		err = regular(info)
	}
	if err != nil {
		file.Close()
		return nil, nil, wrap(path, err)
	}
	return file, info, nil
}

func regular(info fs.FileInfo) error {
	switch {
	case info.IsDir():
		return &HeaderError{What: "is a folder, not a .npy file"}
	case !info.Mode().IsRegular():
		return &HeaderError{What: "is not a regular file"}
	}
	return nil
}

// readHeader reads the header of a file of a number of bytes.
func (f *File) readHeader(size int64) (err error) {
	var r io.Reader = io.NewSectionReader(f.values, 0, size)
	if !f.Deflated() { // there, reading must go on where the header ends
		r = bufio.NewReaderSize(r, 512) // nearly always all of the header
	}
	if f.Header, f.data, err = ReadHeader(r); err != nil {
		return err
	}
	return f.Header.checkSize(size - f.data)
}

// checkSize compares a header's promise with the number of bytes behind it.
func (h Header) checkSize(held int64) error {
	count, ok := h.Len()
	if !ok {
		return &SizeError{Promised: -1, Held: held}
	}
	if promised := count * int64(h.DType.Size); promised != held {
		return &SizeError{Promised: promised, Held: held}
	}
	return nil
}

// Read reads values into dst as they lie in the file, in its byte order ([DType.Swapped])
// and its own order of values, from the value numbered first on. It panics unless
// dst holds a whole number of them.
func (f *File) Read(dst []byte, first int64) error {
	size := int64(f.DType.Size)
	if int64(len(dst))%size != 0 {
		panic("npyio: a part of a value is to be read")
	}
	n, err := f.values.ReadAt(dst, f.data+size*first)
	if n == len(dst) {
		return nil
	}
	switch {
	case f.Deflated():
		err = damaged(err)
	case errors.Is(err, io.EOF): // it was long enough when it was opened
		count, _ := f.Len()
		err = &SizeError{Promised: size * count, Held: size*first + int64(n)}
	}
	return wrap(f.path, err)
}

// Beginning returns the bytes of a .npy file that stand before the values.
func (f *File) Beginning() ([]byte, error) {
	b := make([]byte, f.data)
	if _, err := f.values.ReadAt(b, 0); err != nil {
		return nil, wrap(f.path, err)
	}
	return b, nil
}

// Stat returns what the system knows of the file, such as when it was changed.
func (f *File) Stat() (os.FileInfo, error) {
	info, err := f.file.Stat()
	if err != nil {
		return nil, wrap(f.path, err)
	}
	return info, nil
}

// Close closes the file.
func (f *File) Close() error {
	if f.shared {
		return nil
	}
	return f.file.Close()
}

// wrap puts a file's name before an error, once.
func wrap(name string, err error) error {
	return fmt.Errorf("%s: %w", name, file.Cause(err))
}
