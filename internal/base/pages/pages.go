// Package pages allocates the large buffers that matrices are read into.
//
// They come straight from the operating system, in huge pages where it has them:
// touching 8 MB for the first time in pages of 4 KiB costs as much as multiplying
// for several milliseconds. And if memory is short, that is an error, which a program
// can report; Go's own heap would end the program.
package pages

import (
	"fmt"
	"unsafe"
)

// An Error says how much memory the system did not give, and why.
type Error struct {
	Bytes int
	Err   error
}

func (e *Error) Error() string {
	return fmt.Sprintf("not enough memory: %.1f MB more are needed (%v)", float64(e.Bytes)/1e6, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// maxFloats keeps sizes in bytes, rounded up to a huge page, within an int.
const maxFloats = (1<<(intBits-1) - 1 - hugePage) / 8

const (
	intBits  = 32 << (^uint(0) >> 63)
	hugePage = 2 << 20
)

// A Buffer is memory that grows as needed. Its zero value is empty and ready to use.
type Buffer struct {
	floats  []float64
	release func() error
}

// Floats returns the buffer's first n float64s, which hold anything at all: what
// an earlier use left, or zeros. It gives back the old memory before it asks for
// more, so slices of earlier calls must not be used any more.
func (b *Buffer) Floats(n int) ([]float64, error) {
	if n > len(b.floats) {
		if err := b.Free(); err != nil {
			return nil, err
		}
		if n > maxFloats {
			return nil, &Error{Bytes: int(^uint(0) >> 1), Err: fmt.Errorf("%d values are too many to address", n)}
		}
		floats, release, err := alloc(n)
		if err != nil {
			return nil, &Error{Bytes: 8 * n, Err: err}
		}
		b.floats, b.release = floats, release
	}
	return b.floats[:n:n], nil
}

// Bytes returns the buffer's first n bytes, aligned for every type of number, as Floats
// does its float64s.
func (b *Buffer) Bytes(n int) ([]byte, error) {
	floats, err := b.Floats(n/8 + min(n%8, 1))
	if err != nil || n == 0 {
		return nil, err
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(floats))), n), nil
}

// Free gives the memory back.
func (b *Buffer) Free() error {
	release := b.release
	*b = Buffer{}
	if release == nil {
		return nil
	}
	return release()
}

// Alloc returns n float64s, all zero, that are never given back.
func Alloc(n int) ([]float64, error) {
	var b Buffer
	return b.Floats(n)
}

// Bytes returns x's own memory.
func Bytes(x []float64) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), 8*len(x))
}
