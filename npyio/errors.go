package npyio

import (
	"errors"
	"fmt"
)

// ErrFormat is matched by every error about what a file holds, as against errors
// of reading it.
var ErrFormat = errors.New("not a usable .npy or .npz file")

// A HeaderError is a file that does not begin as a .npy file does: another kind
// of file, an unknown version, or a header that cannot be understood.
type HeaderError struct{ What string }

func (e *HeaderError) Error() string        { return e.What }
func (e *HeaderError) Is(target error) bool { return target == ErrFormat }

// An ArchiveError is a .npz file that is not a sound zip archive with the wanted arrays.
type ArchiveError struct{ What string }

func (e *ArchiveError) Error() string        { return e.What }
func (e *ArchiveError) Is(target error) bool { return target == ErrFormat }

// A PickleError is a file whose values are Python objects. To read them is to run
// the program that they contain, so it is never done.
type PickleError struct{ Descr string }

func (e *PickleError) Error() string {
	return fmt.Sprintf("holds Python objects (descr %s), which are never unpickled", e.Descr)
}
func (e *PickleError) Is(target error) bool { return target == ErrFormat }

// A TypeError is a sound file with values of a type that is not read here.
type TypeError struct{ Descr string }

func (e *TypeError) Error() string {
	return fmt.Sprintf("holds values of type %s; only float64 ('<f8' or '>f8') is read", e.Descr)
}
func (e *TypeError) Is(target error) bool { return target == ErrFormat }

// A SizeError is a file that is longer or shorter than its header promises, both
// counted in bytes behind the header. Promised is -1 where it is more than can be
// counted.
type SizeError struct{ Promised, Held int64 }

func (e *SizeError) Error() string {
	switch {
	case e.Promised < 0:
		return fmt.Sprintf("truncated: header promises more data than can be addressed, file holds %d", e.Held)
	case e.Held < e.Promised:
		return fmt.Sprintf("truncated: header promises %d bytes of data, file holds %d", e.Promised, e.Held)
	}
	return fmt.Sprintf("too long: header promises %d bytes of data, file holds %d", e.Promised, e.Held)
}
func (e *SizeError) Is(target error) bool { return target == ErrFormat }
