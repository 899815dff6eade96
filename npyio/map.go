package npyio

import (
	"errors"
	"os"
	"runtime/debug"
	"syscall"
	"unsafe"
)

// A Mapping is values of a file where they lie: in the memory that the system has for files, of
// which no copy is made.
//
// It pays where values are read more than once, as a product reads its factors. Where each is read once, as in a
// sum, reading blocks into a core's cache is faster than page faults (BenchmarkMap).
//
// What another program writes into the file shows in Values. If one truncates the file, or its
// disk fails, to read them is a fault that ends the program, unless
// [runtime/debug.SetPanicOnFault] makes it a panic; then Lost says what has happened.
type Mapping struct {
	Values []byte // as [File.Read] reads them
	file   *File
	before os.FileInfo
	pages  []byte // whole ones, with the values
}

// Lost returns the error for values that cannot be read any more.
func (m *Mapping) Lost() error {
	if err := m.checkUnchanged(); err != nil {
		return err
	}
	return wrap(m.file.path, syscall.EIO)
}

// Unmap gives the memory back. It returns an error if the file was changed meanwhile. This may
// not have caused a fault: where a file is truncated, the rest of its last page becomes zeros.
func (m *Mapping) Unmap() error {
	if err := unmap(m.pages); err != nil {
		return wrap(m.file.path, err)
	}
	return m.checkUnchanged()
}

func (m *Mapping) checkUnchanged() error {
	now, err := m.file.Stat()
	if err == nil && (now.Size() != m.before.Size() || !now.ModTime().Equal(m.before.ModTime())) {
		err = wrap(m.file.path, errors.New("was changed while it was being read"))
	}
	return err
}

// Read calls do with the values. If they cannot be read any more, do ends there, and Read returns the
// error of [Mapping.Lost].
func (m *Mapping) Read(do func(values []byte)) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if fault := recover(); fault != nil {
			at, ok := fault.(interface{ Addr() uintptr })
			if !ok || at.Addr()-uintptr(unsafe.Pointer(unsafe.SliceData(m.Values))) >= uintptr(len(m.Values)) {
				panic(fault)
			}
			err = m.Lost()
		}
	}()
	do(m.Values)
	return nil
}
